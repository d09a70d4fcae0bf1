"""Tests of reading ITC 2019 instances."""
