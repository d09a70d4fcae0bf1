"""What is really there keeps to the rules of a distributed engine and of a pooler: the schema as PostgreSQL tells it,
its functions, the statements of its migrations, and those that the application sends.
"""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from typing import Any

import asyncpg
import httpx
import pytest

from application.registration.course_attempts import COURSE_ATTEMPTS
from application.scheduling.sections import SECTIONS
from application.shared.paging import PageQuery
from infrastructure.bootstrap.container import Container
from infrastructure.bootstrap.settings import Settings
from infrastructure.persistence.pooler import Pooler
from infrastructure.persistence.postgres import migrate
from infrastructure.persistence.postgres.embedded.lease import OWNER_ROLE
from infrastructure.persistence.postgres.rows.base import Row
from interfaces.main.asgi import app_for
from tests.contracts.arranging import TERM_ID, Stored
from tests.contracts.everything import EVERYTHING
from tests.contracts.registering import both, recount, revising
from tests.contracts.test_importing_attempts import load
from tests.interfaces.inprocess.doors import RestDoor
from tests.interfaces.inprocess.scenario import play
from tests.support.builders import a_small_university, an_institution
from tests.support.domain_builders import NOON, a_request, adding, section_id, student_id
from tests.support.engine_rules import Key, keys_of, offences_of_keys, offences_of_migration, offences_of_statement
from tests.support.postgres import PostgresDatabase, PostgresServer, connect
from tests.support.wiretap import tapped

WATCHED = {
    *("terms", "sessions", "term_credit_limits", "time_tickets", "time_ticket_programs", "time_ticket_students"),
    *("offerings", "offering_courses", "offering_programs", "configurations", "components", "sections", "meetings"),
    *("reserved_seats", "reserved_seats_programs", "reserved_seats_students", "section_instructors", "courses"),
    "grading_schemes",
}
TRIGGERS = {f"{table}.facts_changed_by_{event}" for table in WATCHED for event in ("insert", "update", "delete")}
"""The exception: whoever changes a static fact raises its version in the same transaction, a careless client, too. What
they do on a distributed engine stands in ADR 13.
"""

_KEYS = """
    SELECT c.conrelid::regclass::text, c.conname::text, pg_temp.names(c.conrelid, c.conkey),
           nullif(c.confrelid, 0)::regclass::text, pg_temp.names(c.confrelid, c.confkey), c.confdeltype::text
      FROM pg_constraint c WHERE c.connamespace = 'public'::regnamespace AND c.contype IN ('p', 'u', 'f')
     UNION ALL
    SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, pg_temp.names(i.indrelid, i.indkey),
           NULL, NULL, NULL
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid AND c.relnamespace = 'public'::regnamespace
     WHERE i.indisunique
"""
_NAMES = """
    CREATE FUNCTION pg_temp.names(of oid, keys int2[]) RETURNS text[] LANGUAGE sql AS $$
        SELECT array_agg(coalesce(a.attname, '?')::text ORDER BY k.place)
          FROM unnest(keys) WITH ORDINALITY AS k (number, place)
          LEFT JOIN pg_attribute a ON a.attrelid = of AND a.attnum = k.number $$
"""
_ON_DELETE = {"n": "SET NULL", "d": "SET DEFAULT", "c": "CASCADE"}
_TRIGGERS = """
    SELECT t.tgrelid::regclass || '.' || t.tgname FROM pg_trigger t
     WHERE NOT t.tgisinternal AND t.tgrelid::regclass::text NOT LIKE 'pg_%'
"""
_NARROW = """
    SELECT a.attrelid::regclass || '.' || a.attname || ' is no bigint'
      FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
     WHERE (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%') AND a.atttypid <> 'bigint'::regtype
"""
_FUNCTIONS = """
    SELECT p.oid::regprocedure::text, pg_get_functiondef(p.oid) FROM pg_proc p
     WHERE p.pronamespace = 'public'::regnamespace AND p.prokind IN ('f', 'p')
"""


