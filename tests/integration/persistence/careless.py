"""A client that writes rows as it likes, and the little institution that it does it to."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import asyncpg

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

    async def enroll(self, student: int, number: int, status: str = "enrolled", course: UUID | None = None) -> UUID:
        stage, identifier = self._stage, uuid4()
        await self._connection.execute(
            "INSERT INTO enrollments (institution_id, id, student_id, term_id, offering_id, course_id, status, credits,"
            " grading_basis, number, enrolled_at, ended_at)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, 3, 'graded', $8, $9, $10)",
            stage.institution,
            identifier,
            stage.students[student],
            stage.term,
            stage.offering,
            course or stage.course,
            status,
            number,
            NOW,
            None if status == "enrolled" else NOW,
        )
        return identifier

    async def sit(self, enrollment: UUID, student: int, **changes: Any) -> None:
        stage = self._stage
        row = {
            "institution_id": stage.institution,
            "enrollment_id": enrollment,
            "section_id": stage.section,
            "since": 1,
            "since_at": NOW,
            "until_at": None,
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

    async def wait(self, student: int, number: int, status: str = "waiting") -> UUID:
        stage, identifier = self._stage, uuid4()
        await self._connection.execute(
            "INSERT INTO waitlist_entries (institution_id, id, enrollment_id, student_id, term_id, offering_id,"
            " course_id, grading_basis, priority, number, joined_at, status, ended_at, skipped)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, 'graded', 0, $8, $9, $10, $11, '[]')",
            stage.institution,
            identifier,
            uuid4(),
            stage.students[student],
            stage.term,
            stage.offering,
            stage.course,
            number,
            NOW,
            status,
            None if status == "waiting" else NOW,
        )
        return identifier

    async def permit(self, student: int) -> UUID:
        stage, identifier = self._stage, uuid4()
        await self._connection.execute(
            "INSERT INTO permissions (institution_id, id, student_id, term_id, offering_id, codes, issuer, reason,"
            " given_at, version) VALUES ($1, $2, $3, $4, $5, '{seats_full}', 'dean', 'because', $6, 1)",
            stage.institution,
            identifier,
            stage.students[student],
            stage.term,
            stage.offering,
            NOW,
        )
        return identifier

    async def execute(self, sql: str, *values: object) -> None:
        await self._connection.execute(sql, *values)

    async def fetch(self, sql: str) -> Any:
        return await self._connection.fetchval(sql)
