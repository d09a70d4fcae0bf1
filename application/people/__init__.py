"""Keeping students and instructors, placing and releasing holds."""
