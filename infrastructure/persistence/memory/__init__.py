"""The memory adapter of every persistence port: for tests and trials, with the promises of the database."""
