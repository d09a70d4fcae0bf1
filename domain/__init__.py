"""The academic domain in pure Python: entities, values and rules, without I/O, clock or framework."""
