"""Tests of settings, the container and database URLs."""
