"""Catalog rules: grading schemes, requisites and course attempts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infrastructure.persistence.postgres.migrations.tenancy import protect

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_REQUISITES = ("prerequisite", "corequisite", "exclusion")


def upgrade() -> None:
    """Create what the rules need; courses that are there already are graded, without requisites or limits."""
    for name in _REQUISITES:
        op.add_column("courses", sa.Column(name, postgresql.JSONB(none_as_null=True), nullable=True))
    op.add_column(
        "courses",
        sa.Column("grading_bases", postgresql.ARRAY(sa.String(length=20)), server_default="{graded}", nullable=False),
    )
    op.alter_column("courses", "grading_bases", server_default=None)
    op.add_column("courses", sa.Column("attempts_maximum", sa.Integer(), nullable=True))
    op.add_column("courses", sa.Column("repeatable", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.alter_column("courses", "repeatable", server_default=None)
    op.create_table(
        "grading_schemes",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64, collation="C"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("grades", postgresql.JSONB(), nullable=False),
        sa.Column("scale", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.institution_id"], name=op.f("fk_grading_schemes_institution_id")
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_grading_schemes")),
        sa.UniqueConstraint("institution_id", "code", name=op.f("uq_grading_schemes_code")),
    )
    protect("grading_schemes")
    op.create_table(
        "course_attempts",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("term", sa.String(length=64, collation="C"), nullable=False),
        sa.Column("credits", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("grade", sa.String(length=64), nullable=True),
        sa.Column("scheme_id", sa.Uuid(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("in_progress", sa.Boolean(), nullable=False),
        sa.Column("transfer", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("credits >= 0", name=op.f("ck_course_attempts_credits")),
        sa.CheckConstraint("(grade IS NULL) = (scheme_id IS NULL)", name=op.f("ck_course_attempts_grade")),
        sa.CheckConstraint("NOT (passed AND in_progress)", name=op.f("ck_course_attempts_in_progress")),
        sa.ForeignKeyConstraint(
            ["institution_id", "student_id"],
            ["students.institution_id", "students.id"],
            name=op.f("fk_course_attempts_student"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "course_id"],
            ["courses.institution_id", "courses.id"],
            name=op.f("fk_course_attempts_course"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "scheme_id"],
            ["grading_schemes.institution_id", "grading_schemes.id"],
            name=op.f("fk_course_attempts_scheme"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.institution_id"], name=op.f("fk_course_attempts_institution_id")
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_course_attempts")),
    )
    op.create_index(
        op.f("ix_course_attempts_institution_id_student_id"),
        "course_attempts",
        ["institution_id", "student_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_course_attempts_institution_id_term_id"),
        "course_attempts",
        ["institution_id", "term", "id"],
        unique=False,
    )
    protect("course_attempts")


def downgrade() -> None:
    """Drop it."""
    op.drop_table("course_attempts")
    op.drop_table("grading_schemes")
    for name in ("repeatable", "attempts_maximum", "grading_bases", *reversed(_REQUISITES)):
        op.drop_column("courses", name)
