"""The application's role may make temporary tables: imports are staged in them.

Databases let everybody do so unless their maker took it away, as ours does with whatever is for everybody.
"""

from alembic import op

from infrastructure.persistence.postgres.migrations.tenancy import APPLICATION_ROLE

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Grant it."""
    _on_this_database(f"GRANT TEMPORARY ON DATABASE %I TO {APPLICATION_ROLE}")


def downgrade() -> None:
    """Take it back."""
    _on_this_database(f"REVOKE TEMPORARY ON DATABASE %I FROM {APPLICATION_ROLE}")


def _on_this_database(statement: str) -> None:
    op.execute(f"DO $$ BEGIN EXECUTE format('{statement}', current_database()); END $$")
