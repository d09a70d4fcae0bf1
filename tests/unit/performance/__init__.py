"""Tests of the benchmark: what it reads, counts and refuses; nothing is timed."""
