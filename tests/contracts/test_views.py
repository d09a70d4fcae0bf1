"""The `Views` port: what callers see of each kind of record."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal

from application.catalog.courses import COURSES, CourseView
from application.catalog.departments import DEPARTMENTS, DepartmentView
from application.catalog.programs import PROGRAMS, ProgramView
from application.people.cohorts import CohortFields, CohortView
from application.people.holds import HoldView
from application.people.instructors import INSTRUCTORS, InstructorView
from application.people.students import STUDENTS, StudentView
from application.registration.dto import EnrollmentView
from application.registration.enrollments import ENROLLMENTS
from application.scheduling.offerings import ComponentView, ConfigurationView, OfferingView
from application.scheduling.rooms import ROOMS, RoomView
from application.scheduling.sections import SECTIONS, MeetingFields, ReservedSeatsView, SectionFields, SectionView
from application.scheduling.terms import TERMS, SessionFields, TermView
from application.scheduling.time_tickets import TIME_TICKETS, TimeTicketView
from domain.catalog.grading import GradingBasis
from domain.catalog.requisite import ConsentBy
from domain.people.hold import HoldBlock
from domain.registration.enrollment import EnrollmentStatus
from domain.scheduling.calendar import Weekday
from domain.scheduling.section import SectionStatus
from tests.contracts.arranging import HOLDS, OFFERINGS, TERM_ID, Stored
from tests.contracts.everything import (
    COURSE,
    CROSS_LISTED,
    DEPARTMENT,
    EVERYTHING,
    LECTURE,
    OFFERING,
    PROGRAM,
    STUDENT,
    TERM,
    TICKET,
)
from tests.contracts.everything import INSTRUCTORS as TEACHERS
from tests.support.builders import (
    a_course,
    a_department,
    a_hold,
    a_program,
    a_room,
    a_section,
    a_small_university,
    a_student,
    a_term,
    an_instructor,
    an_offering,
)
from tests.support.domain_builders import (
    NOON,
    a_meeting,
    a_request,
    adding,
    dropping,
    enrollment_id,
    section_id,
    student_id,
)


async def test_the_catalog_shows_references_as_ids(stored: Stored) -> None:
    department, program = a_department(), replace(a_program(), department_id=a_department().id)
    course = replace(a_course(credits_="3"), department_id=department.id)
    await stored.add(department, course, program)

    assert await stored.view(DEPARTMENTS, department.id) == DepartmentView(
        id=department.id, code="MATH", name="Mathematics", version=1
    )
    assert await stored.view(COURSES, course.id) == CourseView(
        id=course.id,
        code="CS-101",
        subject="CS",
        number="101",
        title="Programming",
        credits=Decimal(3),
        department=str(department.id),
        version=1,
    )
    assert await stored.view(PROGRAMS, program.id) == ProgramView(
        id=program.id, code="ENG", name="Engineering", department=str(department.id), version=1
    )


async def test_credits_are_shown_in_hundredths(stored: Stored) -> None:
    await stored.add(a_course(credits_="3"))

    assert str((await stored.view(COURSES, a_course().id)).credits) == "3.00"


async def test_people_are_shown_with_what_they_belong_to(stored: Stored) -> None:
    student = replace(a_student(), birthday=date(2008, 2, 29), program_id=a_program().id)
    instructor = replace(an_instructor(), email="i@example.org", department_id=a_department().id)
    hold = a_hold()
    await stored.add(a_department(), a_program(), student, instructor, hold)

    assert await stored.view(STUDENTS, student.id) == StudentView(
        id=student.id,
        code="s1",
        given_name="Some",
        family_name="Student",
        birthday=date(2008, 2, 29),
        program=str(a_program().id),
        version=1,
    )
    assert await stored.view(INSTRUCTORS, instructor.id) == InstructorView(
        id=instructor.id,
        code="i1",
        name="Some Instructor",
        email="i@example.org",
        department=str(a_department().id),
        version=1,
    )
    assert await stored.view(HOLDS, hold.id) == HoldView(
        id=hold.id,
        student=str(student.id),
        blocks=frozenset({HoldBlock.REGISTRATION}),
        office="Bursar",
        reason="Open fees",
        placed_at=NOON,
        released_at=None,
        version=1,
    )


async def test_a_term_and_a_room_are_shown_as_they_are(stored: Stored) -> None:
    term = replace(a_term(credit_maximum="18"), holidays=frozenset({date(2027, 3, 22)}))
    await stored.add(term, a_room())

    assert await stored.view(TERMS, term.id) == TermView(
        id=term.id,
        code="2027-1",
        name="Spring 2027",
        time_zone="UTC",
        starts_on=date(2027, 2, 1),
        ends_on=date(2027, 5, 30),
        registration_opens_at=datetime(2027, 1, 10, 8, tzinfo=UTC),
        registration_closes_at=datetime(2027, 3, 1, tzinfo=UTC),
        add_deadline=date(2027, 2, 10),
        drop_deadline=date(2027, 2, 20),
        holidays=frozenset({date(2027, 3, 22)}),
        credit_maximum=Decimal(18),
        version=1,
    )
    assert await stored.view(ROOMS, a_room().id) == RoomView(
        id=a_room().id, code="R1", name="Room", capacity=30, version=1
    )


async def test_a_student_shows_what_the_rules_look_at(stored: Stored) -> None:
    await stored.add(DEPARTMENT, PROGRAM, *TEACHERS, STUDENT)

    view = await stored.view(STUDENTS, STUDENT.id)

    assert (view.class_level, view.credit_maximum, view.credit_minimum) == (3, Decimal("21.5"), Decimal(6))
    assert [(score.test, str(score.score)) for score in view.test_scores] == [("MATH", "70.50"), ("ENGLISH", "8.00")]


async def test_a_term_shows_its_sessions_and_limits_in_order(stored: Stored) -> None:
    await stored.add(TERM)

    view = await stored.view(TERMS, TERM.id)

    assert view.sessions == (
        SessionFields(
            code="B",
            name="Session B",
            starts_on=date(2027, 2, 1),
            ends_on=date(2027, 3, 28),
            add_deadline=date(2027, 2, 5),
            drop_deadline=date(2027, 2, 12),
        ),
        SessionFields(
            code="A",
            name="Session A",
            starts_on=date(2027, 2, 1),
            ends_on=date(2027, 3, 28),
            add_deadline=date(2027, 2, 3),
            drop_deadline=date(2027, 2, 4),
            withdrawal_deadline=date(2027, 3, 1),
        ),
    )
    assert view.model_dump(mode="json", include={"credit_limits"})["credit_limits"] == [
        {"class_level": 1, "credit_maximum": "15.00", "credit_minimum": "9.00"},
        {"class_level": 2, "credit_maximum": None, "credit_minimum": None},
        {"class_level": 9, "credit_maximum": "30.25", "credit_minimum": None},
    ]
    assert (view.withdrawal_deadline, view.credit_minimum) == (date(2027, 4, 30), Decimal("3.5"))
    assert (view.waitlist_closes_at, view.in_progress_counts) == (NOON, False)


async def test_a_time_ticket_shows_its_cohort_as_ids(stored: Stored) -> None:
    await stored.add(DEPARTMENT, PROGRAM, *TEACHERS, STUDENT, TERM, TICKET)

    assert await stored.view(TIME_TICKETS, TICKET.id) == TimeTicketView(
        id=TICKET.id,
        term=str(TERM_ID),
        name="Álgebra",
        cohort=CohortFields(
            students=frozenset({str(STUDENT.id)}), programs=frozenset({str(PROGRAM.id)}), class_levels=frozenset({2, 4})
        ),
        opens_at=NOON,
        closes_at=datetime(2027, 1, 20, 1, 2, 3, 4, tzinfo=UTC),
        version=1,
    )


async def test_an_offering_shows_its_other_courses_and_whom_it_is_for(stored: Stored) -> None:
    await stored.add(*EVERYTHING)

    view = await stored.view(OFFERINGS, OFFERING.id)

    assert (view.course, view.cross_listed) == (str(COURSE.id), (str(CROSS_LISTED.id),))
    assert (view.session, view.consent) == ("A", ConsentBy.DEPARTMENT)
    assert (view.class_levels, view.programs) == (frozenset({1, 3}), frozenset({str(PROGRAM.id)}))


async def test_a_section_shows_whom_seats_are_kept_for(stored: Stored) -> None:
    await stored.add(*EVERYTHING)

    view = await stored.view(SECTIONS, LECTURE.id)

    assert view.waitlist_capacity == 5
    assert view.reserved == (
        ReservedSeatsView(
            name="Z first",
            cohort=CohortView(
                students=frozenset({str(STUDENT.id)}),
                programs=frozenset({str(PROGRAM.id)}),
                class_levels=frozenset({1, 2}),
            ),
            seats=1,
            released_at=NOON,
        ),
        ReservedSeatsView(name="A second", cohort=CohortView(class_levels=frozenset({3})), seats=0),
    )


async def test_an_offering_shows_its_configurations_in_order(stored: Stored) -> None:
    offering = an_offering("CS-101", "Z-LEC", "A-LAB", configuration="hybrid")
    second = an_offering("CS-101", "SEM", configuration="0").configurations[0]
    await stored.add(a_term(), a_course(), replace(offering, configurations=(*offering.configurations, second)))

    view = await stored.view(OFFERINGS, offering.id)

    assert view == OfferingView(
        id=offering.id,
        term=str(TERM_ID),
        course=str(a_course().id),
        code="CS-101",
        configurations=tuple(
            ConfigurationView(
                id=configuration.id,
                name=configuration.name,
                components=tuple(
                    ComponentView(id=component.id, name=component.name, kind=component.kind)
                    for component in configuration.components
                ),
            )
            for configuration in (*offering.configurations, second)
        ),
        cross_listed=(),
        session=None,
        class_levels=frozenset(),
        programs=frozenset(),
        consent=None,
        version=1,
    )


async def test_a_section_shows_what_belongs_to_it_and_its_seats(stored: Stored) -> None:
    offering = an_offering("CS-101", "LEC", "LAB")
    slot = replace(
        a_meeting(Weekday.FRIDAY, Weekday.MONDAY, weeks=frozenset({2, 4})),
        first_date=date(2027, 2, 1),
        last_date=date(2027, 4, 1),
        room_id=a_room().id,
    )
    lecture = a_section(offering, "A")
    lab = replace(
        a_section(offering, "A-LAB", slot, a_meeting(Weekday.SUNDAY), component="LAB", parent=lecture, capacity=5),
        status=SectionStatus.CLOSED,
        instructor_ids=(an_instructor("i2").id, an_instructor("i1").id),
    )
    people = (an_instructor("i1"), an_instructor("i2"))
    await stored.add(a_term(), replace(a_course(), number="101"), a_room(), *people, offering, lecture, lab)

    assert await stored.view(SECTIONS, lab.id) == SectionView(
        id=lab.id,
        term=str(TERM_ID),
        term_code="2027-1",
        offering=str(offering.id),
        course_code="CS-101",
        component="1/LAB",
        code="A-LAB",
        capacity=5,
        status=SectionStatus.CLOSED,
        parent=str(lecture.id),
        meetings=(
            MeetingFields(
                weekdays=frozenset({Weekday.MONDAY, Weekday.FRIDAY}),
                starts_at=time(10),
                ends_at=time(12),
                weeks=frozenset({2, 4}),
                first_date=date(2027, 2, 1),
                last_date=date(2027, 4, 1),
                room=str(a_room().id),
            ),
            MeetingFields(weekdays=frozenset({Weekday.SUNDAY}), starts_at=time(10), ends_at=time(12)),
        ),
        instructors=(str(an_instructor("i2").id), str(an_instructor("i1").id)),
        seats_taken=0,
        seats_free=5,
        version=1,
    )


async def test_a_component_is_shown_whole_however_long_its_names_are(stored: Stored) -> None:
    configuration, component = "Ñ" * 200, "L" * 200
    offering = an_offering("CS-101", component, configuration=configuration)
    section = a_section(offering, "A", component=component)
    await stored.add(a_term(), a_course(), a_student(), offering, section)
    await stored.register(a_request("s1", adding("CS-101")))

    view = await stored.view(SECTIONS, section.id)
    async with stored.persistence.reading(stored.institution) as views:
        schedule = await views.schedule(TERM_ID, student_id("s1"))

    path = f"{configuration}/{component}"
    assert view.component == schedule.courses[0].sections[0].component == path
    given = {name: getattr(view, name) for name in SectionFields.model_fields}
    assert SectionFields.model_validate(given).component == path


async def test_a_section_counts_the_seats_that_are_taken(stored: Stored) -> None:
    await stored.add(*a_small_university())
    await stored.register(
        a_request("s1", adding("CS-101", "A", "A-LAB", as_name="cs1"), adding("MA-1", as_name="ma1")),
        a_request("s2", adding("CS-101", "A", "A-LAB", as_name="cs2"), adding("MA-1", as_name="ma2"), dropping("cs2")),
    )

    lecture = await stored.view(SECTIONS, section_id("A"))
    unlimited = await stored.view(SECTIONS, section_id("M"))

    assert (lecture.seats_taken, lecture.seats_free) == (1, 1)
    assert (unlimited.seats_taken, unlimited.seats_free, unlimited.capacity) == (2, None, None)


async def test_an_enrollment_shows_codes_and_how_it_ended(stored: Stored) -> None:
    await stored.add(*a_small_university())
    await stored.register(
        a_request("s1", adding("CS-101", "A", "A-LAB", as_name="kept")),
        a_request("s2", adding("CS-101", "A", "A-LAB", as_name="dropped")),
    )
    await stored.register(a_request("s2", dropping("dropped")))

    kept = await stored.view(ENROLLMENTS, enrollment_id("kept"))
    dropped = await stored.view(ENROLLMENTS, enrollment_id("dropped"))

    assert kept == EnrollmentView(
        id=enrollment_id("kept"),
        student=student_id("s1"),
        student_code="s1",
        term=TERM_ID,
        term_code="2027-1",
        offering=an_offering("CS-101").id,
        course=a_course().id,
        course_code="CS-101",
        status=EnrollmentStatus.ENROLLED,
        credits=Decimal(3),
        sections=("A", "A-LAB"),
        number=1,
        enrolled_at=NOON,
        ended_at=None,
        grading_basis=GradingBasis.GRADED,
    )
    assert (dropped.status, dropped.ended_at, dropped.number) == (EnrollmentStatus.DROPPED, NOON, 2)
    assert dropped.sections == ("A", "A-LAB")


async def test_there_is_no_view_of_what_is_not_there(stored: Stored) -> None:
    async with stored.persistence.reading(stored.institution) as views:
        assert await views.views(SECTIONS).one(section_id("A")) is None
        assert await views.views(ENROLLMENTS).one(enrollment_id("e")) is None
        assert await views.views(DEPARTMENTS).one(a_department().id) is None
