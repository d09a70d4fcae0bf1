"""The `RegistrationViews` port: who sits where."""

import csv
from contextlib import aclosing
from dataclasses import replace
from datetime import time
from decimal import Decimal

import pytest

from application.registration.dto import (
    EnrollmentRow,
    RosterEntry,
    RosterView,
    ScheduledCourse,
    ScheduledSection,
    ScheduleView,
)
from application.registration.enrollments import ReadEnrollments
from application.registration.ports import Addressee
from application.scheduling.sections import MeetingFields
from application.shared.caller import Caller, Role
from application.shared.errors import NotFound
from domain.registration.enrollment import EnrollmentStatus
from domain.registration.verification import Sitting, verify
from domain.scheduling.calendar import Weekday
from domain.scheduling.offering import CourseOffering
from domain.scheduling.section import Section
from domain.shared.identifiers import TermId
from domain.shared.reference import Reference
from tests.contracts.arranging import TERM_ID, Stored
from tests.support.builders import a_course, a_section, a_small_university, a_student, a_term, an_offering
from tests.support.domain_builders import (
    NOON,
    a_request,
    adding,
    dropping,
    enrollment_id,
    identifier,
    section_id,
    student_id,
)

CS = an_offering("CS-101", "LEC", "LAB")


async def _a_registration_day(stored: Stored) -> None:
    """`s1` takes both courses, `s3` and `s2` one each; `s4` dropped what they had."""
    await stored.add(*a_small_university(capacity=5))
    await stored.register(
        a_request("s1", adding("MA-1", as_name="s1-ma"), adding("CS-101", "A-LAB", "A", as_name="s1-cs")),
        a_request("s4", adding("CS-101", "A", "A-LAB", as_name="s4-cs")),
        a_request("s3", adding("CS-101", "A", "A-LAB", as_name="s3-cs")),
        a_request("s2", adding("MA-1", as_name="s2-ma")),
    )
    await stored.register(a_request("s4", dropping("s4-cs")))


async def test_a_request_finds_its_term_and_student(stored: Stored) -> None:
    await stored.add(*a_small_university())

    async with stored.persistence.reading(stored.institution) as views:
        by_codes = await views.addressee(Reference(code="2027-1"), Reference(code="s1"))
        by_ids = await views.addressee(Reference.of(TERM_ID), Reference.of(student_id("s1")))
        within_a_term = await views.addressee(Reference(code="2027-1", scope="2027-1"), Reference(code="s1", scope="x"))
        no_term = await views.addressee(Reference(code="never"), Reference(code="s1"))
        nobody = await views.addressee(Reference(code="2027-1"), Reference(code="s1", scope="2027-1"))

    assert by_codes == by_ids == Addressee(TERM_ID, student_id("s1"))
    assert within_a_term == Addressee(None, None)
    assert no_term == Addressee(None, student_id("s1"))
    assert nobody == Addressee(TERM_ID, None)


async def test_a_schedule_lists_courses_with_their_sections(stored: Stored) -> None:
    await _a_registration_day(stored)

    async with stored.persistence.reading(stored.institution) as views:
        schedule = await views.schedule(TERM_ID, student_id("s1"))

    def slot(day: Weekday) -> tuple[MeetingFields, ...]:
        return (MeetingFields(weekdays=frozenset({day}), starts_at=time(10), ends_at=time(12)),)

    cs_sections = (("A", "1/LEC", Weekday.MONDAY), ("A-LAB", "1/LAB", Weekday.FRIDAY))
    assert schedule == ScheduleView(
        student=student_id("s1"),
        term=TERM_ID,
        credits=Decimal("7.5"),
        courses=(
            ScheduledCourse(
                enrollment=enrollment_id("s1-cs"),
                offering=CS.id,
                course_code="CS-101",
                title="Programming",
                credits=Decimal(3),
                sections=tuple(
                    ScheduledSection(
                        section=section_id(code), section_code=code, component=component, seat_no=1, meetings=slot(day)
                    )
                    for code, component, day in cs_sections
                ),
            ),
            ScheduledCourse(
                enrollment=enrollment_id("s1-ma"),
                offering=an_offering("MA-1").id,
                course_code="MA-1",
                title="Algebra",
                credits=Decimal("4.5"),
                sections=(
                    ScheduledSection(
                        section=section_id("M"),
                        section_code="M",
                        component="1/LEC",
                        seat_no=None,
                        meetings=slot(Weekday.WEDNESDAY),
                    ),
                ),
            ),
        ),
    )


async def test_who_dropped_everything_has_an_empty_schedule(stored: Stored) -> None:
    await _a_registration_day(stored)

    async with stored.persistence.reading(stored.institution) as views:
        schedule = await views.schedule(TERM_ID, student_id("s4"))
        elsewhere = await views.schedule(TermId(identifier("term", "other")), student_id("s1"))

    assert (schedule.credits, schedule.courses) == (Decimal(0), ())
    assert elsewhere.courses == ()


async def test_a_roster_lists_who_sits_there_by_code(stored: Stored) -> None:
    await _a_registration_day(stored)

    async with stored.persistence.reading(stored.institution) as views:
        roster = await views.roster(section_id("A"))
        unlimited = await views.roster(section_id("M"))
        empty = await views.roster(section_id("B"))

    assert roster == RosterView(
        section=section_id("A"),
        section_code="A",
        capacity=5,
        entries=tuple(
            RosterEntry(
                student=student_id(f"s{number}"),
                student_code=f"s{number}",
                given_name="Some",
                family_name=f"Family {number}",
                enrollment=enrollment_id(f"s{number}-cs"),
                seat_no=seat_no,
                enrolled_at=NOON,
            )
            for number, seat_no in ((1, 1), (3, 3))
        ),
    )
    assert unlimited.capacity is None
    assert [(entry.student_code, entry.seat_no) for entry in unlimited.entries] == [("s1", None), ("s2", None)]
    assert empty.entries == ()


