"""The whole database as one file: written by pg_dump, brought back by pg_restore and psql in one transaction.

Everything streams through here, so that progress can be told. An archive is pg_dump's custom format, with nothing of
ours around it. Row-level security hides nothing from it: the owner of tables is not subject to their policies, and
where he were, pg_dump (`row_security = off`) fails rather than leave rows out.
"""

import asyncio
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from threading import Thread
from typing import BinaryIO, TypeVar

import asyncpg

from application.shared.errors import Conflict
from infrastructure.persistence.postgres.connecting import driver_arguments
from infrastructure.persistence.postgres.embedded.account import clean_environment
from infrastructure.persistence.postgres.failures import reaching_the_database
from infrastructure.persistence.postgres.migrate import APPLICATION_ROLE, revisions
from infrastructure.persistence.postgres.programs import Program, environment_for
from infrastructure.persistence.postgres.rows.base import Row

T = TypeVar("T")

Advance = Callable[[str, int, int | None], None]
"""Told what is counted (bytes, tables, objects), how much of it is done, and of how much if that is known."""

_PIECE = 1 << 18
# What an archive begins with, its table of contents, fits in many times over.
_HEAD = 1 << 23
_CONNECT_SECONDS = 10
_SCHEMA = "--schema=public"
# Servers before 17 do not know it, and pg_restore since 17 sets it.
_SETTING_SINCE_17 = b"SET transaction_timeout = 0;\n"
_LENGTH_OF_SETTINGS = 4096
_NOT_OURS = "This is an archive of PostgreSQL, but not of Matrícula: no schema's revision is in it."
_REVISION = " TABLE DATA public alembic_version "
# Where the revision lies among the rows is up to pg_dump: only the database can tell it without reading ahead.
_OF_A_KNOWN_SCHEMA = """
\\set VERBOSITY terse
DO $$ DECLARE found text := (SELECT version_num FROM public.alembic_version);
BEGIN
    IF found IS NULL THEN RAISE EXCEPTION USING MESSAGE = $said${not_ours}$said$; END IF;
    IF found <> ALL ('{{{known}}}') THEN RAISE EXCEPTION USING MESSAGE = format(
        $said$The archive's schema is of revision %s, which this program does not know: take a newer one.$said$, found);
    END IF;
END $$;
"""
# The database is not in the archive, so neither are the privileges on it. Statistics are not, either.
_LAST = f"""
DO $$ BEGIN
    EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO {APPLICATION_ROLE}', current_database());
    EXECUTE (SELECT 'ANALYZE ' || string_agg(format('public.%I', tablename), ', ')
               FROM pg_catalog.pg_tables WHERE schemaname = 'public' AND tableowner = current_user);
END $$;
COMMIT;
"""  # noqa: S608 - a constant is filled in


@dataclass(frozen=True, slots=True)
class Archived:
    """What went into an archive, or came out of it: a schema of `revision`, so many tables, in so many bytes."""

    revision: str
    tables: int
    bytes: int


def backup(owner_url: str, programs: Path, target: BinaryIO, advance: Advance) -> Archived:
    """Write the database to `target`, as it is at one moment; nobody who writes is kept waiting.

    `programs` is the folder of pg_dump. Raises `Conflict` when there is no schema or pg_dump fails, `Unavailable`.
    """
    revision, total = _asked(owner_url, _contents)
    tables = size = 0

    def hear(line: str) -> None:
        nonlocal tables
        if line.startswith("pg_dump: dumping contents of table"):
            tables += 1
            advance("tables", tables, total)

    arguments = ("--format=custom", _SCHEMA, "--no-password", "--verbose")
    with Program(programs / "pg_dump", *arguments, environment=environment_for(owner_url), hear=hear) as pg_dump:
        for piece in pg_dump.pieces():
            target.write(piece)
            size += len(piece)
            advance("bytes", size, None)
        pg_dump.succeed()
    return Archived(revision, tables, size)


