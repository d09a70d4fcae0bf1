"""Keeping the catalog: departments, courses and programs."""
