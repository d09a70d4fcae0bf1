"""The composition root: settings, container and source of the database. Only entry points touch it."""
