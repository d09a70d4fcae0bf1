"""Scheduling rules: sessions, tickets, restrictions, reserved seats."""

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create what the rules need."""


def downgrade() -> None:
    """Drop it."""
