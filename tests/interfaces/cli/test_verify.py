"""`matricula verify` finds what bare SQL did to a sound term and names who breaks the rule.

Constraints that stand in the way of an offence are dropped first, in a copy of the database for each.
"""

import asyncio
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from application.registration.dto import VerificationView
from domain.scheduling.calendar import Weekday
from domain.shared.reference import Reference
from infrastructure.persistence.postgres.persistence import PostgresPersistence
from interfaces.inprocess import open_matricula
from tests.contracts.arranging import Stored
from tests.interfaces.cli.conftest import Matricula
from tests.support.builders import (
    TERM,
    a_course,
    a_section,
    a_small_university,
    a_term,
    an_institution,
    an_offering,
)
from tests.support.domain_builders import (
    a_meeting,
    a_request,
    adding,
    enrollment_id,
    identifier,
    permission_id,
    section_id,
    student_id,
)
from tests.support.postgres import PostgresDatabase, PostgresServer, in_thread, run_sql

INSTITUTION = an_institution().id
ON_SECTIONS = "ALTER TABLE enrollment_sections DROP CONSTRAINT {}"
ON_ENROLLMENTS = "ALTER TABLE enrollments DROP CONSTRAINT {}"


async def _build(database: PostgresDatabase) -> None:
    """`P` (one seat) seats `s1`, `A` with its lab `s1` and `s2`, the unlimited `M` `s1` and `s3`, `Q` and `R` `s4`.

    Who takes `BI-1` takes `Q` and `R`, or the seminar `S` alone.
    """
    persistence = PostgresPersistence(database.engine())
    await persistence.directory.add(an_institution())
    stored = Stored(persistence, INSTITUTION)
    physics, seminar = an_offering("PH-1"), an_offering("BI-1", "SEM", configuration="2")
    biology = an_offering("BI-1", "LEC", "LAB")
    await stored.add(*a_small_university(), a_course("PH", "1"), a_course("BI", "1"), physics)
    await stored.add(replace(biology, configurations=(*biology.configurations, *seminar.configurations)))
    await stored.add(
        a_section(physics, "P", a_meeting(Weekday.THURSDAY), capacity=1),
        a_section(biology, "Q", a_meeting(Weekday.MONDAY)),
        a_section(biology, "R", a_meeting(Weekday.FRIDAY), component="LAB"),
        a_section(seminar, "S", a_meeting(Weekday.WEDNESDAY), component="SEM"),
    )
    await stored.add(a_term("2027-2"), an_offering("CS-101", term="2027-2"))
    decisions = await stored.register(
        a_request("s1", adding("CS-101", "A", "A-LAB", as_name="s1-cs"), adding("MA-1", as_name="s1-ma")),
        a_request("s1", adding("PH-1", as_name="s1-ph")),
        a_request("s2", adding("CS-101", "A", "A-LAB", as_name="s2-cs")),
        a_request("s3", adding("MA-1", as_name="s3-ma")),
        a_request("s4", adding("BI-1", "Q", "R", as_name="s4-bi")),
    )
    assert [decision.rejections for decision in decisions] == [()] * 6
    await persistence.close()


@pytest.fixture(scope="module")
def sound_database(postgres_server: PostgresServer) -> Iterator[PostgresDatabase]:
    """A database whose term breaks no rule."""
    database = postgres_server.clone(f"matricula_test_sound_{os.getpid()}")
    in_thread(lambda: _build(database))
    yield database
    database.drop()


@pytest.fixture
def copied_database(sound_database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostgresDatabase]:
    """A copy of it, which the settings name."""
    copy = sound_database.server.clone(f"matricula_test_copy_{os.getpid()}", template=sound_database.name)
    for name, value in copy.environment.items():
        monkeypatch.setenv(name, value)
    yield copy
    copy.drop()


def verdict_of_the_use_case() -> VerificationView:
    """What a Python program is told."""

    async def asked() -> VerificationView:
        async with open_matricula() as matricula:
            caller = await matricula.caller()
            return await matricula.verify_registration.execute(caller, Reference(code=TERM))

    return asyncio.run(asked())


def _enrollment(name: str, student: str, course: str, number: int = 100) -> str:
    offering, course_id = an_offering(course).id, identifier("course", course)
    return (
        "INSERT INTO enrollments (institution_id, id, student_id, term_id, offering_id, course_id, status, credits,"
        f" grading_basis, number, enrolled_at) VALUES ('{INSTITUTION}', '{enrollment_id(name)}',"
        f" '{student_id(student)}', '{identifier('term', TERM)}', '{offering}', '{course_id}', 'enrolled', 3, 'graded',"
        f" {number}, now())"
    )


