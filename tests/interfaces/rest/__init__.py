"""Tests of the REST adapter: the real application and container on the memory adapter."""
