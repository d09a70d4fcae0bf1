"""Tests of the composition root with real servers."""
