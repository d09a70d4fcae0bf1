"""Static facts are remembered by each process; whatever another process changes counts for the next command decided."""

from collections.abc import AsyncIterator
from dataclasses import replace

import asyncpg
import pytest

from application.registration.addressees import Addressees
from application.registration.desk import RegistrationDesk
from application.registration.dto import AddAction, DecisionView, DropAction, RegistrationRequestFields
from application.registration.register import Register
from application.shared.caller import Caller, Role
from domain.catalog.course import Course
from domain.catalog.requisite import CourseTaken
from domain.scheduling.section import Section, SectionStatus
from domain.scheduling.term import Term
from infrastructure.identifiers import TimeOrderedIds
from infrastructure.persistence.postgres.persistence import PostgresPersistence
from tests.integration.persistence.careless import NOW, Stage
from tests.support.builders import FixedClock
from tests.support.postgres import PostgresDatabase, connect


class Process:
    """What one process has: its connections, its desk and what it remembers."""

    def __init__(self, stage: Stage, database: PostgresDatabase) -> None:
        self._stage = stage
        self.persistence = PostgresPersistence(database.engine(pool_size=2))
        ids = TimeOrderedIds()
        desk = RegistrationDesk(self.persistence.work, ids)
        self._register = Register(desk, Addressees(self.persistence.reading), FixedClock(NOW), ids)

    async def ask(self, action: AddAction | DropAction, student: int = 0) -> DecisionView:
        """What is decided for a student."""
        stage = self._stage
        caller = Caller(stage.institution, "office", frozenset({Role.REGISTRAR}))
        fields = RegistrationRequestFields(
            student=str(stage.students[student]), term=str(stage.term), actions=(action,)
        )
        (decision,) = (await self._register.execute(caller, fields)).decisions
        return decision

    async def take_part(self, student: int = 0) -> DecisionView:
        """What is decided when a student asks for the unlimited section."""
        return await self.ask(AddAction(action="add", offering="code:CS-1", sections=("code:B",)), student)

    async def come_and_go(self) -> None:
        """Enroll and drop, after which the process remembers all that it looked at."""
        enrolled = await self.take_part()
        assert enrolled.enrollment is not None
        await self.ask(DropAction(action="drop", enrollment=enrolled.enrollment))


@pytest.fixture
async def processes(stage: Stage, postgres_database: PostgresDatabase) -> AsyncIterator[tuple[Process, Process]]:
    """Two processes; both remember everything."""
    one, other = (Process(stage, postgres_database) for _ in range(2))
    await one.come_and_go()
    await other.come_and_go()
    yield one, other
    await one.persistence.close()
    await other.persistence.close()


def codes(decision: DecisionView) -> list[str]:
    return [rejection.code for rejection in decision.rejections]


async def test_a_section_that_closes(processes: tuple[Process, Process], stage: Stage) -> None:
    one, other = processes
    async with one.persistence.work(stage.institution) as work:
        stored = await work.records(Section).get(stage.unlimited)
        assert stored is not None
        await work.records(Section).save(replace(stored.entity, status=SectionStatus.CLOSED), None)

    assert codes(await other.take_part()) == ["section_not_open"]


async def test_a_course_that_gets_a_prerequisite(processes: tuple[Process, Process], stage: Stage) -> None:
    one, other = processes
    async with one.persistence.work(stage.institution) as work:
        stored = await work.records(Course).get(stage.course)
        assert stored is not None
        await work.records(Course).save(replace(stored.entity, prerequisite=CourseTaken("CS-0")), None)

    assert codes(await other.take_part()) == ["prerequisite"]


async def test_a_term_that_closes(processes: tuple[Process, Process], stage: Stage) -> None:
    one, other = processes
    async with one.persistence.work(stage.institution) as work:
        stored = await work.records(Term).get(stage.term)
        assert stored is not None
        await work.records(Term).save(replace(stored.entity, registration_closes_at=NOW), None)

    assert codes(await other.take_part()) == ["term_not_open"]


