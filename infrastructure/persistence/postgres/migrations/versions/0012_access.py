"""Access: accounts, clients, sessions, failures, and the audit of sign-ins."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infrastructure.persistence.postgres.migrations.tenancy import APPLICATION_ROLE, protect

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_TABLES = ("sign_ins", "sign_in_failures", "token_revocations", "refresh_tokens", "api_clients", "accounts")

_ANY_ACCOUNT = """
    CREATE FUNCTION has_accounts() RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS 'SELECT EXISTS (SELECT 1 FROM public.accounts WHERE disabled_at IS NULL)'
"""
"""Whether anybody could come in at all: a server asks before it listens to strangers."""


def upgrade() -> None:
    """Create the tables."""
    _create_accounts()
    _create_sessions()
    _create_attempts()
    op.execute(_ANY_ACCOUNT)
    op.execute("REVOKE ALL ON FUNCTION has_accounts() FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION has_accounts() TO {APPLICATION_ROLE}")


def _create_accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=256, collation="C"), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.String(length=20)), nullable=False),
        sa.Column("password_hash", sa.String(length=256), nullable=True),
        sa.Column("student_id", sa.Uuid(), nullable=True),
        sa.Column("instructor_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.institution_id"], name=op.f("fk_accounts_institution_id")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "student_id"],
            ["students.institution_id", "students.id"],
            name=op.f("fk_accounts_student"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "instructor_id"],
            ["instructors.institution_id", "instructors.id"],
            name=op.f("fk_accounts_instructor"),
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("institution_id", "email", name=op.f("uq_accounts_email")),
    )
    for column in ("student_id", "instructor_id"):
        op.create_index(op.f("ix_accounts_institution_id_" + column), "accounts", ["institution_id", column])
    protect("accounts", "SELECT, INSERT, UPDATE")
    op.create_table(
        "api_clients",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200, collation="C"), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.institution_id"], name=op.f("fk_api_clients_institution_id")
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_api_clients")),
        sa.UniqueConstraint("institution_id", "name", name=op.f("uq_api_clients_name")),
    )
    protect("api_clients", "SELECT, INSERT, UPDATE")


def _create_sessions() -> None:
    op.create_table(
        "refresh_tokens",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["institution_id", "account_id"],
            ["accounts.institution_id", "accounts.id"],
            name=op.f("fk_refresh_tokens_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("institution_id", "digest", name=op.f("pk_refresh_tokens")),
    )
    for column in ("session_id", "account_id"):
        name = op.f("ix_refresh_tokens_institution_id_" + column)
        op.create_index(name, "refresh_tokens", ["institution_id", column])
    protect("refresh_tokens")
    op.create_table(
        "token_revocations",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.institution_id"], name=op.f("fk_token_revocations_institution_id")
        ),
        sa.PrimaryKeyConstraint("institution_id", "subject", name=op.f("pk_token_revocations")),
    )
    protect("token_revocations")


def _create_attempts() -> None:
    op.create_table(
        "sign_in_failures",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=200, collation="C"), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.institution_id"], name=op.f("fk_sign_in_failures_institution_id")
        ),
        sa.PrimaryKeyConstraint("institution_id", "key", name=op.f("pk_sign_in_failures")),
    )
    op.create_index(
        op.f("ix_sign_in_failures_institution_id_last_at"), "sign_in_failures", ["institution_id", "last_at"]
    )
    protect("sign_in_failures")
    op.create_table(
        "sign_ins",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.institution_id"], name=op.f("fk_sign_ins_institution_id")
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_sign_ins")),
    )
    op.create_index(op.f("ix_sign_ins_institution_id_subject"), "sign_ins", ["institution_id", "subject"])
    protect("sign_ins", "SELECT, INSERT")


def downgrade() -> None:
    """Drop the tables."""
    op.execute("DROP FUNCTION has_accounts()")
    for table in _TABLES:
        op.drop_table(table)
