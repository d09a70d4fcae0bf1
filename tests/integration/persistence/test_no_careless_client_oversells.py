"""Invariant 1 as the database keeps it: a bare SQL connection, as the application's role, tries to break it."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from domain.catalog.course import Course
from domain.people.student import Student
from domain.scheduling.calendar import Meeting, Weekday
from domain.scheduling.offering import Component, ComponentKind, Configuration, CourseOffering
from domain.scheduling.section import Section
from domain.scheduling.term import Term
from domain.shared.identifiers import (
    ComponentId,
    ConfigurationId,
    CourseId,
    InstitutionId,
    OfferingId,
    SectionId,
    StudentId,
    TermId,
)
from domain.shared.institution import Institution
from infrastructure.persistence.postgres.persistence import PostgresPersistence
from infrastructure.persistence.postgres.rows.base import Row
from tests.support.postgres import PostgresDatabase, connect

NOW = datetime(2027, 1, 10, 12, tzinfo=UTC)


class Stage:
    """An institution with one section of one seat, one unlimited section, and three students."""

    def __init__(self) -> None:
        self.institution = InstitutionId(uuid4())
        self.term, self.course, self.offering = TermId(uuid4()), CourseId(uuid4()), OfferingId(uuid4())
        self.component = ComponentId(uuid4())
        self.section, self.unlimited = SectionId(uuid4()), SectionId(uuid4())
        self.students = [StudentId(uuid4()) for _ in range(3)]

    async def build(self, persistence: PostgresPersistence) -> None:
        await persistence.directory.add(Institution(self.institution, "main", "Main", "UTC"))
        async with persistence.work(self.institution) as work:
            await work.records(Student).add(
                [Student(identifier, f"S-{n}", "Student", str(n)) for n, identifier in enumerate(self.students)]
            )
            await work.records(Course).add([Course(self.course, "CS", "1", "Course", "", Decimal(3))])
            await work.records(Term).add([self._term()])
            component = Component(self.component, "LEC", ComponentKind.LECTURE)
            configuration = Configuration(ConfigurationId(uuid4()), "1", (component,))
            await work.records(CourseOffering).add(
                [CourseOffering(self.offering, self.term, self.course, "CS-1", (configuration,))]
            )
            meeting = Meeting(frozenset({Weekday.MONDAY}), time(8), time(9))
            await work.records(Section).add(
                [
                    Section(self.section, self.term, self.offering, self.component, "A", 1, meetings=(meeting,)),
                    Section(self.unlimited, self.term, self.offering, self.component, "B", None),
                ]
            )

    def _term(self) -> Term:
        return Term(
            id=self.term,
            code="2027-1",
            name="Term",
            time_zone="UTC",
            starts_on=date(2027, 1, 4),
            ends_on=date(2027, 5, 30),
            registration_opens_at=datetime(2026, 12, 1, tzinfo=UTC),
            registration_closes_at=datetime(2027, 3, 1, tzinfo=UTC),
            add_deadline=date(2027, 2, 1),
            drop_deadline=date(2027, 2, 20),
        )


class CarelessClient:
    """Writes rows as it likes, on a connection of the application's role."""

    def __init__(self, connection: asyncpg.Connection, stage: Stage) -> None:
        self._connection = connection
        self._stage = stage

    async def enroll(self, student: int, number: int, status: str = "enrolled") -> UUID:
        stage, identifier = self._stage, uuid4()
        await self._connection.execute(
            "INSERT INTO enrollments (institution_id, id, student_id, term_id, offering_id, course_id, status, credits,"
            " number, enrolled_at, dropped_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 3, $8, $9, $10)",
            stage.institution,
            identifier,
            stage.students[student],
            stage.term,
            stage.offering,
            stage.course,
            status,
            number,
            NOW,
            NOW if status == "dropped" else None,
        )
        return identifier

    async def sit(self, enrollment: UUID, student: int, **changes: Any) -> None:
        stage = self._stage
        row = {
            "institution_id": stage.institution,
            "enrollment_id": enrollment,
            "section_id": stage.section,
            "component_id": stage.component,
            "student_id": stage.students[student],
            "term_id": stage.term,
            "status": "enrolled",
            "seat_no": 1,
            "unlimited": None,
            **changes,
        }
        places = ", ".join(f"${n}" for n in range(1, len(row) + 1))
        await self._connection.execute(
            f"INSERT INTO enrollment_sections ({', '.join(row)}) VALUES ({places})", *row.values()
        )

    async def execute(self, sql: str, *values: object) -> None:
        await self._connection.execute(sql, *values)


@pytest.fixture
async def stage(postgres_persistence: PostgresPersistence) -> Stage:
    built = Stage()
    await built.build(postgres_persistence)
    return built


