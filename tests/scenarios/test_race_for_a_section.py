"""Eight client processes and two server processes race for sections of 30 seats, ten times."""

import json
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from application.catalog.courses import CourseFields
from application.people.students import StudentFields
from application.scheduling.import_timetable import ImportTimetable
from application.scheduling.offerings import ComponentFields, ConfigurationFields
from application.scheduling.terms import TermFields
from application.scheduling.timetable import Timetable, TimetableOffering, TimetableSection
from application.shared.caller import Caller, Role
from application.shared.institutions import InstitutionFields, KeepInstitutions
from domain.shared.identifiers import InstitutionId
from infrastructure.identifiers import TimeOrderedIds
from infrastructure.persistence.postgres.persistence import PostgresPersistence
from tests.scenarios.server import serving
from tests.support.postgres import PostgresDatabase, connect

ROUNDS = 10
SEATS = 30
CLIENTS = 8
STUDENTS_EACH = 10


def _timetable() -> Timetable:
    now = datetime.now(UTC)
    return Timetable(
        term=TermFields(
            code="2027-1",
            name="Race",
            time_zone="UTC",
            starts_on=date.today(),  # noqa: DTZ011 - any day will do
            ends_on=now.date() + timedelta(days=100),
            registration_opens_at=now - timedelta(days=1),
            registration_closes_at=now + timedelta(days=50),
            add_deadline=now.date() + timedelta(days=40),
            drop_deadline=now.date() + timedelta(days=40),
        ),
        courses=tuple(
            CourseFields(subject="C", number=str(n), title=f"Course {n}", credits=Decimal(1)) for n in range(ROUNDS)
        ),
        students=tuple(
            StudentFields(code=f"S-{n}", given_name="Student", family_name=str(n))
            for n in range(CLIENTS * STUDENTS_EACH)
        ),
        offerings=tuple(
            TimetableOffering(
                course=f"C-{n}",
                configurations=(ConfigurationFields(components=(ComponentFields(name="LEC"),)),),
                sections=(TimetableSection(component="1/LEC", code=f"C-{n}-A", capacity=SEATS),),
            )
            for n in range(ROUNDS)
        ),
    )


def _client(url: str, number: int) -> "subprocess.Popen[bytes]":
    numbers = (number * STUDENTS_EACH, STUDENTS_EACH, ROUNDS)
    command = [sys.executable, "-m", "tests.scenarios.contender", url, *(str(n) for n in numbers)]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


async def test_exactly_thirty_of_eighty_get_a_seat_each_time_and_nobody_gets_an_error(
    postgres_persistence: PostgresPersistence, postgres_database: PostgresDatabase
) -> None:
    ids = TimeOrderedIds()
    founded = await KeepInstitutions(postgres_persistence.directory, ids).found(
        InstitutionFields(code="main", name="Main")
    )
    caller = Caller(InstitutionId(founded.id), "test", frozenset({Role.ADMINISTRATOR}))
    await ImportTimetable(postgres_persistence.work, ids).execute(caller, _timetable())

    with serving(postgres_database) as one, serving(postgres_database) as other:
        clients = [_client((one, other)[n % 2], n) for n in range(CLIENTS)]
        answers = [json.loads(client.communicate(timeout=120)[0]) for client in clients]

    for offering in range(ROUNDS):
        outcomes = sum((Counter(answer[offering]) for answer in answers), Counter[str]())
        assert outcomes == {
            "enrolled": SEATS,
            "rejected no_open_combination": CLIENTS * STUDENTS_EACH - SEATS,
        }, f"round {offering}"

    connection = await connect(postgres_database.owner_url)
    try:
        taken = await connection.fetch(
            "SELECT section_id, count(*) AS taken, count(DISTINCT seat_no) AS seats FROM enrollment_sections"
            " WHERE until_at IS NULL GROUP BY section_id"
        )
        assert [(row["taken"], row["seats"]) for row in taken] == [(SEATS, SEATS)] * ROUNDS
        numbers = [row["number"] for row in await connection.fetch("SELECT number FROM enrollments ORDER BY number")]
        assert len(set(numbers)) == SEATS * ROUNDS
    finally:
        await connection.close()
