"""The desk in Postgres: one SQL function that loads facts, one that stores effects."""
