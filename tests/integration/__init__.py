"""Tests that run real servers and processes."""
