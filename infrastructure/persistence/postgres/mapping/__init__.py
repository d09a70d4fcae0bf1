"""Rows to entities and back, explicitly: one mapper for each entity."""
