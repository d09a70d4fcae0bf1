"""A registration day decided by the domain alone: no HTTP, no database."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from uuid import UUID

from application.catalog.courses import CourseFields
from application.scheduling.offerings import assemble_configuration
from application.scheduling.timetable import Timetable, TimetableOffering
from domain.catalog.course import Course
from domain.registration.commands import Add, Choice, RegistrationRequest
from domain.registration.decide import decide
from domain.registration.facts import Facts, OfferingFacts
from domain.registration.outcomes import Outcome, RequestDecided
from domain.registration.seating import Seating
from domain.scheduling.calendar import Meeting
from domain.scheduling.offering import CourseOffering
from domain.scheduling.section import Section
from domain.scheduling.term import Term
from domain.shared.identifiers import (
    CourseId,
    EnrollmentId,
    OfferingId,
    RequestId,
    SectionId,
    StudentId,
    TermId,
    WaitlistEntryId,
)
from domain.shared.reference import Reference
from interfaces.registration_day.demand import Demand


class CountedIds:
    """Identifiers that count up."""

    def __init__(self) -> None:
        self._last = 0

    def new(self) -> UUID:
        self._last += 1
        return UUID(int=self._last)


@dataclass(frozen=True, slots=True)
class Day:
    """How a registration day went."""

    requests: int
    enrolled: int
    refused_by_code: Counter[str]
    sections: int
    full: int

    @property
    def satisfied(self) -> float:
        return self.enrolled / self.requests

    @property
    def filled(self) -> float:
        return self.full / self.sections


def hold_day(timetable: Timetable, demands: Sequence[Demand], moment: datetime, seed: int = 1) -> Day:
    """Have the students register in random order at `moment`, each course by placement."""
    ids = CountedIds()
    facts = _facts(timetable, ids)
    students = list(demands)
    Random(seed).shuffle(students)
    commands = []
    for student in students:
        student_id = StudentId(ids.new())
        commands += [
            RegistrationRequest(RequestId(ids.new()), student_id, (_add(code, ids),), moment)
            for code in student.course_codes
        ]
    answers, effects = decide(facts, commands)
    decisions = [decision for answer in answers if isinstance(answer, RequestDecided) for decision in answer.decisions]
    seating = {**facts.seating, **effects.seating}
    return Day(
        requests=len(decisions),
        enrolled=sum(decision.outcome is Outcome.ENROLLED for decision in decisions),
        refused_by_code=Counter(str(reason.code) for decision in decisions for reason in decision.rejections),
        sections=len(facts.sections),
        full=sum(seats.free == 0 for seats in seating.values()),
    )


def _add(code: str, ids: CountedIds) -> Add:
    return Add(EnrollmentId(ids.new()), WaitlistEntryId(ids.new()), (Choice(Reference(code=code)),))


def _facts(timetable: Timetable, ids: CountedIds) -> Facts:
    fields = timetable.term
    term = Term(
        id=TermId(ids.new()),
        code=fields.code,
        name=fields.name,
        time_zone=fields.time_zone,
        starts_on=fields.starts_on,
        ends_on=fields.ends_on,
        registration_opens_at=fields.registration_opens_at,
        registration_closes_at=fields.registration_closes_at,
        add_deadline=fields.add_deadline,
        drop_deadline=fields.drop_deadline,
        holidays=fields.holidays,
        credit_maximum=fields.credit_maximum,
    )
    courses = {course.code: course for course in (_course(given, ids) for given in timetable.courses)}
    offerings = [
        OfferingFacts(offering, (courses[offering.code],), _sections(offering, document, ids))
        for document in timetable.offerings
        for offering in [_offering(term, courses[document.course], document, ids)]
    ]
    sections = {section.id: section for known in offerings for section in known.sections}
    return Facts(
        term=term,
        next_number=1,
        students={},
        offerings={known.offering.id: known for known in offerings},
        sections=sections,
        seating={s.id: Seating.new(s.capacity) for s in sections.values() if s.capacity is not None},
        offering_ids={Reference(code=known.offering.code): known.offering.id for known in offerings},
        section_ids={},
    )


def _course(given: CourseFields, ids: CountedIds) -> Course:
    return Course(CourseId(ids.new()), given.subject, given.number, given.title, "", given.credits)


def _offering(term: Term, course: Course, document: TimetableOffering, ids: CountedIds) -> CourseOffering:
    return CourseOffering(
        id=OfferingId(ids.new()),
        term_id=term.id,
        course_id=course.id,
        code=document.course,
        configurations=tuple(assemble_configuration(given, None, ids) for given in document.configurations),
    )


def _sections(offering: CourseOffering, document: TimetableOffering, ids: CountedIds) -> tuple[Section, ...]:
    components = {f"{conf.name}/{c.name}": c.id for conf in offering.configurations for c in conf.components}
    identifiers = {given.code: SectionId(ids.new()) for given in document.sections}
    return tuple(
        Section(
            id=identifiers[given.code],
            term_id=offering.term_id,
            offering_id=offering.id,
            component_id=components[given.component],
            code=given.code,
            capacity=given.capacity,
            parent_id=None if given.parent is None else identifiers[given.parent],
            meetings=tuple(
                Meeting(meeting.weekdays, meeting.starts_at, meeting.ends_at, meeting.weeks)
                for meeting in given.meetings
            ),
        )
        for given in sorted(document.sections, key=lambda given: given.code)
    )
