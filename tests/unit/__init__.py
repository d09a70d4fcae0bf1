"""Tests of one piece at a time, without I/O."""
