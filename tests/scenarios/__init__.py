"""Whole stories, on real processes and a real PostgreSQL."""
