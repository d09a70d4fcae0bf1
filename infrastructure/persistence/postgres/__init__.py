"""Persistence on PostgreSQL."""
