"""Pages of sections are kept by each process, and show what any process has changed before they were asked for."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from application.scheduling.sections import SECTIONS
from application.shared.paging import PageQuery
from application.shared.written import WrittenPage
from domain.catalog.course import Course
from domain.registration.codes import RejectionCode
from domain.registration.commands import RegistrationRequest
from domain.registration.outcomes import Outcome
from domain.scheduling.section import SectionStatus
from domain.shared.identifiers import InstitutionId
from infrastructure.persistence.postgres.persistence import PostgresPersistence
from infrastructure.persistence.postgres.readers.lines import Lines
from tests.contracts.arranging import TERM_ID, Stored
from tests.contracts.queueing import a_permission, giving
from tests.contracts.registering import a_known_section, both, revising
from tests.support.builders import (
    a_course,
    a_section,
    a_small_university,
    a_term,
    an_institution,
    an_instructor,
    an_offering,
)
from tests.support.domain_builders import a_meeting, a_request, adding, dropping
from tests.support.postgres import PostgresDatabase, connect

OF_THE_TERM = PageQuery(limit=3, filters={"term": str(TERM_ID)})
EVERYTHING = PageQuery()
QUERIES = (
    OF_THE_TERM,
    PageQuery(filters={"term": "code:2027-1"}, sort="-code"),
    PageQuery(filters={"offering": "code:2027-1:CS-101"}),
    PageQuery(search="-"),
    EVERYTHING,
)
CS = an_offering("CS-101", "LEC", "LAB")


class CountedLines(Lines):
    """Lines that remember what they were asked."""

    def __init__(self, database: PostgresDatabase) -> None:
        super().__init__(database.app_url, 2, database.pooler)
        self.asked: list[str] = []

    async def value(self, institution: InstitutionId, query: str, *arguments: Any) -> Any:
        self.asked.append(query)
        return await super().value(institution, query, *arguments)

    @property
    def whole_pages(self) -> int:
        """How often a page was read whole."""
        return sum("row_to_json" in query for query in self.asked)


class Process:
    """What one process has: connections of its own, and the pages that it keeps."""

    def __init__(self, database: PostgresDatabase) -> None:
        self.lines = CountedLines(database)
        self.persistence = PostgresPersistence(database.engine(pool_size=2), self.lines)
        self.stored = Stored(self.persistence, an_institution().id)

    async def read(self, query: PageQuery = OF_THE_TERM) -> WrittenPage:
        """A page as it is written."""
        return await self.persistence.written.page(self.stored.institution, SECTIONS, query)

    async def seats_taken(self, section: str) -> int:
        """How many sit in a section, as a page of all shows it."""
        views = json.loads(f"[{(await self.read(EVERYTHING)).items}]")
        return next(int(view["seats_taken"]) for view in views if view["code"] == section)


@pytest.fixture
async def processes(postgres_database: PostgresDatabase) -> AsyncIterator[tuple[Process, Process]]:
    """Two processes on a small university, in which somebody sits already."""
    one, other = Process(postgres_database), Process(postgres_database)
    await one.persistence.directory.add(an_institution())
    await one.stored.add(*a_small_university(), an_instructor())
    await one.stored.register(both("s1"))
    yield one, other
    await one.persistence.close()
    await other.persistence.close()


async def _rename_the_course(stored: Stored) -> None:
    course = await stored.get(Course, a_course().id)
    assert course is not None
    await stored.save(replace(course.entity, number="999"))


async def _give_permission_and_enroll(stored: Stored) -> None:
    await stored.register(both("s2"))
    await stored.decide(giving(a_permission("s3", RejectionCode.SEATS_FULL, course="CS-101")))
    (made,) = await stored.register(both("s3"))
    assert made.outcome is Outcome.ENROLLED


A = a_known_section("A", 2)

CHANGES: dict[str, Callable[[Stored], Awaitable[object]]] = {
    "a registration": lambda stored: stored.register(both("s2")),
    "a registration without limit": lambda stored: stored.register(a_request("s2", adding("MA-1", "M"))),
    "a drop": lambda stored: stored.register(a_request("s1", dropping("s1"))),
    "a larger capacity": lambda stored: stored.decide(revising("A", 7)),
    "a smaller capacity": lambda stored: stored.decide(revising("A", 1)),
    "a seat above capacity": _give_permission_and_enroll,
    "a course that is renamed": _rename_the_course,
    "a section that closes": lambda stored: stored.save(replace(A, status=SectionStatus.CLOSED)),
    "another meeting": lambda stored: stored.save(replace(A, meetings=(a_meeting(at="08:00"),))),
    "an instructor": lambda stored: stored.save(replace(A, instructor_ids=(an_instructor().id,))),
    "a section that comes": lambda stored: stored.add(a_section(CS, "A-2", a_meeting())),
    "a section that goes": lambda stored: stored.remove(a_known_section("B", 2)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
async def test_what_another_process_changes_is_in_the_next_page(
    change: Callable[[Stored], Awaitable[object]], processes: tuple[Process, Process]
) -> None:
    one, other = processes
    before = [await one.read(query) for query in QUERIES]

    await change(other.stored)

    after = [(await one.stored.page(SECTIONS, query), await one.read(query)) for query in QUERIES]
    assert [page for _, page in after] != before
    assert [page.digest for _, page in after] != [page.digest for page in before]


BY_HAND = {
    "instructors": "INSERT INTO section_instructors (institution_id, section_id, instructor_id, position)"
    " SELECT s.institution_id, s.id, i.id, 0 FROM sections s JOIN instructors i USING (institution_id)",
    "configurations": "UPDATE configurations SET name = 'Another'",
    "components": "UPDATE components SET name = name || '-2'",
    "codes": "UPDATE terms SET code = '2027-X'",
    "reserved seats": "INSERT INTO reserved_seats (institution_id, section_id, name, position, seats, class_levels)"
    " SELECT institution_id, id, 'some', 0, 1, '{1}' FROM sections WHERE capacity IS NOT NULL",
}


@pytest.mark.parametrize("change", BY_HAND.values(), ids=list(BY_HAND))
async def test_what_is_changed_by_hand_is_in_the_next_page(
    change: str, processes: tuple[Process, Process], postgres_database: PostgresDatabase
) -> None:
    one, _ = processes
    before = await one.read()
    connection = await connect(postgres_database.session_url)
    try:
        await connection.execute(f"SET app.institution_id = '{one.stored.institution}'")
        await connection.execute(change)
    finally:
        await connection.close()

    await one.stored.page(SECTIONS, OF_THE_TERM)
    assert await one.read() != before


async def test_a_page_of_a_term_that_was_never_opened_is_read_whole_each_time(
    processes: tuple[Process, Process], postgres_database: PostgresDatabase
) -> None:
    """Without the term's row nothing tells whether its sections have changed."""
    one, _ = processes
    connection = await connect(postgres_database.session_url)
    try:
        await connection.execute(f"SET app.institution_id = '{one.stored.institution}'")
        await connection.execute("DELETE FROM term_registrations")
        for query in (OF_THE_TERM, EVERYTHING):
            before = await one.stored.page(SECTIONS, query)
            await connection.execute("UPDATE sections SET waitlist_capacity = waitlist_capacity + 1")
            assert await one.stored.page(SECTIONS, query) != before
    finally:
        await connection.close()