@pytest.fixture
async def catalogue(worker_database: PostgresDatabase) -> AsyncIterator[asyncpg.Connection]:
    """The migrated schema, as its owner; what a test changes is undone."""
    connection = await connect(worker_database.owner_url)
    changing = connection.transaction()
    await changing.start()
    await connection.execute(_NAMES)
    yield connection
    await changing.rollback()
    await connection.close()


async def keys(catalogue: asyncpg.Connection) -> list[Key]:
    """The keys that there are."""
    return [
        Key(table, name, columns, target, referred or (), _ON_DELETE.get(on_delete))
        for table, name, columns, target, referred, on_delete in await catalogue.fetch(_KEYS)
    ]


async def offences(catalogue: asyncpg.Connection) -> list[str]:
    """All that the schema does against the rules, but for the triggers that may be there."""
    found = offences_of_keys(await keys(catalogue))
    found += [f"{row[0]}: a trigger" for row in await catalogue.fetch(_TRIGGERS) if row[0] not in TRIGGERS]
    found += [row[0] for row in await catalogue.fetch(_NARROW)]
    for name, text in await catalogue.fetch(_FUNCTIONS):
        found += [f"{name}: {offence}" for offence in offences_of_statement(text)]
    return found


async def test_the_schema_keeps_to_the_rules(catalogue: asyncpg.Connection) -> None:
    assert {key.table for key in await keys(catalogue)} == {*Row.metadata.tables, "alembic_version"}
    assert len(await catalogue.fetch(_FUNCTIONS)) > len(WATCHED) - 1
    assert await offences(catalogue) == []


async def test_the_rows_describe_the_keys_that_there_are(catalogue: asyncpg.Connection) -> None:
    stored = {(key.table, key.name, tuple(key.columns)) for key in await keys(catalogue)}
    primary = {(key.table, tuple(key.columns)) for key in keys_of(Row.metadata)}

    assert primary == {(table, columns) for table, _, columns in stored if table != "alembic_version"}


async def test_no_exception_has_outlived_its_reason(catalogue: asyncpg.Connection) -> None:
    assert {row[0] for row in await catalogue.fetch(_TRIGGERS)} == TRIGGERS


@pytest.mark.parametrize(
    ("planted", "offence"),
    [
        ("CREATE TABLE loose (id uuid CONSTRAINT pk_loose PRIMARY KEY)", "loose.pk_loose: the tenant is not first"),
        ("CREATE UNIQUE INDEX mixed ON rooms (code, institution_id)", "rooms.mixed: the tenant is not first"),
        ("CREATE UNIQUE INDEX cased ON rooms (lower(code))", "rooms.cased: the tenant is not first"),
        (
            """ALTER TABLE holds ADD CONSTRAINT emptied FOREIGN KEY (institution_id, student_id)
            REFERENCES students ON DELETE SET NULL""",
            "holds.emptied: ON DELETE SET NULL",
        ),
        (
            """ALTER TABLE holds ADD CONSTRAINT crossed FOREIGN KEY (student_id, institution_id)
            REFERENCES students (id, institution_id)""",
            "holds.crossed: the tenant is not first",
        ),
        (
            "CREATE TRIGGER planted AFTER INSERT ON rooms EXECUTE FUNCTION terms_changed()",
            "rooms.planted: a trigger",
        ),
        ("ALTER TABLE rooms ADD COLUMN n int GENERATED ALWAYS AS IDENTITY", "rooms.n is no bigint"),
        ("ALTER TABLE rooms ADD COLUMN n serial", "rooms.n is no bigint"),
        (
            """CREATE FUNCTION planted() RETURNS void LANGUAGE plpgsql AS
            $$ BEGIN PERFORM 1 FROM terms t WHERE t.id IS NOT NULL FOR UPDATE; END $$""",
            "planted(): a lock without the tenant filter",
        ),
        (
            "CREATE FUNCTION planted() RETURNS text LANGUAGE sql AS $$ SELECT set_config('jit', 'off', true) $$",
            "planted(): set_config()",
        ),
    ],
)
async def test_a_planted_offence_is_caught(catalogue: asyncpg.Connection, planted: str, offence: str) -> None:
    await catalogue.execute(planted)

    assert offence in await offences(catalogue)


