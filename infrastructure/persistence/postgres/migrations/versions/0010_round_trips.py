"""Fewer round trips, less to write: the load brings the answers, and of the attempts those that count; events know whom
they are about.
"""

from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"

_STAYS_OF_STUDENTS = "ix_enrollment_sections_institution_id_student_id_term_id"

_MENTIONED = """(SELECT array_agg(m.about ORDER BY m.about) FROM audit_mentions m
                   WHERE m.institution_id = a.institution_id AND m.event_id = a.id)"""


def upgrade() -> None:
    """Replace the functions and trim what a registration writes."""
    for function in ("registration_load", "registration_answers", "registration_journal"):
        op.execute(f"DROP FUNCTION {function}")
    _keep_abouts()
    op.drop_index("ix_audit_events_institution_id_occurred_at", table_name="audit_events")
    op.drop_index("ix_enrollment_sections_pool", table_name="enrollment_sections")
    # A student's stays are found by the student's enrollments.
    op.drop_index(_STAYS_OF_STUDENTS, table_name="enrollment_sections")
    # A record of a decision is a few kilobytes, and compressing it takes longer than storing it.
    op.execute("ALTER TABLE audit_events SET (toast_tuple_target = 8160)")
    op.drop_index("ix_course_attempts_institution_id_student_id", table_name="course_attempts")
    op.create_index(
        op.f("ix_course_attempts_institution_id_student_id_course_id"),
        "course_attempts",
        ["institution_id", "student_id", "course_id"],
    )
    for function in ("registration_attempts_1", "registration_load_4", "registration_journal_2"):
        _create(function)


def downgrade() -> None:
    """Go back to what it was."""
    for function in ("registration_load", "registration_attempts", "registration_journal"):
        op.execute(f"DROP FUNCTION {function}")
    op.drop_index(op.f("ix_course_attempts_institution_id_student_id_course_id"), table_name="course_attempts")
    op.create_index(
        op.f("ix_course_attempts_institution_id_student_id"), "course_attempts", ["institution_id", "student_id"]
    )
    op.execute("ALTER TABLE audit_events RESET (toast_tuple_target)")
    op.create_index(_STAYS_OF_STUDENTS, "enrollment_sections", ["institution_id", "student_id", "term_id"])
    op.create_index(
        "ix_enrollment_sections_pool",
        "enrollment_sections",
        ["institution_id", "section_id", "pool"],
        postgresql_where=sa.text("pool IS NOT NULL AND until_at IS NULL"),
    )
    op.create_index(
        op.f("ix_audit_events_institution_id_occurred_at"), "audit_events", ["institution_id", "occurred_at"]
    )
    op.create_index(op.f("ix_audit_mentions_institution_id_event_id"), "audit_mentions", ["institution_id", "event_id"])
    op.drop_column("audit_events", "about")
    for function in ("registration_load_3", "registration_answers_1", "registration_journal_1"):
        _create(function)


def _keep_abouts() -> None:
    """Let every event know whom and what it is about."""
    about: sa.Column[list[UUID]] = sa.Column(
        "about", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False
    )
    op.add_column("audit_events", about)
    op.execute(f"UPDATE audit_events a SET about = coalesce({_MENTIONED}, '{{}}')")  # noqa: S608 - a constant
    op.alter_column("audit_events", "about", server_default=None)
    op.drop_index(op.f("ix_audit_mentions_institution_id_event_id"), table_name="audit_mentions")


def _create(function: str) -> None:
    op.get_bind().exec_driver_sql((SQL / f"{function}.sql").read_text(encoding="utf-8"))
