"""Institutions, the catalog and people."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infrastructure.persistence.postgres.migrations.tenancy import APPLICATION_ROLE, protect

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_DIRECTORY = """
    CREATE FUNCTION institution_directory()
    RETURNS TABLE (institution_id uuid, code varchar, name varchar, time_zone varchar, version integer)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS 'SELECT institution_id, code, name, time_zone, version FROM public.institutions'
"""
"""The one look across tenants, at what is public of an institution: a caller must find theirs before it is set."""


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "institutions",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64, collation="C"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("institution_id", name=op.f("pk_institutions")),
        sa.UniqueConstraint("code", name=op.f("uq_institutions_code")),
    )
    protect("institutions")
    op.create_table(
        "departments",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64, collation="C"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.institution_id"], name=op.f("fk_departments_institution_id")
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_departments")),
        sa.UniqueConstraint("institution_id", "code", name=op.f("uq_departments_code")),
    )
    protect("departments")
    op.create_table(
        "courses",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64, collation="C"), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("credits", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("credits >= 0", name=op.f("ck_courses_credits")),
        sa.ForeignKeyConstraint(
            ["institution_id", "department_id"],
            ["departments.institution_id", "departments.id"],
            name=op.f("fk_courses_department"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.institution_id"], name=op.f("fk_courses_institution_id")
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_courses")),
        sa.UniqueConstraint("institution_id", "code", name=op.f("uq_courses_code")),
    )
    protect("courses")
    op.create_table(
        "programs",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64, collation="C"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("registry_code", sa.String(length=200), nullable=True),
        sa.Column("degree", sa.String(length=200), nullable=True),
        sa.Column("required_credits", sa.Numeric(precision=6, scale=2), nullable=True),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "department_id"],
            ["departments.institution_id", "departments.id"],
            name=op.f("fk_programs_department"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.institution_id"], name=op.f("fk_programs_institution_id")
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_programs")),
        sa.UniqueConstraint("institution_id", "code", name=op.f("uq_programs_code")),
    )
    protect("programs")
    op.create_table(
        "students",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64, collation="C"), nullable=False),
        sa.Column("given_name", sa.String(length=200), nullable=False),
        sa.Column("family_name", sa.String(length=200), nullable=False),
        sa.Column("birthday", sa.Date(), nullable=True),
        sa.Column("email", sa.String(length=256), nullable=True),
        sa.Column("program_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "program_id"],
            ["programs.institution_id", "programs.id"],
            name=op.f("fk_students_program"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.institution_id"], name=op.f("fk_students_institution_id")
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_students")),
        sa.UniqueConstraint("institution_id", "code", name=op.f("uq_students_code")),
    )
    protect("students")
    op.create_table(
        "instructors",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64, collation="C"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=256), nullable=True),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "department_id"],
            ["departments.institution_id", "departments.id"],
            name=op.f("fk_instructors_department"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.institution_id"], name=op.f("fk_instructors_institution_id")
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_instructors")),
        sa.UniqueConstraint("institution_id", "code", name=op.f("uq_instructors_code")),
    )
    protect("instructors")
    op.create_table(
        "holds",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("blocks", postgresql.ARRAY(sa.String(length=20)), nullable=False),
        sa.Column("office", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "student_id"],
            ["students.institution_id", "students.id"],
            name=op.f("fk_holds_student"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.institution_id"], name=op.f("fk_holds_institution_id")
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_holds")),
    )
    op.create_index(op.f("ix_holds_institution_id_student_id"), "holds", ["institution_id", "student_id"], unique=False)
    protect("holds")
    op.execute(f"GRANT SELECT ON alembic_version TO {APPLICATION_ROLE}")
    op.execute(_DIRECTORY)
    op.execute("REVOKE ALL ON FUNCTION institution_directory() FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION institution_directory() TO {APPLICATION_ROLE}")


def downgrade() -> None:
    """Drop the tables."""
    op.execute("DROP FUNCTION institution_directory()")
    op.execute(f"REVOKE SELECT ON alembic_version FROM {APPLICATION_ROLE}")  # noqa: S608 - a constant
    op.drop_table("holds")
    op.drop_table("instructors")
    op.drop_table("students")
    op.drop_table("programs")
    op.drop_table("courses")
    op.drop_table("departments")
    op.drop_table("institutions")
