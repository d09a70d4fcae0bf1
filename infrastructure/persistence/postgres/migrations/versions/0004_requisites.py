"""Catalog rules: grading schemes, requisites and course attempts."""

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create what the rules need."""


def downgrade() -> None:
    """Drop it."""
