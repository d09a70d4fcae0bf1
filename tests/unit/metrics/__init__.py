"""How figures are recorded."""
