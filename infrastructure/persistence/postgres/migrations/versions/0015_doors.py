"""Doors: the audit of sign-ins says who did something to another's account; attempts are known while they last."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns. What people did themselves has no other actor."""
    op.add_column("sign_ins", sa.Column("actor", sa.Text(), nullable=True))
    moments = postgresql.ARRAY(sa.DateTime(timezone=True))
    op.add_column("sign_in_failures", sa.Column("under_way", moments, nullable=False, server_default="{}"))


def downgrade() -> None:
    """Forget who did it, and what is under way."""
    op.drop_column("sign_in_failures", "under_way")
    op.drop_column("sign_ins", "actor")