async def test_what_is_undone_was_never_seen(processes: tuple[Process, Process], stage: Stage) -> None:
    one, other = processes
    with pytest.raises(ZeroDivisionError):
        await _close_and_fail(one, stage)

    assert codes(await one.take_part()) == codes(await other.take_part(1)) == []


async def _close_and_fail(process: Process, stage: Stage) -> None:
    async with process.persistence.work(stage.institution) as work:
        stored = await work.records(Section).get(stage.unlimited)
        assert stored is not None
        await work.records(Section).save(replace(stored.entity, status=SectionStatus.CLOSED), None)
        raise ZeroDivisionError


CHANGES = {
    "terms": "UPDATE terms SET name = 'Another'",
    "sessions": "INSERT INTO sessions (institution_id, term_id, code, position, name, starts_on, ends_on,"
    " add_deadline, drop_deadline)"
    " SELECT institution_id, id, 'A', 0, 'A', starts_on, ends_on, add_deadline, drop_deadline FROM terms",
    "term_credit_limits": "INSERT INTO term_credit_limits (institution_id, term_id, class_level, credit_maximum)"
    " SELECT institution_id, id, 1, 30 FROM terms",
    "offerings": "UPDATE offerings SET class_levels = '{1}'",
    "offering_courses": "UPDATE offering_courses SET position = 1",
    "configurations": "UPDATE configurations SET name = 'Another'",
    "components": "UPDATE components SET name = 'LAB'",
    "sections": "UPDATE sections SET waitlist_capacity = 9",
    "meetings": "UPDATE meetings SET ends_at = '10:00'",
    "meetings that go": "DELETE FROM meetings",
    "section_instructors": "INSERT INTO instructors (institution_id, id, code, name, version)"
    " SELECT institution_id, id, 'T', 'Teacher', 1 FROM terms;"
    " INSERT INTO section_instructors (institution_id, section_id, instructor_id, position)"
    " SELECT s.institution_id, s.id, i.id, 0 FROM sections s JOIN instructors i USING (institution_id)",
    "reserved_seats": "INSERT INTO reserved_seats (institution_id, section_id, name, position, seats, class_levels)"
    " SELECT institution_id, id, 'some', 0, 1, '{1}' FROM sections WHERE capacity = 1",
    "courses": "UPDATE courses SET repeatable = true",
    "grading_schemes": "INSERT INTO grading_schemes (institution_id, id, code, name, grades, scale, version)"
    " SELECT institution_id, id, 'X', 'X', '[]', NULL, 1 FROM terms",
    "time_tickets": "INSERT INTO time_tickets (institution_id, id, term_id, name, class_levels, opens_at, version)"
    " SELECT institution_id, id, id, 'First', '{1}', registration_opens_at, 1 FROM terms",
}


@pytest.fixture
async def connection(stage: Stage, postgres_database: PostgresDatabase) -> AsyncIterator[asyncpg.Connection]:
    """A connection of the application's role that sees the institution."""
    opened = await connect(postgres_database.session_url)
    await opened.execute(f"SET app.institution_id = '{stage.institution}'")
    yield opened
    await opened.close()


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
async def test_whoever_changes_a_fact_raises_the_version(connection: asyncpg.Connection, change: str) -> None:
    version = "SELECT facts_version FROM term_registrations"
    before = await connection.fetchval(version)

    await connection.execute(change)

    assert await connection.fetchval(version) > before


async def test_whoever_changes_nothing_raises_nothing(connection: asyncpg.Connection) -> None:
    version = "SELECT facts_version FROM term_registrations"
    before = await connection.fetchval(version)

    await connection.execute("UPDATE sections SET waitlist_capacity = 9 WHERE code = 'unheard of'")
    await connection.execute("UPDATE students SET given_name = 'Another'")

    assert await connection.fetchval(version) == before
