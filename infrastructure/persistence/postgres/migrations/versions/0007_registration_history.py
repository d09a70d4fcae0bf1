"""The history of stays, withdrawals, grading bases and seats above capacity; the functions of the desk anew."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

from infrastructure.persistence.postgres.migrations.tenancy import APPLICATION_ROLE

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
FUNCTIONS = ("registration_load", "registration_apply", "registration_recount")


def upgrade() -> None:
    """Change the tables, and replace the functions."""
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    _extend_seats()
    _extend_enrollments()
    _keep_history()
    for function in FUNCTIONS:
        _create(f"{function}_2")
    _create("refresh_statistics_2")


def downgrade() -> None:
    """Go back to enrollments without history; what had no place then is lost."""
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    _forget_history()
    _reduce_enrollments()
    op.drop_index("ix_seats_above_capacity", table_name="seats")
    op.drop_index("ix_seats_institution_id_permission_id", table_name="seats")
    op.drop_constraint(op.f("fk_seats_permission"), "seats")
    op.drop_column("seats", "permission_id")
    for function in FUNCTIONS:
        _create(f"{function}_1")
    op.execute("DROP FUNCTION refresh_statistics")
    _create("refresh_statistics_1")
    op.execute("REVOKE EXECUTE ON FUNCTION refresh_statistics() FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION refresh_statistics() TO {APPLICATION_ROLE}")


def _create(function: str) -> None:
    op.get_bind().exec_driver_sql((SQL / f"{function}.sql").read_text(encoding="utf-8"))


def _extend_seats() -> None:
    op.add_column("seats", sa.Column("permission_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_seats_permission"),
        "seats",
        "permissions",
        ["institution_id", "permission_id"],
        ["institution_id", "id"],
    )
    op.create_index(
        op.f("ix_seats_institution_id_permission_id"),
        "seats",
        ["institution_id", "permission_id"],
        postgresql_where=sa.text("permission_id IS NOT NULL"),
    )
    op.create_index(
        "ix_seats_above_capacity",
        "seats",
        ["institution_id", "section_id"],
        postgresql_where=sa.text("permission_id IS NOT NULL"),
    )


def _extend_enrollments() -> None:
    op.drop_constraint(op.f("ck_enrollments_dropped_at"), "enrollments")
    op.drop_constraint(op.f("ck_enrollments_status"), "enrollments")
    op.alter_column("enrollments", "dropped_at", new_column_name="ended_at")
    op.add_column(
        "enrollments", sa.Column("grading_basis", sa.String(length=20), server_default="graded", nullable=False)
    )
    op.alter_column("enrollments", "grading_basis", server_default=None)
    op.create_check_constraint(
        op.f("ck_enrollments_status"), "enrollments", "status IN ('enrolled', 'dropped', 'withdrawn')"
    )
    op.create_check_constraint(
        op.f("ck_enrollments_ended_at"), "enrollments", "(status <> 'enrolled') = (ended_at IS NOT NULL)"
    )
    op.create_check_constraint(
        op.f("ck_enrollments_grading_basis"), "enrollments", "grading_basis IN ('graded', 'pass_fail', 'audit')"
    )
    op.create_index(
        "uq_enrollments_standing_offering",
        "enrollments",
        ["institution_id", "student_id", "term_id", "offering_id"],
        unique=True,
        postgresql_where=sa.text("status = 'enrolled'"),
    )


def _reduce_enrollments() -> None:
    op.drop_index("uq_enrollments_standing_offering", table_name="enrollments")
    op.drop_constraint(op.f("ck_enrollments_grading_basis"), "enrollments")
    op.drop_constraint(op.f("ck_enrollments_ended_at"), "enrollments")
    op.drop_constraint(op.f("ck_enrollments_status"), "enrollments")
    op.drop_column("enrollments", "grading_basis")
    op.alter_column("enrollments", "ended_at", new_column_name="dropped_at")
    op.create_check_constraint(op.f("ck_enrollments_status"), "enrollments", "status IN ('enrolled', 'dropped')")
    op.create_check_constraint(
        op.f("ck_enrollments_dropped_at"), "enrollments", "(status = 'dropped') = (dropped_at IS NOT NULL)"
    )


def _keep_history() -> None:
    """A row of `enrollment_sections` becomes a stay, which began with its enrollment and ended with it."""
    for column in (
        sa.Column("since", sa.BigInteger(), nullable=True),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pool", sa.Text(), nullable=True),
    ):
        op.add_column("enrollment_sections", column)
    op.execute(
        "UPDATE enrollment_sections t SET since = e.number, since_at = e.enrolled_at, until_at = e.ended_at"
        " FROM enrollments e WHERE e.institution_id = t.institution_id AND e.id = t.enrollment_id"
    )
    op.alter_column("enrollment_sections", "since", nullable=False)
    op.alter_column("enrollment_sections", "since_at", nullable=False)
    op.drop_constraint(op.f("pk_enrollment_sections"), "enrollment_sections")
    op.create_primary_key(
        op.f("pk_enrollment_sections"),
        "enrollment_sections",
        ["institution_id", "enrollment_id", "section_id", "since"],
    )
    op.drop_constraint(op.f("uq_enrollment_sections_enrollment_id_component_id"), "enrollment_sections")
    op.create_index(
        "uq_enrollment_sections_standing",
        "enrollment_sections",
        ["institution_id", "enrollment_id", "component_id"],
        unique=True,
        postgresql_where=sa.text("until_at IS NULL"),
    )
    op.create_index(
        "ix_enrollment_sections_pool",
        "enrollment_sections",
        ["institution_id", "section_id", "pool"],
        postgresql_where=sa.text("pool IS NOT NULL AND until_at IS NULL"),
    )
    op.drop_constraint(op.f("ck_enrollment_sections_enrolled_has_a_place"), "enrollment_sections")
    for name, condition in (
        ("ended_with_enrollment", "status = 'enrolled' OR until_at IS NOT NULL"),
        ("standing_has_a_place", "(until_at IS NULL) = (seat_no IS NOT NULL OR unlimited IS NOT NULL)"),
        ("pool", "pool IS NULL OR unlimited IS NULL"),
    ):
        op.create_check_constraint(op.f(f"ck_enrollment_sections_{name}"), "enrollment_sections", condition)


def _forget_history() -> None:
    """Keep the last stay in each component, and call withdrawals drops."""
    op.execute(
        "DELETE FROM enrollment_sections t WHERE EXISTS (SELECT 1 FROM enrollment_sections later"
        " WHERE later.institution_id = t.institution_id AND later.enrollment_id = t.enrollment_id"
        " AND later.component_id = t.component_id AND later.since > t.since)"
    )
    op.execute(
        "DELETE FROM enrollment_sections t USING enrollments e"
        " WHERE e.institution_id = t.institution_id AND e.id = t.enrollment_id AND t.until_at < e.ended_at"
    )
    op.execute(
        "WITH withdrawn AS (UPDATE enrollments SET status = 'dropped' WHERE status = 'withdrawn')"
        " UPDATE enrollment_sections SET status = 'dropped' WHERE status = 'withdrawn'"
    )
    op.execute("DELETE FROM enrollment_sections WHERE status = 'enrolled' AND until_at IS NOT NULL")
    for name in ("pool", "standing_has_a_place", "ended_with_enrollment"):
        op.drop_constraint(op.f(f"ck_enrollment_sections_{name}"), "enrollment_sections")
    op.drop_index("ix_enrollment_sections_pool", table_name="enrollment_sections")
    op.drop_index("uq_enrollment_sections_standing", table_name="enrollment_sections")
    op.drop_constraint(op.f("pk_enrollment_sections"), "enrollment_sections")
    op.create_primary_key(
        op.f("pk_enrollment_sections"), "enrollment_sections", ["institution_id", "enrollment_id", "section_id"]
    )
    op.create_unique_constraint(
        op.f("uq_enrollment_sections_enrollment_id_component_id"),
        "enrollment_sections",
        ["institution_id", "enrollment_id", "component_id"],
    )
    op.create_check_constraint(
        op.f("ck_enrollment_sections_enrolled_has_a_place"),
        "enrollment_sections",
        "(status = 'enrolled') = (seat_no IS NOT NULL OR unlimited IS NOT NULL)",
    )
    for column in ("pool", "until_at", "since_at", "since"):
        op.drop_column("enrollment_sections", column)
