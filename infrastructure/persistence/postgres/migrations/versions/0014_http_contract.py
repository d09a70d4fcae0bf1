"""The HTTP contract: answers that are given again when a request comes again, and imports that are followed."""

import sqlalchemy as sa
from alembic import op

from infrastructure.persistence.postgres.migrations.tenancy import protect

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the two tables. Neither keeps an institution from going."""
    op.create_table(
        "kept_answers",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("answer", sa.Text()),
        sa.Column("kept_until", sa.DateTime(timezone=True), nullable=False),
        _of_institution("kept_answers"),
        sa.PrimaryKeyConstraint("institution_id", "subject", "key", name=op.f("pk_kept_answers")),
    )
    op.create_index(op.f("ix_kept_answers_institution_id_kept_until"), "kept_answers", ["institution_id", "kept_until"])
    op.create_table(
        "imports",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger()),
        sa.Column("report", sa.Text()),
        sa.Column("problem", sa.Text()),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("alive_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        _of_institution("imports"),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_imports")),
    )
    for table in ("kept_answers", "imports"):
        protect(table)


def downgrade() -> None:
    """Forget answers and imports."""
    op.drop_table("imports")
    op.drop_table("kept_answers")


def _of_institution(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["institution_id"],
        ["institutions.institution_id"],
        name=op.f(f"fk_{table}_institution_id"),
        ondelete="CASCADE",
    )