@pytest.fixture
def blank(postgres_server: PostgresServer) -> Iterator[str]:
    """The owner's URL of a database without a schema."""
    database = postgres_server.clone(f"matricula_test_rules_{os.getpid()}", template="template0")
    yield postgres_server.url(OWNER_ROLE, database.name)
    database.drop()


def test_migrations_send_one_statement_a_call_and_one_constraint_a_statement(blank: str) -> None:
    with tapped(blank) as tap:
        migrate.upgrade(tap.url)
        migrate.downgrade(tap.url, "base")

    sent = [statement for statement in tap.statements if statement.strip(" ;") not in ("BEGIN", "COMMIT")]
    assert sum("CREATE TABLE" in statement for statement in sent) > len(Row.metadata.tables)
    assert sum("DROP TABLE" in statement for statement in sent) >= len(Row.metadata.tables)
    assert [(offence, statement) for statement in sent for offence in offences_of_migration(statement)] == []


@pytest.mark.parametrize("pooler", Pooler)
async def test_the_application_sends_nothing_against_the_rules(
    postgres_database: PostgresDatabase, pooler: Pooler
) -> None:
    """But for one: in a session of its own a read enters the institution in its only statement, by `set_config()`.

    The driver, too, uses it there while it looks up types. Behind a pooler neither does (ADR 13).
    """
    with tapped(postgres_database.session_url) as tap:
        await _everything(tap.url, pooler)

    sent = set(tap.statements)
    for part in ("registration_load(", "registration_apply(", "registration_journal(", "COPY ", "staged_attempts"):
        assert any(part in statement for statement in sent), part
    breaking = {(offence, statement) for statement in sent for offence in offences_of_statement(statement)}
    if pooler is Pooler.NONE:
        excepted = {(offence, statement) for offence, statement in breaking if offence == "set_config()"}
        assert excepted
        breaking -= excepted
    assert breaking == set()


async def _everything(url: str, pooler: Pooler) -> None:
    """A term from its catalog to its last drop over REST; imports, exports and whatever else reads and writes."""
    settings: dict[str, Any] = {"database_url": url, "database_pooler": pooler, "pool_size": 4}
    container = Container(settings=Settings.from_environment(persistence="postgres", **settings))
    app = app_for(container)
    async with app.router.lifespan_context(app), _client(app) as client:
        await client.post("/v1/institutions", json={"code": "rest", "name": "Through REST"})
        answers = await play(RestDoor(client))
        assert len(answers) > 50

        await (await _founded(container, "staged")).stage(*([entity] for entity in EVERYTHING))
        stored = await _founded(container, "small")
        await stored.add(*a_small_university())
        await _register_and_look(stored)


async def _founded(container: Container, code: str) -> Stored:
    institution, persistence = an_institution(code), container.persistence()
    await persistence.directory.add(institution)
    return Stored(persistence, institution.id)


def _client(app: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://matricula",
        headers={"X-Matricula-Institution": "rest", "X-Matricula-Actor": "administrator:office-1"},
    )


async def _register_and_look(stored: Stored) -> None:
    await stored.register(both("s1"), both("s2"))
    await stored.register(a_request("s3", adding("MA-1", as_name="s3")))
    await stored.decide(revising("A", 5))
    await recount(stored)
    assert await load(stored, [("s1", "CS-101", "2025-1", "3")]) == 1
    await stored.page(SECTIONS, PageQuery(filters={"term": "code:2027-1"}, search="a"))
    await stored.walk(COURSE_ATTEMPTS)
    async with stored.importing() as work:
        await work.refresh_statistics()
    async with stored.persistence.reading(stored.institution) as views:
        await views.roster(section_id("A"), as_of=NOON)
        await views.schedule(TERM_ID, student_id("s1"))
        await views.queues_that_may_move(NOON)
        await views.standing(TERM_ID)
        await views.term_roster(TERM_ID)
        assert len([row async for row in views.enrollment_rows(TERM_ID)]) == 5
        async with aclosing(views.enrollment_csv(TERM_ID)) as pieces:
            assert len("".join([piece async for piece in pieces]).splitlines()) == 5
