"""What the database itself promises."""
