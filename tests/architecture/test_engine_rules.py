"""The rules of a distributed engine and of a pooler hold for the rows, and each of them catches who breaks it."""

import pytest
from sqlalchemy import Column, ForeignKeyConstraint, Index, MetaData, Table, Uuid

from infrastructure.persistence.postgres.rows.base import Row
from tests.support.engine_rules import keys_of, offences_of_keys, offences_of_migration, offences_of_statement

BODY = "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $body$ BEGIN {} END $body$"


def test_the_tenant_comes_first_in_every_key_of_the_rows() -> None:
    keys = list(keys_of(Row.metadata))

    assert len(keys) > len(Row.metadata.tables)
    assert offences_of_keys(keys) == []


def test_a_key_without_the_tenant_is_caught() -> None:
    planted = MetaData()
    Table("parents", planted, *_columns(), Index("uq_parents_code", "code", "institution_id", unique=True))
    Table(
        "children",
        planted,
        Column("id", Uuid, primary_key=True),
        Column("institution_id", Uuid),
        Column("parent_id", Uuid),
        ForeignKeyConstraint(["parent_id"], ["parents.id"], name="alone"),
        ForeignKeyConstraint(
            ["institution_id", "parent_id"],
            ["parents.institution_id", "parents.id"],
            name="emptied",
            ondelete="SET NULL",
        ),
        ForeignKeyConstraint(["institution_id", "parent_id"], ["parents.id", "parents.institution_id"], name="crossed"),
    )

    assert sorted(offences_of_keys(list(keys_of(planted)))) == [
        "children.None: the tenant is not first",
        "children.alone: the tenant does not refer to the tenant",
        "children.alone: the tenant is not first",
        "children.crossed: the tenant does not refer to the tenant",
        "children.emptied: ON DELETE SET NULL",
        "parents.uq_parents_code: the tenant is not first",
    ]


def _columns() -> tuple[Column[object], ...]:
    return (
        Column("institution_id", Uuid, primary_key=True),
        Column("id", Uuid, primary_key=True),
        Column("code", Uuid),
    )


@pytest.mark.parametrize(
    ("statement", "offence"),
    [
        ("SELECT set_config('jit', 'off', false)", "set_config()"),
        ("LISTEN decided", "LISTEN or NOTIFY"),
        ("SELECT pg_notify('decided', '1')", "LISTEN or NOTIFY"),
        ("SELECT pg_advisory_xact_lock(1)", "an advisory lock"),
        ("SELECT pg_try_advisory_lock(1)", "an advisory lock"),
        ("SELECT 1 FROM terms WHERE id = $1 FOR UPDATE", "a lock without the tenant filter"),
        ("SELECT 1 FROM terms WHERE id = $1 FOR NO KEY UPDATE SKIP LOCKED", "a lock without the tenant filter"),
        (
            "SELECT 1 FROM terms WHERE id IN (SELECT id FROM x WHERE institution_id = $1) FOR SHARE",
            "a lock without the tenant filter",
        ),
        (
            "SELECT 1 FROM a, (SELECT 1 FROM b FOR UPDATE) b WHERE a.institution_id = $1",
            "a lock without the tenant filter",
        ),
        (
            "INSERT INTO outbox VALUES ($1) ON CONFLICT (id) DO UPDATE SET at = now()",
            "a moment in ON CONFLICT DO UPDATE",
        ),
        (
            "INSERT INTO outbox VALUES ($1) ON CONFLICT (id) DO UPDATE SET at = CURRENT_TIMESTAMP",
            "a moment in ON CONFLICT DO UPDATE",
        ),
        ("ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES c ON DELETE SET NULL", "ON DELETE SET NULL"),
        ("CREATE TRIGGER t AFTER INSERT ON a EXECUTE FUNCTION f()", "a trigger"),
        ("BEGIN; SET app.institution_id = 'x'", "a setting of the session"),
        ("RESET ALL", "a setting of the session"),
        ("PREPARE p AS SELECT 1", "a statement prepared in SQL"),
        ("DECLARE c CURSOR WITH HOLD FOR SELECT 1", "a cursor that outlives its transaction"),
        ("CREATE TEMPORARY TABLE staged (n int)", "a temporary table that outlives its transaction"),
    ],
)
def test_a_statement_that_breaks_a_rule_is_caught_also_in_a_function(statement: str, offence: str) -> None:
    assert offences_of_statement(statement) == [offence]
    assert offence in offences_of_statement(BODY.format(f"PERFORM 1; {statement};"))


@pytest.mark.parametrize(
    "statement",
    [
        "BEGIN; SET LOCAL app.institution_id = 'x'; SET LOCAL jit = off",
        "SELECT 1 FROM terms t WHERE t.institution_id = $1 AND t.id = ANY (ARRAY(SELECT 1)) FOR UPDATE",
        "UPDATE terms SET code = 'set_config(), LISTEN; FOR UPDATE' -- FOR UPDATE",
        "INSERT INTO outbox VALUES (now()) ON CONFLICT (institution_id, id) DO UPDATE SET at = EXCLUDED.at",
        "CREATE TEMPORARY TABLE staged (n int) ON COMMIT DROP",
    ],
)
def test_a_statement_that_breaks_none_is_let_through(statement: str) -> None:
    assert offences_of_statement(statement) == []


@pytest.mark.parametrize(
    ("call", "offences"),
    [
        ("CREATE TABLE a (n int); CREATE TABLE b (n int)", ["more than one statement a call"]),
        (
            "ALTER TABLE a ADD CONSTRAINT b CHECK (n > 0), ADD CONSTRAINT c CHECK (n < 9)",
            ["a constraint that is not added by itself"],
        ),
        (
            "ALTER TABLE a ADD COLUMN n int, ADD CONSTRAINT b CHECK (n > 0)",
            ["a constraint that is not added by itself"],
        ),
        (
            "ALTER TABLE a ADD CONSTRAINT b FOREIGN KEY (x, y) REFERENCES c (x, y) ON DELETE SET NULL",
            ["ON DELETE SET NULL"],
        ),
        ("ALTER TABLE a ADD CONSTRAINT b UNIQUE (institution_id, x, y);", []),
        ("CREATE FUNCTION f() RETURNS void AS $$ BEGIN PERFORM 1; PERFORM 2; END $$ LANGUAGE plpgsql", []),
    ],
)
def test_a_migration_sends_one_statement_a_call_and_one_constraint_a_statement(call: str, offences: list[str]) -> None:
    assert offences_of_migration(call) == offences
