"""The embedded PostgreSQL server, with real processes that start, share, kill and restart it."""
