"""Adapters that keep state."""