def restore(owner_url: str, programs: Path, source: BinaryIO, size: int | None, advance: Advance) -> Archived:
    """Bring back the archive in `source`, of `size` bytes if known, whole or not at all.

    `programs` is the folder of pg_restore and psql. Raises `Conflict` when `source` is no archive of a schema that
    this program knows, when the database is not empty or lacks the application's role, or when a program fails;
    `Unavailable`.
    """
    head = _first_of(source)
    listed = _listed_in(head, programs)
    objects = sum(not line.startswith(";") for line in listed)
    tables = sum(" TABLE DATA " in line for line in listed)
    version = _asked(owner_url, _ready_for_an_archive)
    done = read = 0

    def hear(line: str) -> None:
        nonlocal done
        if line.startswith(("pg_restore: creating", "pg_restore: processing", "pg_restore: executing")):
            done = min(done + 1, objects)
            advance("objects", done, objects)

    def pieces() -> Iterator[bytes]:
        nonlocal read
        for piece in chain([head], iter(lambda: source.read(_PIECE), b"")):
            read += len(piece)
            advance("bytes", read, size)
            yield piece

    # As a script, so that a setting that the server does not know can be left out, and so that we commit.
    arguments = ("--file=-", _SCHEMA, "--no-owner", "--no-tablespaces", "--verbose")
    runs = ("--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1")
    with (
        Program(programs / "psql", *runs, environment=environment_for(owner_url), prints=False) as psql,
        Program(programs / "pg_restore", *arguments, environment=clean_environment(), hear=hear) as pg_restore,
    ):
        unread: list[OSError] = []
        Thread(target=_feed, args=(pg_restore, pieces(), unread), daemon=True).start()
        try:
            with suppress(BrokenPipeError):  # psql has ended, and says why
                run_in_one_transaction(pg_restore, psql, version)
        except Conflict as incomplete:
            if unread:
                raise _unreadable(unread[0]) from incomplete
            raise
        psql.succeed()
    revision = _asked(owner_url, _revision_of)
    if revision is None:
        raise Conflict("The archive was not restored: there is no schema.")
    return Archived(revision, tables, read)


def run_in_one_transaction(pg_restore: Program, psql: Program, version: int) -> None:
    """Let psql run what pg_restore prints; nothing is committed unless that came to its end, and is a known schema."""
    settings = pg_restore.read(_LENGTH_OF_SETTINGS)
    psql.write(b"BEGIN;\n")
    psql.write(settings if version >= 17 else settings.replace(_SETTING_SINCE_17, b"", 1))
    for piece in pg_restore.pieces():
        psql.write(piece)
    pg_restore.succeed()
    psql.write(_OF_A_KNOWN_SCHEMA.format(not_ours=_NOT_OURS, known=",".join(revisions())).encode())
    psql.write(_LAST.encode())
    psql.end_input()


def _feed(program: Program, pieces: Iterator[bytes], unread: list[OSError]) -> None:
    """Give a program what is read, and the end of it too when reading fails, which is noted."""
    with suppress(BrokenPipeError):  # it has ended, and says why
        try:
            for piece in pieces:
                program.write(piece)
        except BrokenPipeError:
            raise
        except OSError as error:
            unread.append(error)
        program.end_input()


def _first_of(source: BinaryIO) -> bytes:
    """As much as a head may have: a pipe gives less at a time."""
    head = bytearray()
    try:
        while len(head) < _HEAD and (piece := source.read(_HEAD - len(head))):
            head += piece
    except OSError as error:
        raise _unreadable(error) from error
    return bytes(head)


def _unreadable(error: OSError) -> Conflict:
    return Conflict(f"The archive cannot be read: {error.strerror}")


def _listed_in(head: bytes, programs: Path) -> list[str]:
    """What pg_restore lists of an archive of which it sees the beginning, a line for each object."""
    path = programs / "pg_restore"
    try:
        done = subprocess.run(
            [path, "--list", _SCHEMA], input=head, capture_output=True, env=clean_environment(), check=False
        )
    except OSError as error:
        raise Conflict(f"{path} cannot be run: {error.strerror}") from error
    if done.returncode != 0:
        raise Conflict(done.stderr.decode(errors="replace").strip())
    listed = done.stdout.decode(errors="replace").splitlines()
    if not any(_REVISION in line for line in listed):
        raise Conflict(_NOT_OURS)
    return listed


def _asked(owner_url: str, question: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
    async def connected() -> T:
        connection = await asyncpg.connect(**driver_arguments(owner_url), timeout=_CONNECT_SECONDS)
        try:
            return await question(connection)
        finally:
            await connection.close()

    with reaching_the_database():
        return asyncio.run(connected())


async def _contents(connection: asyncpg.Connection) -> tuple[str, int]:
    """The schema's revision and the number of tables."""
    revision = await _revision_of(connection)
    if revision is None:
        raise Conflict("The database has no schema of Matrícula: there is nothing to back up.")
    return revision, await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")


async def _revision_of(connection: asyncpg.Connection) -> str | None:
    try:
        revision: str | None = await connection.fetchval("SELECT version_num FROM public.alembic_version")
    except asyncpg.UndefinedTableError:
        return None
    return revision


async def _ready_for_an_archive(connection: asyncpg.Connection) -> int:
    """The server's version, if the database is empty and the application's role is there."""
    ours = [table.name for table in Row.metadata.tables.values()]
    statement = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename = ANY ($1)"
    found = await connection.fetchval(statement, [*ours, "alembic_version"])
    if found:
        raise Conflict(f"The database is not empty: it has {found} of the tables. Name an empty one to restore into.")
    if not await connection.fetchval("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", APPLICATION_ROLE):
        raise Conflict(f"The role {APPLICATION_ROLE} is missing. Roles are not in an archive: create it first.")
    version: int = connection.get_server_version().major
    return version
