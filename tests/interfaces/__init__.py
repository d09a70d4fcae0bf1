"""Tests of the driving adapters."""
