"""Whether sections can be taken: configuration, parents, seats, and the times of the student's other sections.

Each rule is a pure function with the name a registrar would say, answering a verdict.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from domain.registration.codes import RejectionCode
from domain.registration.facts import OfferingFacts, StudentFacts
from domain.registration.ledger import Ledger
from domain.scheduling.calendar import Meeting, TermCalendar
from domain.scheduling.section import Section, SectionStatus
from domain.shared.identifiers import ComponentId, StudentId
from domain.shared.value import value
from domain.shared.verdict import ALLOWED, Rejection, Verdict

SEAT_CODES = frozenset({RejectionCode.SEATS_FULL, RejectionCode.SEATS_RESERVED})
"""The rejections that waiting can cure."""


def sections_form_one_configuration(facts: OfferingFacts, chosen: Sequence[Section]) -> Verdict:
    """The chosen sections are exactly one for each component of one configuration.

    Components are judged against the configuration of the first chosen section.
    """
    configuration = facts.offering.configuration_of(chosen[0].component_id)
    components = () if configuration is None else configuration.components
    of_all = frozenset() if configuration is None else configuration.component_ids
    if len(chosen) == len(components) and of_all == {section.component_id for section in chosen}:
        return ALLOWED
    needed = {component.id: component.name for component in components}
    chosen_components = [section.component_id for section in chosen]
    missing = tuple(name for identifier, name in needed.items() if identifier not in chosen_components)
    surplus = tuple(
        section.code
        for position, section in enumerate(chosen)
        if section.component_id not in needed or section.component_id in chosen_components[:position]
    )
    return Rejection(RejectionCode.COMPONENT_MISSING, {"missing": missing, "surplus": surplus})


def parents_are_taken_too(chosen: Sequence[Section], sections_of_offering: Iterable[Section]) -> tuple[Verdict, ...]:
    """A section that has a parent is taken only together with the parent."""
    chosen_ids = {section.id for section in chosen}
    orphans = [(section, p) for section in chosen if (p := section.parent_id) is not None and p not in chosen_ids]
    if not orphans:
        return ()
    codes = {section.id: section.code for section in sections_of_offering}
    return tuple(
        Rejection(
            RejectionCode.PARENT_SECTION_MISMATCH,
            {"section": section.code, "parent": codes.get(parent, str(parent))},
        )
        for section, parent in orphans
    )


def section_is_open(section: Section) -> Verdict:
    """Only open sections take students."""
    if section.status is SectionStatus.OPEN:
        return ALLOWED
    return Rejection(RejectionCode.SECTION_NOT_OPEN, {"section": section.code, "status": section.status.value})


@value(frozen=True, slots=True)
class Seat:
    """A seat that can be had, against the reserved `pool` if one is named."""

    pool: str | None = None


ANY_SEAT = Seat()
"""A seat that is reserved for nobody."""


def seat_is_free(
    ledger: Ledger, section: Section, identifier: StudentId, student: StudentFacts, moment: datetime
) -> Seat | Rejection:
    """A section that is not unlimited needs a seat that is free and not reserved for others.

    A student who belongs to cohorts with reserved seats takes from the first of them that has one left, in listed
    order, and else, like everybody, from the seats that are not reserved.
    """
    if section.capacity is None:
        return ANY_SEAT
    seating = ledger.seating_of(section)
    free = 0 if seating is None else seating.free
    if free <= 0:
        return Rejection(RejectionCode.SEATS_FULL, {"section": section.code, "capacity": section.capacity})
    if not section.reserved:
        return ANY_SEAT
    profile = student.profile
    program = None if profile is None else profile.program_id
    class_level = None if profile is None else profile.class_level
    taken = ledger.pools_taken(section.id)
    left: dict[str, int] = {}
    for pool in section.reserved:
        seats = pool.seats - taken.get(pool.name, 0)
        if seats > 0 and pool.holds_at(moment):
            if pool.cohort.includes(identifier, program, class_level):
                return Seat(pool.name)
            left[pool.name] = seats
    if free > sum(left.values()):
        return ANY_SEAT
    return Rejection(RejectionCode.SEATS_RESERVED, {"section": section.code, "free": free, "reserved": tuple(left)})


def waitlist_has_room(ledger: Ledger, section: Section) -> Verdict:
    """Each section lets only so many wait."""
    if ledger.waiting_for(section.id) < section.waitlist_capacity:
        return ALLOWED
    return Rejection(RejectionCode.WAITLIST_FULL, {"section": section.code, "capacity": section.waitlist_capacity})


def schedule_has_no_clash(
    chosen: Sequence[Section], schedule: Iterable[Section], calendar: TermCalendar
) -> tuple[Verdict, ...]:
    """No two sections that a student takes meet at the same time, neither new with old nor new with new."""
    others = tuple(schedule)
    if _never_meet_at_once(chosen, others):
        return ()
    rejections: list[Verdict] = []
    for position, section in enumerate(chosen):
        for other in (*others, *chosen[:position]):
            meeting = section.clash_with(other, calendar)
            if meeting is not None:
                rejections.append(_time_conflict(section, other, meeting))
    return tuple(rejections)


def times_of_week(sections: Iterable[Section]) -> int:
    """The times of the week at which any of the sections may meet, as a bit set."""
    taken = 0
    for section in sections:
        taken |= section.times_of_week
    return taken


def _never_meet_at_once(chosen: Sequence[Section], others: Sequence[Section]) -> bool:
    """Whether it is plain from the times of the week alone that nothing clashes."""
    taken = times_of_week(others)
    for section in chosen:
        times = section.times_of_week
        if taken & times:
            return False
        taken |= times
    return True


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
