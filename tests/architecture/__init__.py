"""Tests of the code's structure: import contracts and the rules of the house."""
