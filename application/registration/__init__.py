"""Registering: the desk, the use cases that pass it, and the views of who sits where."""
