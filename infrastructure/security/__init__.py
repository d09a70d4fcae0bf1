"""Passwords, secrets and tokens: the driven adapters of access."""
