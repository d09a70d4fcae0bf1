"""Keeping terms, rooms, offerings and sections, and loading a whole timetable."""
