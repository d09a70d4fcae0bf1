"""Who advises whom: the relation by which an advisor may read what is about a student.

The functions that run as the owner look into temporary tables last, which the application's role may make.
"""

import sqlalchemy as sa
from alembic import op

from infrastructure.persistence.postgres.migrations.tenancy import protect

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


_AS_OWNER = ("refresh_statistics()", "refresh_registration_statistics()")


def upgrade() -> None:
    """Nobody is advised yet."""
    op.create_table(
        "student_advisors",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("instructor_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "student_id"],
            ["students.institution_id", "students.id"],
            name=op.f("fk_student_advisors_student"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "instructor_id"],
            ["instructors.institution_id", "instructors.id"],
            name=op.f("fk_student_advisors_advisors"),
        ),
        sa.PrimaryKeyConstraint("institution_id", "student_id", "instructor_id", name=op.f("pk_student_advisors")),
    )
    op.create_index(
        op.f("ix_student_advisors_institution_id_instructor_id"),
        "student_advisors",
        ["institution_id", "instructor_id"],
    )
    protect("student_advisors")
    for function in _AS_OWNER:
        op.execute(
            f"DO $$ BEGIN EXECUTE format('ALTER FUNCTION {function} SET search_path = %I, pg_temp', current_schema());"
            " END $$"
        )


def downgrade() -> None:
    """Forget who advises whom."""
    for function in _AS_OWNER:
        op.execute(f"ALTER FUNCTION {function} SET search_path FROM CURRENT")
    op.drop_table("student_advisors")
