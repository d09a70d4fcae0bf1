"""The schema, described once: a row class for each table; rows never leave the adapter."""