async def test_a_page_is_read_whole_once_and_its_seats_when_decisions_followed(
    processes: tuple[Process, Process],
) -> None:
    one, other = processes
    pages = [await one.read() for _ in range(5)]
    assert (one.lines.whole_pages, len(one.lines.asked)) == (1, 5)
    assert all(page is pages[0] for page in pages)

    await other.stored.register(both("s2"))

    assert json.loads(f"[{(await one.read()).items}]")[0]["seats_taken"] == 2
    assert one.lines.whole_pages == 1
    await other.stored.save(replace(A, status=SectionStatus.CLOSED))
    await one.read()
    assert one.lines.whole_pages == 2


async def test_many_who_ask_at_once_are_answered_together(processes: tuple[Process, Process]) -> None:
    one, _ = processes
    await asyncio.gather(*(one.read(query) for query in QUERIES))
    one.lines.asked.clear()

    await asyncio.gather(*(one.read(OF_THE_TERM) for _ in range(50)))

    assert one.lines.whole_pages == 0
    assert len(one.lines.asked) <= 2


async def test_what_was_acknowledged_is_in_every_page_that_is_asked_for_later(
    processes: tuple[Process, Process],
) -> None:
    one, other = processes
    acknowledged, is_over = 0, False

    async def look() -> None:
        while not is_over:
            known = acknowledged
            assert await one.seats_taken("M") >= known

    onlookers = [asyncio.create_task(look()) for _ in range(8)]
    for student in ("s1", "s2", "s3", "s4"):
        await other.stored.register(_joining(student))
        acknowledged += 1
        await asyncio.sleep(0)
    is_over = True
    await asyncio.gather(*onlookers)

    assert await one.seats_taken("M") == 4


def _joining(student: str) -> RegistrationRequest:
    return a_request(student, adding("MA-1", "M", as_name=f"{student}-M"))


async def test_institutions_with_the_same_ids_have_pages_of_their_own(
    processes: tuple[Process, Process],
) -> None:
    one, other = processes
    there = an_institution("there")
    await other.persistence.directory.add(there)
    await Stored(other.persistence, there.id).add(a_term(), a_course(), CS, a_section(CS, "A", capacity=77))
    here = await one.read()

    async def page_there() -> WrittenPage:
        return await one.persistence.written.page(there.id, SECTIONS, OF_THE_TERM)

    for _ in range(3):
        assert await one.read() == here
        assert [view["capacity"] for view in json.loads(f"[{(await page_there()).items}]")] == [77]
    await other.stored.register(both("s2"))
    assert await one.read() != here
    assert json.loads((await page_there()).items)["seats_taken"] == 0
