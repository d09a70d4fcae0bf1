"""A real instance of the ITC 2019 is loaded into PostgreSQL, and its students register over REST at the same time."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from application.registration.verify_registration import VerifyRegistration
from application.scheduling.import_timetable import ImportTimetable
from application.shared.caller import Caller, Role
from application.shared.institutions import InstitutionFields, KeepInstitutions
from domain.shared.identifiers import InstitutionId
from domain.shared.reference import Reference
from infrastructure.identifiers import TimeOrderedIds
from infrastructure.persistence.postgres.persistence import PostgresPersistence
from interfaces.itc2019.parser import read_instance
from interfaces.registration_day.replay import replay
from tests.scenarios.server import serving
from tests.support.postgres import PostgresDatabase

DATA = Path(os.environ.get("MATRICULA_TEST_DATA", Path(__file__).parents[3] / "shared" / "data")) / "itc2019"


@pytest.mark.skipif(not DATA.is_dir(), reason="no test data (MATRICULA_TEST_DATA)")
async def test_two_thousand_students_get_what_they_ask_for_and_every_invariant_holds(
    postgres_persistence: PostgresPersistence, postgres_database: PostgresDatabase
) -> None:
    now = datetime.now(UTC)
    instance = read_instance(
        DATA / "pu-cs-fal07.xml",
        DATA / "pu-cs-fal07.timetable.csv",
        term_code="2027-1",
        starts_on=now.date() + timedelta(days=7),
        time_zone="UTC",
        opens_at=now - timedelta(minutes=1),
    )
    ids = TimeOrderedIds()
    founded = await KeepInstitutions(postgres_persistence.directory, ids).found(
        InstitutionFields(code="main", name="Main")
    )
    caller = Caller(InstitutionId(founded.id), "test", frozenset({Role.ADMINISTRATOR}))
    await ImportTimetable(postgres_persistence.work, ids).execute(caller, instance.timetable)

    with serving(postgres_database) as url:
        report = await replay(
            instance.demands,
            url=url,
            term="2027-1",
            institution="main",
            concurrency=64,
            order="random",
            seed=1,
            carts=False,
            on_progress=lambda _progress: None,
        )

    assert report.errors == 0
    assert report.requests == sum(len(demand.course_codes) for demand in instance.demands) == 2393
    assert report.enrolled >= 0.98 * report.requests
    verdict = await VerifyRegistration(postgres_persistence.reading).execute(caller, Reference(code="2027-1"))
    assert verdict.is_clean
    assert verdict.enrollments == report.enrolled