@pytest.fixture
async def client(stage: Stage, postgres_database: PostgresDatabase) -> AsyncIterator[CarelessClient]:
    connection = await connect(postgres_database.app_url)
    await connection.execute(f"SET app.institution_id = '{stage.institution}'")
    careless = CarelessClient(connection, stage)
    await careless.sit(await careless.enroll(0, 1), 0)
    yield careless
    await connection.close()


async def test_a_taken_seat_cannot_be_taken_again(client: CarelessClient) -> None:
    second = await client.enroll(1, 2)
    with pytest.raises(asyncpg.UniqueViolationError, match="uq_enrollment_sections_section_id_seat_no"):
        await client.sit(second, 1)


async def test_a_seat_beyond_the_capacity_cannot_be_taken(client: CarelessClient) -> None:
    second = await client.enroll(1, 2)
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="fk_enrollment_sections_seat"):
        await client.sit(second, 1, seat_no=2)


async def test_nobody_is_enrolled_without_a_seat(client: CarelessClient) -> None:
    second = await client.enroll(1, 2)
    with pytest.raises(asyncpg.CheckViolationError, match="enrolled_has_a_place"):
        await client.sit(second, 1, seat_no=None)


async def test_a_section_with_a_capacity_cannot_be_called_unlimited(client: CarelessClient) -> None:
    second = await client.enroll(1, 2)
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="fk_enrollment_sections_unlimited"):
        await client.sit(second, 1, seat_no=None, unlimited=True)


async def test_an_unlimited_section_seats_whoever_comes(client: CarelessClient, stage: Stage) -> None:
    await client.sit(await client.enroll(1, 2), 1, section_id=stage.unlimited, seat_no=None, unlimited=True)


async def test_a_seat_is_not_given_to_nobodys_enrollment(client: CarelessClient, stage: Stage) -> None:
    await client.execute("UPDATE section_seating SET next_seat = 1")
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="fk_enrollment_sections_enrollment"):
        await client.sit(uuid4(), 1, section_id=stage.unlimited, seat_no=None, unlimited=True)


async def test_a_seat_is_not_given_to_an_enrollment_that_was_dropped(client: CarelessClient, stage: Stage) -> None:
    dropped = await client.enroll(1, 2, status="dropped")
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="fk_enrollment_sections_enrollment"):
        await client.sit(dropped, 1, section_id=stage.unlimited, seat_no=None, unlimited=True)


async def test_an_occupied_seat_cannot_be_removed(client: CarelessClient) -> None:
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="fk_enrollment_sections_seat"):
        await client.execute("DELETE FROM seats")


async def test_a_seat_cannot_be_moved_to_another_section(client: CarelessClient) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await client.execute("UPDATE seats SET seat_no = 2")


async def test_an_enrollment_cannot_be_called_dropped_while_it_holds_its_seat(client: CarelessClient) -> None:
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="fk_enrollment_sections_enrollment"):
        await client.execute("UPDATE enrollments SET status = 'dropped', dropped_at = now()")


async def test_a_student_is_not_enrolled_twice_in_a_course(client: CarelessClient) -> None:
    with pytest.raises(asyncpg.UniqueViolationError, match="uq_enrollments_standing"):
        await client.enroll(0, 2)


async def test_with_no_institution_set_no_table_shows_a_row(
    client: CarelessClient, postgres_database: PostgresDatabase
) -> None:
    connection = await connect(postgres_database.app_url)
    try:
        for table in Row.metadata.tables:
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0, table
    finally:
        await connection.close()


async def test_another_institution_sees_no_row_and_writes_none(
    client: CarelessClient, stage: Stage, postgres_database: PostgresDatabase
) -> None:
    connection = await connect(postgres_database.app_url)
    try:
        await connection.execute(f"SET app.institution_id = '{uuid4()}'")
        assert await connection.fetchval("SELECT count(*) FROM students") == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await connection.execute(
                "INSERT INTO departments (institution_id, id, code, name, version) VALUES ($1, $2, 'X', 'X', 1)",
                stage.institution,
                uuid4(),
            )
    finally:
        await connection.close()


async def test_the_applications_role_owns_nothing_and_passes_no_policy_by(postgres_database: PostgresDatabase) -> None:
    connection = await connect(postgres_database.app_url)
    try:
        role = await connection.fetchrow(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        )
        assert list(role.values()) == [False, False, False, False]
        owned = "SELECT count(*) FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
        assert await connection.fetchval(owned) == 0
        unprotected = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        rows = await connection.fetch(f"{unprotected} AND NOT relrowsecurity")
        assert [row["relname"] for row in rows] == ["alembic_version"]
    finally:
        await connection.close()
