"""Deeds: the audit of sign-ins says who did something to another's account or to a client."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of what people did themselves it is null."""
    op.add_column("sign_ins", sa.Column("actor", sa.Text(), nullable=True))


def downgrade() -> None:
    """Forget who did it."""
    op.drop_column("sign_ins", "actor")
