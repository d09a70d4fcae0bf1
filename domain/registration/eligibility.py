"""The rules of registration: each a pure function with the name a registrar would say, answering a verdict."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from domain.people.hold import Hold
from domain.registration.codes import RejectionCode
from domain.registration.enrollment import Enrollment
from domain.registration.facts import OfferingFacts
from domain.registration.seating import Seating
from domain.scheduling.calendar import Meeting, TermCalendar
from domain.scheduling.section import Section, SectionStatus
from domain.scheduling.term import Term
from domain.shared.identifiers import ComponentId, CourseId
from domain.shared.verdict import ALLOWED, Rejection, Verdict


def registration_is_open(term: Term, moment: datetime) -> Verdict:
    """Registration requests are taken only within the term's registration window."""
    if term.is_open_at(moment):
        return ALLOWED
    window = {
        "term": term.code,
        "opens_at": term.registration_opens_at.isoformat(),
        "closes_at": term.registration_closes_at.isoformat(),
    }
    return Rejection(RejectionCode.TERM_NOT_OPEN, window)


def add_deadline_is_ahead(term: Term, moment: datetime) -> Verdict:
    """Courses are added until the end of the add deadline's day, on the institution's clock."""
    return _deadline_is_ahead("add", term, moment)


def drop_deadline_is_ahead(term: Term, moment: datetime) -> Verdict:
    """Courses are dropped until the end of the drop deadline's day, on the institution's clock."""
    return _deadline_is_ahead("drop", term, moment)


def _deadline_is_ahead(action: str, term: Term, moment: datetime) -> Verdict:
    deadline = term.add_deadline if action == "add" else term.drop_deadline
    if term.day_of(moment) <= deadline:
        return ALLOWED
    return Rejection(
        RejectionCode.DEADLINE_PASSED, {"action": action, "term": term.code, "deadline": deadline.isoformat()}
    )


def no_hold_blocks(holds: Iterable[Hold]) -> tuple[Verdict, ...]:
    """Every active registration hold blocks on its own."""
    return tuple(
        Rejection(RejectionCode.HOLD, {"hold": str(hold.id), "office": hold.office, "reason": hold.reason})
        for hold in holds
        if hold.blocks_registration()
    )


def course_is_not_taken_twice(course_id: CourseId, enrollments: Iterable[Enrollment]) -> Verdict:
    """A student is enrolled in a course at most once in a term."""
    for enrollment in enrollments:
        if enrollment.course_id == course_id:
            return Rejection(
                RejectionCode.ALREADY_ENROLLED, {"enrollment": str(enrollment.id), "course": str(course_id)}
            )
    return ALLOWED


def credits_stay_within_maximum(term: Term, enrollments: Iterable[Enrollment], requested: Decimal) -> Verdict:
    """Enrolled and requested credits together do not exceed the term's maximum."""
    enrolled = sum((enrollment.credits for enrollment in enrollments), Decimal(0))
    if term.credit_maximum is None or enrolled + requested <= term.credit_maximum:
        return ALLOWED
    return Rejection(
        RejectionCode.CREDIT_MAXIMUM,
        {"enrolled": enrolled, "requested": requested, "maximum": term.credit_maximum},
    )


def sections_form_one_configuration(facts: OfferingFacts, chosen: Sequence[Section]) -> Verdict:
    """The chosen sections are exactly one for each component of one configuration.

    Components are judged against the configuration of the first chosen section.
    """
    configuration = facts.offering.configuration_of(chosen[0].component_id)
    components = () if configuration is None else configuration.components
    needed = {component.id: component.name for component in components}
    chosen_components = [section.component_id for section in chosen]
    missing = tuple(name for identifier, name in needed.items() if identifier not in chosen_components)
    surplus = tuple(
        section.code
        for position, section in enumerate(chosen)
        if section.component_id not in needed or section.component_id in chosen_components[:position]
    )
    if not missing and not surplus:
        return ALLOWED
    return Rejection(RejectionCode.COMPONENT_MISSING, {"missing": missing, "surplus": surplus})


def parents_are_taken_too(chosen: Sequence[Section], sections_of_offering: Iterable[Section]) -> tuple[Verdict, ...]:
    """A section that has a parent is taken only together with the parent."""
    chosen_ids = {section.id for section in chosen}
    codes = {section.id: section.code for section in sections_of_offering}
    return tuple(
        Rejection(
            RejectionCode.PARENT_SECTION_MISMATCH,
            {"section": section.code, "parent": codes.get(section.parent_id, str(section.parent_id))},
        )
        for section in chosen
        if section.parent_id is not None and section.parent_id not in chosen_ids
    )


def section_is_open(section: Section) -> Verdict:
    """Only open sections take students."""
    if section.status is SectionStatus.OPEN:
        return ALLOWED
    return Rejection(RejectionCode.SECTION_NOT_OPEN, {"section": section.code, "status": section.status.value})


def seat_is_free(section: Section, seating: Seating | None) -> Verdict:
    """A section that is not unlimited needs a free seat."""
    if section.is_unlimited or (seating is not None and seating.free > 0):
        return ALLOWED
    return Rejection(RejectionCode.SEATS_FULL, {"section": section.code, "capacity": section.capacity})


def schedule_has_no_clash(
    chosen: Sequence[Section], schedule: Iterable[Section], calendar: TermCalendar
) -> tuple[Verdict, ...]:
    """No two sections that a student takes meet at the same time, neither new with old nor new with new."""
    others = tuple(schedule)
    rejections: list[Verdict] = []
    for position, section in enumerate(chosen):
        for other in (*others, *chosen[:position]):
            meeting = section.clash_with(other, calendar)
            if meeting is not None:
                rejections.append(_time_conflict(section, other, meeting))
    return tuple(rejections)


def _time_conflict(section: Section, other: Section, meeting: Meeting) -> Rejection:
    return Rejection(
        RejectionCode.TIME_CONFLICT,
        {"section": section.code, "other_section": other.code, "meeting": meeting_in_words(meeting)},
    )


def meeting_in_words(meeting: Meeting) -> str:
    """A meeting as people write it, such as `Mon, Wed 10:00-11:30`."""
    days = ", ".join(day.name.title()[:3] for day in sorted(meeting.weekdays))
    return f"{days} {meeting.starts_at:%H:%M}-{meeting.ends_at:%H:%M}"


def components_of(sections: Iterable[Section]) -> dict[ComponentId, list[Section]]:
    """The sections grouped by the component they belong to, in the given order."""
    groups: dict[ComponentId, list[Section]] = {}
    for section in sections:
        groups.setdefault(section.component_id, []).append(section)
    return groups
