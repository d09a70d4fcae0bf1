"""Tests of the entry points of processes."""
