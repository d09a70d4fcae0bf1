"""Views straight from SQL: one SELECT for each kind of record."""
