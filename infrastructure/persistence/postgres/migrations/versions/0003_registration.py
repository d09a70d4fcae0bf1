"""Registration: seats, enrollments, and the functions of the desk."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infrastructure.persistence.postgres.migrations.tenancy import APPLICATION_ROLE, protect

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
FUNCTIONS = ("registration_load", "registration_apply", "registration_recount", "refresh_statistics")


def upgrade() -> None:
    """Create the tables and the functions."""
    op.create_table(
        "term_registrations",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("next_number", sa.BigInteger(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "term_id"],
            ["terms.institution_id", "terms.id"],
            name=op.f("fk_term_registrations_term"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("institution_id", "term_id", name=op.f("pk_term_registrations")),
    )
    protect("term_registrations")
    op.create_table(
        "seats",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("seat_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.CheckConstraint("seat_no >= 1", name=op.f("ck_seats_seat_no")),
        sa.ForeignKeyConstraint(
            ["institution_id", "section_id"],
            ["sections.institution_id", "sections.id"],
            name=op.f("fk_seats_section"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("institution_id", "section_id", "seat_no", name=op.f("pk_seats")),
    )
    protect("seats", "SELECT, INSERT, DELETE")
    op.create_table(
        "section_seating",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("next_seat", sa.Integer(), nullable=False),
        sa.Column("last_seat", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("freed", postgresql.ARRAY(sa.Integer()), server_default=sa.text("'{}'"), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "section_id"],
            ["sections.institution_id", "sections.id"],
            name=op.f("fk_section_seating_section"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("institution_id", "section_id", name=op.f("pk_section_seating")),
        postgresql_with={"fillfactor": "50"},
    )
    protect("section_seating")
    op.create_table(
        "enrollments",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("credits", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(status = 'dropped') = (dropped_at IS NOT NULL)", name=op.f("ck_enrollments_dropped_at")),
        sa.CheckConstraint("status IN ('enrolled', 'dropped')", name=op.f("ck_enrollments_status")),
        sa.ForeignKeyConstraint(
            ["institution_id", "offering_id", "course_id"],
            ["offerings.institution_id", "offerings.id", "offerings.course_id"],
            name=op.f("fk_enrollments_course"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "offering_id", "term_id"],
            ["offerings.institution_id", "offerings.id", "offerings.term_id"],
            name=op.f("fk_enrollments_offering"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "student_id"],
            ["students.institution_id", "students.id"],
            name=op.f("fk_enrollments_student"),
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_enrollments")),
        sa.UniqueConstraint(
            "institution_id",
            "id",
            "student_id",
            "term_id",
            "status",
            name=op.f("uq_enrollments_id_student_id_term_id_status"),
        ),
        sa.UniqueConstraint("institution_id", "term_id", "number", name=op.f("uq_enrollments_term_id_number")),
    )
    op.create_index(
        op.f("ix_enrollments_institution_id_offering_id"),
        "enrollments",
        ["institution_id", "offering_id"],
        unique=False,
    )
    op.create_index(
        "uq_enrollments_standing",
        "enrollments",
        ["institution_id", "student_id", "term_id", "course_id"],
        unique=True,
        postgresql_where=sa.text("status = 'enrolled'"),
    )
    protect("enrollments")
    op.create_table(
        "enrollment_sections",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("component_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("seat_no", sa.Integer(), nullable=True),
        sa.Column("unlimited", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "(status = 'enrolled') = (seat_no IS NOT NULL OR unlimited IS NOT NULL)",
            name=op.f("ck_enrollment_sections_enrolled_has_a_place"),
        ),
        sa.CheckConstraint(
            "seat_no IS NULL OR unlimited IS NULL", name=op.f("ck_enrollment_sections_one_kind_of_place")
        ),
        sa.CheckConstraint("unlimited", name=op.f("ck_enrollment_sections_unlimited")),
        sa.ForeignKeyConstraint(
            ["institution_id", "enrollment_id", "student_id", "term_id", "status"],
            [
                "enrollments.institution_id",
                "enrollments.id",
                "enrollments.student_id",
                "enrollments.term_id",
                "enrollments.status",
            ],
            name=op.f("fk_enrollment_sections_enrollment"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "section_id", "component_id"],
            ["sections.institution_id", "sections.id", "sections.component_id"],
            name=op.f("fk_enrollment_sections_section"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "section_id", "seat_no"],
            ["seats.institution_id", "seats.section_id", "seats.seat_no"],
            name=op.f("fk_enrollment_sections_seat"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "section_id", "unlimited"],
            ["sections.institution_id", "sections.id", "sections.unlimited"],
            name=op.f("fk_enrollment_sections_unlimited"),
        ),
        sa.PrimaryKeyConstraint("institution_id", "enrollment_id", "section_id", name=op.f("pk_enrollment_sections")),
        sa.UniqueConstraint(
            "institution_id",
            "enrollment_id",
            "component_id",
            name=op.f("uq_enrollment_sections_enrollment_id_component_id"),
        ),
        sa.UniqueConstraint(
            "institution_id", "section_id", "seat_no", name=op.f("uq_enrollment_sections_section_id_seat_no")
        ),
    )
    op.create_index(
        op.f("ix_enrollment_sections_institution_id_student_id_term_id"),
        "enrollment_sections",
        ["institution_id", "student_id", "term_id"],
        unique=False,
    )
    protect("enrollment_sections")
    for function in FUNCTIONS:
        op.get_bind().exec_driver_sql((SQL / f"{function}_1.sql").read_text(encoding="utf-8"))
    op.execute("REVOKE EXECUTE ON FUNCTION refresh_statistics() FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION refresh_statistics() TO {APPLICATION_ROLE}")


def downgrade() -> None:
    """Drop the functions and the tables."""
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    op.drop_table("enrollment_sections")
    op.drop_table("enrollments")
    op.drop_table("section_seating")
    op.drop_table("seats")
    op.drop_table("term_registrations")