def _sitting(name: str, student: str, section: str, component: str, place: str) -> str:
    """A row of `enrollment_sections`; `component` is `COURSE/CONFIGURATION/NAME`, `place` seat and unlimited."""
    component_id = identifier("component", f"{TERM}/{component}")
    return (
        "INSERT INTO enrollment_sections (institution_id, enrollment_id, section_id, since, since_at, component_id,"
        f" student_id, term_id, status, seat_no, unlimited) VALUES ('{INSTITUTION}', '{enrollment_id(name)}',"
        f" '{section_id(section)}', 100, now(), '{component_id}', '{student_id(student)}',"
        f" '{identifier('term', TERM)}', 'enrolled', {place})"
    )


def _seat(section: str, number: int) -> str:
    return f"INSERT INTO seats VALUES ('{INSTITUTION}', '{section_id(section)}', {number})"


def _of(name: str, section: str) -> str:
    return f"enrollment_id = '{enrollment_id(name)}' AND section_id = '{section_id(section)}'"


@dataclass(frozen=True, slots=True)
class Planted:
    """An offence: what bare SQL does to the sound term, and what has to be found."""

    sql: tuple[str, ...]
    invariant: str
    detail: str


SEMINAR = f"'{section_id('S')}', component_id = '{identifier('component', f'{TERM}/BI-1/2/SEM')}'"
PERMISSION = permission_id("waiver")
PERMIT = (
    "INSERT INTO permissions (institution_id, id, student_id, term_id, offering_id, codes, issuer, reason, given_at,"
    f" version) VALUES ('{INSTITUTION}', '{PERMISSION}', '{student_id('s1')}', '{identifier('term', TERM)}',"
    f" '{an_offering('CS-101').id}', '{{seats_full}}', 'dean', 'why', now(), 1)"
)
NEXT_TERM = an_offering("CS-101", term="2027-2").id

PLANTED: dict[str, Planted] = {
    "a student on a seat beyond the capacity": Planted(
        (
            ON_SECTIONS.format("fk_enrollment_sections_seat"),
            _enrollment("s2-ph", "s2", "PH-1"),
            _sitting("s2-ph", "s2", "P", "PH-1/1/LEC", "2, NULL"),
        ),
        "capacity",
        "section P seats 2 of 1, with no seat for s2",
    ),
    "a student who brings a seat along": Planted(
        (
            _seat("P", 2),
            _enrollment("s2-ph", "s2", "PH-1"),
            _sitting("s2-ph", "s2", "P", "PH-1/1/LEC", "2, NULL"),
        ),
        "capacity",
        "section P seats 2 of 1",
    ),
    "two students on one seat": Planted(
        (
            ON_SECTIONS.format("uq_enrollment_sections_section_id_seat_no"),
            f"UPDATE enrollment_sections SET seat_no = 1 WHERE {_of('s2-cs', 'A')}",
        ),
        "seat_shared",
        "seat 1 of section A is held by s1, s2",
    ),
    "a seat that is not there": Planted(
        (
            ON_SECTIONS.format("fk_enrollment_sections_seat"),
            f"UPDATE enrollment_sections SET seat_no = 7 WHERE {_of('s1-ph', 'P')}",
        ),
        "seated",
        "section P does not have the seat that it gave to s1",
    ),
    "a student without a seat": Planted(
        (
            ON_SECTIONS.format("ck_enrollment_sections_standing_has_a_place"),
            f"UPDATE enrollment_sections SET seat_no = NULL WHERE {_of('s1-ph', 'P')}",
        ),
        "seated",
        "student s1 has no seat in section P",
    ),
    "an enrollment that sits nowhere": Planted(
        (f"DELETE FROM enrollment_sections WHERE {_of('s3-ma', 'M')}",),
        "seated",
        f"enrollment {enrollment_id('s3-ma')} holds no seat",
    ),
    "a clash": Planted(
        (f"UPDATE meetings SET weekdays = '{{1}}', starts_at = '11:00' WHERE section_id = '{section_id('P')}'",),
        "time_conflict",
        "student s1 sits in A and P, which clash at Mon 10:00-12:00",
    ),
    "a component that is missing": Planted(
        (f"DELETE FROM enrollment_sections WHERE {_of('s2-cs', 'A-LAB')}",),
        "components",
        "student s2 sits in A for CS-101, not in one section for each component",
    ),
    "two sections of one component": Planted(
        (
            "DROP INDEX uq_enrollment_sections_standing",
            _sitting("s1-cs", "s1", "B", "CS-101/1/LEC", "1, NULL"),
        ),
        "components",
        "student s1 sits in A, A-LAB, B for CS-101, not in one section for each component",
    ),
    "components of two configurations": Planted(
        (f"UPDATE enrollment_sections SET section_id = {SEMINAR} WHERE {_of('s4-bi', 'R')}",),
        "components",
        "student s4 sits in Q, S for BI-1, not in one section for each component",
    ),
    "a parent that is left": Planted(
        (f"UPDATE enrollment_sections SET section_id = '{section_id('B')}' WHERE {_of('s2-cs', 'A')}",),
        "parent",
        "student s2 sits in A-LAB without its parent",
    ),
    "a course taken twice": Planted(
        (
            "DROP INDEX uq_enrollments_standing",
            "DROP INDEX uq_enrollments_standing_offering",
            _enrollment("again", "s1", "MA-1"),
            _sitting("again", "s1", "M", "MA-1/1/LEC", "NULL, true"),
        ),
        "duplicate",
        "student s1 is enrolled in one course by ",
    ),
    "an enrollment for a course that is not the offering's": Planted(
        (
            ON_ENROLLMENTS.format("fk_enrollments_course"),
            f"UPDATE enrollments SET course_id = '{a_course('MA', '1').id}' WHERE id = '{enrollment_id('s2-cs')}'",
        ),
        "course",
        f"student s2 has enrollment {enrollment_id('s2-cs')} in CS-101 for another course",
    ),
    "an enrollment in another term's offering": Planted(
        (
            ON_ENROLLMENTS.format("fk_enrollments_offering"),
            f"UPDATE enrollments SET offering_id = '{NEXT_TERM}' WHERE id = '{enrollment_id('s2-cs')}'",
        ),
        "offering",
        f"student s2 has enrollment {enrollment_id('s2-cs')} in no offering of this term",
    ),
    "a seat that a dropped enrollment keeps": Planted(
        (
            ON_SECTIONS.format("fk_enrollment_sections_enrollment"),
            f"UPDATE enrollments SET status = 'dropped', ended_at = now() WHERE id = '{enrollment_id('s1-ph')}'",
        ),
        "enrolled",
        f"student s1 sits in section P by {enrollment_id('s1-ph')}, which is no standing enrollment",
    ),
    "a seat whose enrollment is gone": Planted(
        (
            ON_SECTIONS.format("fk_enrollment_sections_enrollment"),
            f"DELETE FROM enrollments WHERE id = '{enrollment_id('s1-ph')}'",
        ),
        "enrolled",
        f"student s1 sits in section P by {enrollment_id('s1-ph')}, which is no standing enrollment",
    ),
    "a seat above capacity that nobody holds": Planted(
        (
            PERMIT,
            f"INSERT INTO seats VALUES ('{INSTITUTION}', '{section_id('A')}', 3, '{PERMISSION}')",
        ),
        "seats",
        "section A keeps seat 3 above capacity, which nobody holds",
    ),
    "a seat that a stay keeps which has ended": Planted(
        (
            ON_SECTIONS.format("ck_enrollment_sections_standing_has_a_place"),
            ON_SECTIONS.format("fk_enrollment_sections_enrollment"),
            f"UPDATE enrollments SET status = 'dropped', ended_at = now() WHERE id = '{enrollment_id('s1-ph')}'",
            f"UPDATE enrollment_sections SET status = 'dropped', until_at = now() WHERE {_of('s1-ph', 'P')}",
        ),
        "enrolled",
        f"student s1 sits in section P by {enrollment_id('s1-ph')}, which is no standing enrollment",
    ),
    "a seat too many": Planted((_seat("A", 3),), "seats", "section A has 3 seats, 2 of them taken, instead of 2"),
    "a seat too few": Planted(
        (f"DELETE FROM seats WHERE section_id = '{section_id('B')}' AND seat_no = 2",),
        "seats",
        "section B has 1 seats, 0 of them taken, instead of 2",
    ),
    "a capacity cut without its seats": Planted(
        (f"UPDATE sections SET capacity = 1 WHERE id = '{section_id('B')}'",),
        "seats",
        "section B has 2 seats, 0 of them taken, instead of 1",
    ),
}


