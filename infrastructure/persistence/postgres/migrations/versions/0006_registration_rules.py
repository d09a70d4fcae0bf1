"""Registration rules: permissions, waitlists, and the journal with its audit log, outbox and kept answers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infrastructure.persistence.postgres.migrations.tenancy import protect

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    _create_permissions()
    _create_queues()
    _create_journal()


def downgrade() -> None:
    """Drop the tables."""
    for table in (
        "idempotency_keys",
        "outbox",
        "audit_documents",
        "audit_mentions",
        "audit_events",
        "waitlist_entry_sections",
        "waitlist_entries",
        "permissions",
    ):
        op.drop_table(table)


def _create_permissions() -> None:
    op.create_table(
        "permissions",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=True),
        sa.Column("codes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("cardinality(codes) > 0", name=op.f("ck_permissions_codes")),
        sa.ForeignKeyConstraint(
            ["institution_id", "student_id"],
            ["students.institution_id", "students.id"],
            name=op.f("fk_permissions_student"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "offering_id", "term_id"],
            ["offerings.institution_id", "offerings.id", "offerings.term_id"],
            name=op.f("fk_permissions_offering"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "section_id", "offering_id"],
            ["sections.institution_id", "sections.id", "sections.offering_id"],
            name=op.f("fk_permissions_section"),
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_permissions")),
    )
    op.create_index(
        op.f("ix_permissions_institution_id_student_id_term_id"),
        "permissions",
        ["institution_id", "student_id", "term_id"],
    )
    op.create_index(op.f("ix_permissions_institution_id_offering_id"), "permissions", ["institution_id", "offering_id"])
    protect("permissions")


def _create_queues() -> None:
    op.create_table(
        "waitlist_entries",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("grading_basis", sa.String(length=20), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drop_if_enrolled", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("skipped", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint(
            "status IN ('waiting', 'promoted', 'left', 'expired', 'cancelled')",
            name=op.f("ck_waitlist_entries_status"),
        ),
        sa.CheckConstraint("(status <> 'waiting') = (ended_at IS NOT NULL)", name=op.f("ck_waitlist_entries_ended_at")),
        sa.CheckConstraint(
            "grading_basis IN ('graded', 'pass_fail', 'audit')", name=op.f("ck_waitlist_entries_grading_basis")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "student_id"],
            ["students.institution_id", "students.id"],
            name=op.f("fk_waitlist_entries_student"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "offering_id", "term_id"],
            ["offerings.institution_id", "offerings.id", "offerings.term_id"],
            name=op.f("fk_waitlist_entries_offering"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "offering_id", "course_id"],
            ["offering_courses.institution_id", "offering_courses.offering_id", "offering_courses.course_id"],
            name=op.f("fk_waitlist_entries_course"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "drop_if_enrolled"],
            ["enrollments.institution_id", "enrollments.id"],
            name=op.f("fk_waitlist_entries_drop_if_enrolled"),
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_waitlist_entries")),
        sa.UniqueConstraint("institution_id", "term_id", "number", name=op.f("uq_waitlist_entries_term_id_number")),
    )
    op.create_index(
        "uq_waitlist_entries_waiting",
        "waitlist_entries",
        ["institution_id", "student_id", "offering_id"],
        unique=True,
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_index(
        "ix_waitlist_entries_queue",
        "waitlist_entries",
        ["institution_id", "offering_id", "priority", "number"],
        postgresql_where=sa.text("status = 'waiting'"),
    )
    for column in ("student_id", "offering_id"):
        op.create_index(
            op.f(f"ix_waitlist_entries_institution_id_{column}"), "waitlist_entries", ["institution_id", column]
        )
    op.create_index(
        op.f("ix_waitlist_entries_institution_id_drop_if_enrolled"),
        "waitlist_entries",
        ["institution_id", "drop_if_enrolled"],
        postgresql_where=sa.text("drop_if_enrolled IS NOT NULL"),
    )
    protect("waitlist_entries", "SELECT, INSERT, UPDATE")
    op.create_table(
        "waitlist_entry_sections",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "entry_id"],
            ["waitlist_entries.institution_id", "waitlist_entries.id"],
            name=op.f("fk_waitlist_entry_sections_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "section_id"],
            ["sections.institution_id", "sections.id"],
            name=op.f("fk_waitlist_entry_sections_section"),
        ),
        sa.PrimaryKeyConstraint("institution_id", "entry_id", "section_id", name=op.f("pk_waitlist_entry_sections")),
    )
    op.create_index(
        op.f("ix_waitlist_entry_sections_institution_id_section_id"),
        "waitlist_entry_sections",
        ["institution_id", "section_id"],
    )
    protect("waitlist_entry_sections", "SELECT, INSERT")


def _create_journal() -> None:
    op.create_table(
        "audit_events",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("command", postgresql.JSON(), nullable=False),
        sa.Column("answer", postgresql.JSON(), nullable=False),
        sa.Column("consequences", postgresql.JSON(), nullable=False),
        sa.Column("facts", postgresql.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "term_id"], ["terms.institution_id", "terms.id"], name=op.f("fk_audit_events_term")
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_audit_events")),
        sa.UniqueConstraint("institution_id", "term_id", "number", name=op.f("uq_audit_events_term_id_number")),
    )
    op.create_index(
        op.f("ix_audit_events_institution_id_occurred_at"), "audit_events", ["institution_id", "occurred_at"]
    )
    protect("audit_events", "SELECT, INSERT")
    op.create_table(
        "audit_mentions",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("about", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "event_id"],
            ["audit_events.institution_id", "audit_events.id"],
            name=op.f("fk_audit_mentions_event"),
        ),
        sa.PrimaryKeyConstraint("institution_id", "about", "event_id", name=op.f("pk_audit_mentions")),
    )
    op.create_index(op.f("ix_audit_mentions_institution_id_event_id"), "audit_mentions", ["institution_id", "event_id"])
    protect("audit_mentions", "SELECT, INSERT")
    op.create_table(
        "audit_documents",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("body", postgresql.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.institution_id"], name=op.f("fk_audit_documents_institution_id")
        ),
        sa.PrimaryKeyConstraint("institution_id", "digest", name=op.f("pk_audit_documents")),
    )
    protect("audit_documents", "SELECT, INSERT")
    op.create_table(
        "outbox",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payload", postgresql.JSON(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.institution_id"], name=op.f("fk_outbox_institution_id")
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_outbox")),
    )
    op.create_index(
        "ix_outbox_unpublished",
        "outbox",
        ["institution_id", "id"],
        postgresql_where=sa.text("published_at IS NULL"),
    )
    protect("outbox")
    op.create_table(
        "idempotency_keys",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("answer", postgresql.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "term_id"],
            ["terms.institution_id", "terms.id"],
            name=op.f("fk_idempotency_keys_term"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("institution_id", "term_id", "subject", "key", name=op.f("pk_idempotency_keys")),
    )
    protect("idempotency_keys", "SELECT, INSERT, DELETE")
