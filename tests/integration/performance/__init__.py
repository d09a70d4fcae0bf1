"""Tests of the benchmark with real servers."""
