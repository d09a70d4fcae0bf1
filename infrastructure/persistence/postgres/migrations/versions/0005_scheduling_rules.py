"""Scheduling rules: sessions, credit limits, time tickets, cross-listed courses, restrictions, reserved seats."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infrastructure.persistence.postgres.migrations.tenancy import protect

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TABLES = (
    "reserved_seats_programs",
    "reserved_seats_students",
    "reserved_seats",
    "time_ticket_programs",
    "time_ticket_students",
    "time_tickets",
    "offering_programs",
    "offering_courses",
    "term_credit_limits",
    "sessions",
    "test_scores",
)


def upgrade() -> None:
    """Create what the rules need; what is there already is restricted by nothing, and queues nowhere."""
    _extend_students()
    _extend_terms()
    _extend_offerings()
    _create_time_tickets()
    _extend_sections()


def downgrade() -> None:
    """Drop it."""
    op.drop_constraint(op.f("fk_enrollments_course"), "enrollments", type_="foreignkey")
    op.create_unique_constraint(op.f("uq_offerings_id_course_id"), "offerings", ["institution_id", "id", "course_id"])
    op.create_foreign_key(
        op.f("fk_enrollments_course"),
        "enrollments",
        "offerings",
        ["institution_id", "offering_id", "course_id"],
        ["institution_id", "id", "course_id"],
    )
    op.drop_constraint(op.f("fk_offerings_session"), "offerings", type_="foreignkey")
    for table in _TABLES:
        op.drop_table(table)
    op.drop_constraint(op.f("ck_sections_waitlist_capacity"), "sections")
    op.drop_constraint(op.f("ck_terms_withdrawal_deadline"), "terms")
    op.drop_constraint(op.f("ck_students_class_level"), "students")
    for table, columns in (
        ("sections", ("waitlist_capacity",)),
        ("offerings", ("session", "class_levels", "consent")),
        ("terms", ("withdrawal_deadline", "credit_minimum", "waitlist_closes_at", "in_progress_counts")),
        ("students", ("class_level", "credit_maximum", "credit_minimum")),
    ):
        for column in columns:
            op.drop_column(table, column)


def _extend_students() -> None:
    op.add_column("students", sa.Column("class_level", sa.SmallInteger(), nullable=True))
    op.add_column("students", sa.Column("credit_maximum", sa.Numeric(precision=6, scale=2), nullable=True))
    op.add_column("students", sa.Column("credit_minimum", sa.Numeric(precision=6, scale=2), nullable=True))
    op.create_check_constraint(op.f("ck_students_class_level"), "students", "class_level >= 1")
    op.create_table(
        "test_scores",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("test", sa.String(length=64, collation="C"), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("score", sa.Numeric(precision=8, scale=2), nullable=False),
        _part_of("test_scores", "student", "students"),
        sa.PrimaryKeyConstraint("institution_id", "student_id", "test", name=op.f("pk_test_scores")),
    )
    protect("test_scores")


def _extend_terms() -> None:
    op.add_column("terms", sa.Column("withdrawal_deadline", sa.Date(), nullable=True))
    op.add_column("terms", sa.Column("credit_minimum", sa.Numeric(precision=6, scale=2), nullable=True))
    op.add_column("terms", sa.Column("waitlist_closes_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("terms", sa.Column("in_progress_counts", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.alter_column("terms", "in_progress_counts", server_default=None)
    op.create_check_constraint(op.f("ck_terms_withdrawal_deadline"), "terms", "drop_deadline <= withdrawal_deadline")
    op.create_table(
        "sessions",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64, collation="C"), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("add_deadline", sa.Date(), nullable=False),
        sa.Column("drop_deadline", sa.Date(), nullable=False),
        sa.Column("withdrawal_deadline", sa.Date(), nullable=True),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_sessions_dates")),
        sa.CheckConstraint("drop_deadline <= withdrawal_deadline", name=op.f("ck_sessions_withdrawal_deadline")),
        _part_of("sessions", "term", "terms"),
        sa.PrimaryKeyConstraint("institution_id", "term_id", "code", name=op.f("pk_sessions")),
    )
    protect("sessions")
    op.create_table(
        "term_credit_limits",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("class_level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("credit_maximum", sa.Numeric(precision=6, scale=2), nullable=True),
        sa.Column("credit_minimum", sa.Numeric(precision=6, scale=2), nullable=True),
        sa.CheckConstraint("credit_minimum <= credit_maximum", name=op.f("ck_term_credit_limits_limits")),
        _part_of("term_credit_limits", "term", "terms"),
        sa.PrimaryKeyConstraint("institution_id", "term_id", "class_level", name=op.f("pk_term_credit_limits")),
    )
    protect("term_credit_limits")


def _extend_offerings() -> None:
    op.add_column("offerings", sa.Column("session", sa.String(length=64, collation="C"), nullable=True))
    op.add_column(
        "offerings",
        sa.Column("class_levels", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
    )
    op.alter_column("offerings", "class_levels", server_default=None)
    op.add_column("offerings", sa.Column("consent", sa.String(length=20), nullable=True))
    op.create_foreign_key(
        op.f("fk_offerings_session"),
        "offerings",
        "sessions",
        ["institution_id", "term_id", "session"],
        ["institution_id", "term_id", "code"],
    )
    op.create_table(
        "offering_courses",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        _part_of("offering_courses", "offering", "offerings"),
        sa.ForeignKeyConstraint(
            ["institution_id", "course_id"],
            ["courses.institution_id", "courses.id"],
            name=op.f("fk_offering_courses_cross_listed"),
        ),
        sa.PrimaryKeyConstraint("institution_id", "offering_id", "course_id", name=op.f("pk_offering_courses")),
    )
    _index("offering_courses", "course_id")
    protect("offering_courses")
    op.execute(
        "INSERT INTO offering_courses (institution_id, offering_id, course_id, position) "
        "SELECT institution_id, id, course_id, 0 FROM offerings"
    )
    op.drop_constraint(op.f("fk_enrollments_course"), "enrollments", type_="foreignkey")
    op.drop_constraint(op.f("uq_offerings_id_course_id"), "offerings", type_="unique")
    op.create_foreign_key(
        op.f("fk_enrollments_course"),
        "enrollments",
        "offering_courses",
        ["institution_id", "offering_id", "course_id"],
        ["institution_id", "offering_id", "course_id"],
    )
    op.create_table(
        "offering_programs",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=False),
        _part_of("offering_programs", "offering", "offerings"),
        _named("offering_programs", "program"),
        sa.PrimaryKeyConstraint("institution_id", "offering_id", "program_id", name=op.f("pk_offering_programs")),
    )
    _index("offering_programs", "program_id")
    protect("offering_programs")


def _create_time_tickets() -> None:
    op.create_table(
        "time_tickets",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("class_levels", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("opens_at < closes_at", name=op.f("ck_time_tickets_window")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.institution_id"], name=op.f("fk_time_tickets_institution_id")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "term_id"],
            ["terms.institution_id", "terms.id"],
            name=op.f("fk_time_tickets_term"),
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_time_tickets")),
    )
    _index("time_tickets", "term_id")
    protect("time_tickets")
    for member in ("student", "program"):
        table = f"time_ticket_{member}s"
        op.create_table(
            table,
            sa.Column("institution_id", sa.Uuid(), nullable=False),
            sa.Column("time_ticket_id", sa.Uuid(), nullable=False),
            sa.Column(f"{member}_id", sa.Uuid(), nullable=False),
            _part_of(table, "time_ticket", "time_tickets"),
            _named(table, member),
            sa.PrimaryKeyConstraint("institution_id", "time_ticket_id", f"{member}_id", name=op.f(f"pk_{table}")),
        )
        _index(table, f"{member}_id")
        protect(table)


def _extend_sections() -> None:
    op.add_column("sections", sa.Column("waitlist_capacity", sa.Integer(), server_default="0", nullable=False))
    op.alter_column("sections", "waitlist_capacity", server_default=None)
    op.create_check_constraint(op.f("ck_sections_waitlist_capacity"), "sections", "waitlist_capacity >= 0")
    op.create_table(
        "reserved_seats",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("class_levels", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("seats >= 0", name=op.f("ck_reserved_seats_seats")),
        _part_of("reserved_seats", "section", "sections"),
        sa.PrimaryKeyConstraint("institution_id", "section_id", "name", name=op.f("pk_reserved_seats")),
    )
    protect("reserved_seats")
    for member in ("student", "program"):
        table = f"reserved_seats_{member}s"
        op.create_table(
            table,
            sa.Column("institution_id", sa.Uuid(), nullable=False),
            sa.Column("section_id", sa.Uuid(), nullable=False),
            sa.Column("name", sa.String(length=200), nullable=False),
            sa.Column(f"{member}_id", sa.Uuid(), nullable=False),
            sa.ForeignKeyConstraint(
                ["institution_id", "section_id", "name"],
                ["reserved_seats.institution_id", "reserved_seats.section_id", "reserved_seats.name"],
                name=op.f(f"fk_{table}_reserved"),
                ondelete="CASCADE",
            ),
            _named(table, member),
            sa.PrimaryKeyConstraint("institution_id", "section_id", "name", f"{member}_id", name=op.f(f"pk_{table}")),
        )
        _index(table, f"{member}_id")
        protect(table)


def _part_of(table: str, owner: str, owners: str) -> sa.ForeignKeyConstraint:
    """The foreign key of what goes when its owner goes."""
    return sa.ForeignKeyConstraint(
        ["institution_id", f"{owner}_id"],
        [f"{owners}.institution_id", f"{owners}.id"],
        name=op.f(f"fk_{table}_{owner}"),
        ondelete="CASCADE",
    )


def _named(table: str, member: str) -> sa.ForeignKeyConstraint:
    """The foreign key to a student or program that a restriction or cohort names."""
    return sa.ForeignKeyConstraint(
        ["institution_id", f"{member}_id"],
        [f"{member}s.institution_id", f"{member}s.id"],
        name=op.f(f"fk_{table}_{member}s"),
    )


def _index(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_institution_id_{column}"), table, ["institution_id", column], unique=False)
