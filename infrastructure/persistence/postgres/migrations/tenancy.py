"""What every tenant's table gets when a migration creates it: row-level security, and the application's privileges.

A policy shows the rows of the institution in `app.institution_id` only; with no institution set, none. The subquery
makes PostgreSQL read the setting once a statement, not once a row.
"""

from alembic import op

APPLICATION_ROLE = "matricula_app"

_INSTITUTION = "(SELECT nullif(current_setting('app.institution_id', true), '')::uuid)"


def protect(table: str, privileges: str = "SELECT, INSERT, UPDATE, DELETE") -> None:
    """Put `table` under row-level security, and let the application's role do what `privileges` name."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY own_institution ON {table} "
        f"USING (institution_id = {_INSTITUTION}) WITH CHECK (institution_id = {_INSTITUTION})"
    )
    op.execute(f"GRANT {privileges} ON {table} TO {APPLICATION_ROLE}")
