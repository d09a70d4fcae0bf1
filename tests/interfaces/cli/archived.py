"""Databases to back up and to restore into: two institutions with registrations, and what is stored of them."""

import asyncio
from collections.abc import Mapping, Sequence

from sqlalchemy import make_url

from domain.registration.outcomes import Decision
from domain.shared.institution import Institution
from infrastructure.persistence.postgres.persistence import PostgresPersistence
from tests.contracts.arranging import Stored
from tests.support.builders import a_hold, a_small_university, an_institution
from tests.support.domain_builders import a_request, adding
from tests.support.grading import LETTERS
from tests.support.postgres import PostgresDatabase, connect, in_thread

STUDENTS = 40
INSTITUTIONS = (an_institution(), an_institution("branch", "Branch University"))
Tables = Mapping[str, tuple[int, str]]


def found_two_institutions(database: PostgresDatabase) -> None:
    """The same university twice, under two institutions, with a registration in each."""

    async def built() -> None:
        persistence = PostgresPersistence(database.engine())
        for institution in INSTITUTIONS:
            await persistence.directory.add(institution)
            stored = Stored(persistence, institution.id)
            await stored.add(*a_small_university(students=STUDENTS), LETTERS)
            await stored.register(a_request("s1", adding("MA-1", as_name="s1")))
            await stored.add(a_hold())
        await persistence.close()

    in_thread(built)


def register(database: PostgresDatabase, institution: Institution, students: Sequence[int]) -> list[Decision]:
    """Let students take `MA-1`, each in a transaction of its own."""

    async def registered() -> list[Decision]:
        persistence = PostgresPersistence(database.engine())
        stored = Stored(persistence, institution.id)
        requests = [a_request(f"s{number}", adding("MA-1", as_name=f"s{number}")) for number in students]
        decisions = [decision for request in requests for decision in await stored.register(request)]
        await persistence.close()
        return decisions

    return asyncio.run(registered())


def as_superuser(database: PostgresDatabase) -> str:
    """The URL of somebody from whom nothing is hidden."""
    return make_url(database.server.admin_url).set(database=database.name).render_as_string(hide_password=False)


def tables_of(database: PostgresDatabase) -> Tables:
    """For each table how many rows it has, and a checksum of them all."""

    async def counted() -> Tables:
        connection = await connect(as_superuser(database))
        try:
            names = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            return {
                name: tuple(
                    await connection.fetchrow(
                        "SELECT count(*), md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text COLLATE \"C\"), ''))"
                        f' FROM "{name}" AS t'
                    )
                )
                for (name,) in names
            }
        finally:
            await connection.close()

    return in_thread(counted)


def answer(url: str, *statements: str) -> object:
    """What the last of some statements answers first."""

    async def asked() -> object:
        connection = await connect(url)
        try:
            for statement in statements[:-1]:
                await connection.execute(statement)
            return await connection.fetchval(statements[-1])
        finally:
            await connection.close()

    return in_thread(asked)
