"""Registration rules: waitlists, permissions, audit, outbox, idempotency."""

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create what the rules need."""


def downgrade() -> None:
    """Drop it."""
