"""Tests of replaying registration days and of the university to try them on."""
