"""The desk works in batches: versions of the static facts, counted pools, and its functions anew, with arrays."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infrastructure.persistence.postgres.migrations.tenancy import APPLICATION_ROLE

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
FUNCTIONS = ("registration_load", "registration_apply", "registration_recount")

_OWN = "SELECT term_id FROM changed"
_OF_TICKET = """SELECT k.term_id FROM changed c
    JOIN time_tickets k ON k.institution_id = c.institution_id AND k.id = c.time_ticket_id"""
_OF_OFFERING = """SELECT o.term_id FROM changed c
    JOIN offerings o ON o.institution_id = c.institution_id AND o.id = c.offering_id"""
_OF_CONFIGURATION = """SELECT o.term_id FROM changed c
    JOIN configurations k ON k.institution_id = c.institution_id AND k.id = c.configuration_id
    JOIN offerings o ON o.institution_id = k.institution_id AND o.id = k.offering_id"""
_OF_SECTION = """SELECT s.term_id FROM changed c
    JOIN sections s ON s.institution_id = c.institution_id AND s.id = c.section_id"""
_EVERY = "SELECT term_id FROM term_registrations"

TERMS_OF = {
    "terms": "SELECT id FROM changed",
    "sessions": _OWN,
    "term_credit_limits": _OWN,
    "time_tickets": _OWN,
    "time_ticket_programs": _OF_TICKET,
    "time_ticket_students": _OF_TICKET,
    "offerings": _OWN,
    "offering_courses": _OF_OFFERING,
    "offering_programs": _OF_OFFERING,
    "configurations": _OF_OFFERING,
    "components": _OF_CONFIGURATION,
    "sections": _OWN,
    "meetings": _OF_SECTION,
    "reserved_seats": _OF_SECTION,
    "reserved_seats_programs": _OF_SECTION,
    "reserved_seats_students": _OF_SECTION,
    "courses": _EVERY,
    "grading_schemes": _EVERY,
}
"""For each table of static facts, how the terms are found whose facts have changed with its rows."""

FIRST_VERSION = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
"""A term that is made anew under an old id does not begin with a version that was there before."""

EVENTS = {"insert": "NEW TABLE AS changed", "update": "NEW TABLE AS changed", "delete": "OLD TABLE AS changed"}


def upgrade() -> None:
    """Add the version and the counts, and replace the functions."""
    op.add_column(
        "term_registrations",
        sa.Column("facts_version", sa.BigInteger(), server_default=sa.text(FIRST_VERSION), nullable=False),
    )
    op.add_column(
        "section_seating",
        sa.Column("pools", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
    )
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
        _create(f"{function}_3")
    _create("registration_statics_1")
    _create("registration_answers_1")
    _create("registration_journal_1")
    _create("refresh_registration_statistics_1")
    op.execute("REVOKE EXECUTE ON FUNCTION refresh_registration_statistics() FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION refresh_registration_statistics() TO {APPLICATION_ROLE}")
    # Nothing but `registration_apply` writes mentions, and events stay for good.
    op.drop_constraint(op.f("fk_audit_mentions_event"), "audit_mentions")
    _count_pools()
    for table, terms in TERMS_OF.items():
        _watch(table, terms)


def downgrade() -> None:
    """Go back to one command a transaction, which reads every fact anew."""
    for table in TERMS_OF:
        for event in EVENTS:
            op.execute(f"DROP TRIGGER facts_changed_by_{event} ON {table}")
        op.execute(f"DROP FUNCTION {table}_changed")
    op.create_foreign_key(
        op.f("fk_audit_mentions_event"),
        "audit_mentions",
        "audit_events",
        ["institution_id", "event_id"],
        ["institution_id", "id"],
    )
    op.execute("DROP FUNCTION refresh_registration_statistics")
    op.execute("DROP FUNCTION registration_journal")
    op.execute("DROP FUNCTION registration_answers")
    op.execute("DROP FUNCTION registration_statics")
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
        _create(f"{function}_2")
    op.drop_column("section_seating", "pools")
    op.drop_column("term_registrations", "facts_version")


def _create(function: str) -> None:
    op.get_bind().exec_driver_sql((SQL / f"{function}.sql").read_text(encoding="utf-8"))


def _count_pools() -> None:
    op.execute(
        """
        UPDATE section_seating g SET pools = p.counts
          FROM (SELECT t.institution_id, t.section_id, jsonb_object_agg(t.pool, t.taken) AS counts
                  FROM (SELECT institution_id, section_id, pool, count(*) AS taken FROM enrollment_sections
                         WHERE pool IS NOT NULL AND until_at IS NULL GROUP BY institution_id, section_id, pool) AS t
                 GROUP BY t.institution_id, t.section_id) AS p
         WHERE g.institution_id = p.institution_id AND g.section_id = p.section_id
        """
    )


def _watch(table: str, terms: str) -> None:
    """Raise the version of the static facts in the transaction that changes them, whoever it is.

    The rows are locked in the order of their keys, so that two who change facts of several terms do not deadlock.
    """
    op.execute(
        f"""
        CREATE FUNCTION {table}_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT FROM changed) THEN
                UPDATE term_registrations t SET facts_version = t.facts_version + 1
                  FROM (SELECT r.institution_id, r.term_id FROM term_registrations r
                         WHERE r.institution_id = ANY (ARRAY (SELECT DISTINCT c.institution_id FROM changed c))
                           AND r.term_id = ANY (ARRAY ({terms}))
                         ORDER BY r.term_id FOR UPDATE) AS r
                 WHERE t.institution_id = r.institution_id AND t.term_id = r.term_id;
            END IF;
            RETURN NULL;
        END $$
        """  # noqa: S608 - constants
    )
    for event, rows in EVENTS.items():
        op.execute(
            f"CREATE TRIGGER facts_changed_by_{event} AFTER {event.upper()} ON {table} REFERENCING {rows}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {table}_changed()"
        )
