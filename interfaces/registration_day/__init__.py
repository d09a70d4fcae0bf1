"""A registration day: who wants which courses, a university to try it on, and its replay over REST."""