async def test_a_section_that_is_not_there_has_no_roster(stored: Stored) -> None:
    async with stored.persistence.reading(stored.institution) as views:
        with pytest.raises(NotFound):
            await views.roster(section_id("A"))


async def test_the_export_has_a_row_for_each_section_of_each_enrollment(stored: Stored) -> None:
    await _a_registration_day(stored)
    await stored.register(a_request("s4", adding("CS-101", "A", "A-LAB", as_name="again")))

    async with stored.persistence.reading(stored.institution) as views:
        rows = [row async for row in views.enrollment_rows(TERM_ID)]
        lines = "".join([lines async for lines in views.enrollment_csv(TERM_ID)])

    expected = [
        ("s1", "CS-101", "A", "enrolled"),
        ("s1", "CS-101", "A-LAB", "enrolled"),
        ("s1", "MA-1", "M", "enrolled"),
        ("s2", "MA-1", "M", "enrolled"),
        ("s3", "CS-101", "A", "enrolled"),
        ("s3", "CS-101", "A-LAB", "enrolled"),
        ("s4", "CS-101", "A", "dropped"),
        ("s4", "CS-101", "A", "enrolled"),
        ("s4", "CS-101", "A-LAB", "dropped"),
        ("s4", "CS-101", "A-LAB", "enrolled"),
    ]
    assert rows == [
        EnrollmentRow(student_code=student, course_code=course, section_code=section, status=EnrollmentStatus(status))
        for student, course, section, status in expected
    ]
    assert [tuple(row) for row in csv.reader(lines.splitlines())] == expected


async def test_a_term_without_enrollments_exports_no_row(stored: Stored) -> None:
    await stored.add(*a_small_university())

    async with stored.persistence.reading(stored.institution) as views:
        assert [row async for row in views.enrollment_rows(TERM_ID)] == []
        assert [lines async for lines in views.enrollment_csv(TERM_ID)] == []


async def test_codes_are_exported_as_they_are(stored: Stored) -> None:
    codes = ("Ñ_.+&'-代", "Ωmega", "0'-+&")
    students = [a_student(code) for code in codes]
    offering = an_offering("CS-101", "LEC")
    await stored.add(a_course(), *students, a_term(), offering, a_section(offering, "Ä'&", capacity=9))
    await stored.register(*(a_request(code, adding("CS-101", "Ä'&", as_name=code)) for code in codes))

    async with stored.persistence.reading(stored.institution) as views:
        lines = "".join([lines async for lines in views.enrollment_csv(TERM_ID)])

    assert lines == "".join(f"{code},CS-101,Ä'&,enrolled\n" for code in sorted(codes))


async def test_the_export_names_its_columns_and_may_be_left_early(stored: Stored) -> None:
    await _a_registration_day(stored)
    exporting = ReadEnrollments(stored.persistence.reading)
    caller = Caller(stored.institution, "r", frozenset({Role.REGISTRAR}))

    async with aclosing(exporting.export_csv(caller, Reference.of(TERM_ID))) as pieces:
        assert await anext(pieces) == "student_code,course_code,section_code,status\n"
        assert (await anext(pieces)).startswith("s1,CS-101,A,enrolled\n")
    whole = "".join([lines async for lines in exporting.export_csv(caller, Reference.of(TERM_ID))])

    assert len(whole.splitlines()) == 1 + 8
    with pytest.raises(NotFound):
        await anext(exporting.export_csv(caller, Reference(code="unheard-of")))


async def test_the_term_roster_holds_the_term_as_it_is_stored(stored: Stored) -> None:
    await _a_registration_day(stored)
    other = an_offering("CS-101", term="2027-2")
    await stored.add(a_term("2027-2"), other, a_section(other, "elsewhere"))

    async with stored.persistence.reading(stored.institution) as views:
        roster = await views.term_roster(TERM_ID)

    university = a_small_university(capacity=5)
    sections = {entity.id: entity for entity in university if isinstance(entity, Section)}
    assert roster.term == a_term()
    assert {offering.id: offering for offering in roster.offerings} == {
        entity.id: entity for entity in university if isinstance(entity, CourseOffering)
    }
    assert {section.id: section for section in roster.sections} == sections
    assert roster.unseated == ()
    assert set(roster.sittings) == {
        Sitting(
            enrollment_id=enrollment_id(f"{student}-{course}"),
            student_id=student_id(student),
            student_code=student,
            course_id=(a_course() if course == "cs" else a_course("MA", "1")).id,
            offering_id=(CS if course == "cs" else an_offering("MA-1")).id,
            section_id=section_id(section),
            seat_no=seat_no,
        )
        for student, course, section, seat_no in (
            ("s1", "cs", "A", 1),
            ("s1", "cs", "A-LAB", 1),
            ("s1", "ma", "M", None),
            ("s2", "ma", "M", None),
            ("s3", "cs", "A", 3),
            ("s3", "cs", "A-LAB", 3),
        )
    }
    assert verify(roster) == ()


async def test_a_term_that_is_not_there_has_no_roster(stored: Stored) -> None:
    async with stored.persistence.reading(stored.institution) as views:
        with pytest.raises(NotFound):
            await views.term_roster(TERM_ID)


async def test_codes_and_titles_are_those_of_now(stored: Stored) -> None:
    await _a_registration_day(stored)
    await stored.save(replace(a_course(), title="Renamed", credits=Decimal(9)))

    async with stored.persistence.reading(stored.institution) as views:
        schedule = await views.schedule(TERM_ID, student_id("s3"))

    (course,) = schedule.courses
    assert (course.title, course.credits) == ("Renamed", Decimal(3))
