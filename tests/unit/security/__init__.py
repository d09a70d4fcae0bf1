"""Passwords, keys and tokens by themselves."""
