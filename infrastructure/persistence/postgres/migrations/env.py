"""Alembic's environment: migrates over the connection that it is handed."""

from alembic import context

from infrastructure.persistence.postgres.rows.base import Row

context.configure(connection=context.config.attributes["connection"], target_metadata=Row.metadata)
with context.begin_transaction():
    context.run_migrations()