def test_a_sound_term_is_clean(matricula: Matricula, copied_database: PostgresDatabase) -> None:
    outcome = matricula("verify", "--term", TERM, "--json")

    assert (outcome.code, outcome.errors) == (0, "")
    told = json.loads(outcome.output)
    assert (told["enrollments"], told["seats_taken"], told["sections"], told["offences"]) == (6, 9, 8, [])
    assert verdict_of_the_use_case().is_clean
    assert matricula("verify", "--term", "2027-2").code == 0


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED)
def test_a_planted_offence_is_found_with_who_breaks_the_rule_and_nothing_else(
    planted: Planted, matricula: Matricula, copied_database: PostgresDatabase
) -> None:
    in_thread(lambda: run_sql(copied_database.owner_url, ";\n".join(planted.sql)))

    verdict = verdict_of_the_use_case()
    outcome = matricula("verify", "--term", TERM, "--json")

    (offence,) = verdict.offences
    assert offence.invariant == planted.invariant
    assert planted.detail in offence.detail
    assert outcome.code == 1
    assert json.loads(outcome.output)["offences"] == [offence.model_dump()]


def test_a_negative_verdict_is_told_to_people(matricula: Matricula, copied_database: PostgresDatabase) -> None:
    in_thread(lambda: run_sql(copied_database.owner_url, _seat("A", 3)))

    outcome = matricula("verify", "--term", TERM)

    assert outcome.code == 1
    assert outcome.output.splitlines() == [
        "seats: section A has 3 seats, 2 of them taken, instead of 2",
        "Verified 6 enrollments in 9 seats of 8 sections: 1 OFFENCES.",
    ]
