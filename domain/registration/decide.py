"""The decision: facts and commands in, outcomes and effects out; pure, in arrival order, best effort."""

from collections.abc import Sequence

from domain.registration import eligibility as rules
from domain.registration.codes import RejectionCode
from domain.registration.commands import Action, Add, Command, Drop, RegistrationRequest, ReviseSection
from domain.registration.enrollment import Enrollment, SeatTaken
from domain.registration.facts import Facts, OfferingFacts
from domain.registration.ledger import Ledger
from domain.registration.outcomes import (
    Decided,
    Decision,
    Effects,
    Outcome,
    RequestDecided,
    RevisionRefused,
    SectionRevised,
)
from domain.registration.placement import Placed, place
from domain.scheduling.section import Section
from domain.shared.verdict import ALLOWED, Rejection, rejections_among


def decide(facts: Facts, commands: Sequence[Command]) -> tuple[tuple[Decided, ...], Effects]:
    """Decide `commands` one after the other, each on what those before it left; one answer for each, in order."""
    ledger = Ledger(facts)
    answers: list[Decided] = []
    for command in commands:
        if isinstance(command, RegistrationRequest):
            answers.append(_decide_request(ledger, command))
        else:
            answers.append(_decide_revision(ledger, command))
    return tuple(answers), ledger.effects


def _decide_request(ledger: Ledger, request: RegistrationRequest) -> RequestDecided:
    return RequestDecided(tuple(_decide_action(ledger, request, action) for action in request.actions))


def _decide_action(ledger: Ledger, request: RegistrationRequest, action: Action) -> Decision:
    match action:
        case Add():
            return _decide_add(ledger, request, action)
        case Drop():
            return _decide_drop(ledger, request, action)


def _decide_add(ledger: Ledger, request: RegistrationRequest, action: Add) -> Decision:
    number = ledger.next_number()
    offering = ledger.facts.offering_named(action.offering)
    if offering is None:
        unknown = Rejection(RejectionCode.UNKNOWN_OFFERING, {"offering": str(action.offering)})
        return _rejected(number, action, (*_against_adding(ledger, request, None), unknown))
    against = _against_adding(ledger, request, offering)
    chosen = _choose_sections(ledger, request, action, offering)
    if isinstance(chosen, tuple):
        return _rejected(number, action, (*against, *chosen))
    if against:
        return _rejected(number, action, against)
    enrollment = Enrollment(
        id=action.enrollment_id,
        student_id=request.student_id,
        term_id=ledger.facts.term.id,
        offering_id=offering.offering.id,
        course_id=offering.offering.course_id,
        credits=offering.credits,
        seats=tuple(
            SeatTaken(section.id, section.component_id, ledger.take_seat(section)) for section in chosen.sections
        ),
        number=number,
        enrolled_at=request.arrived_at,
    )
    ledger.enroll(enrollment)
    return Decision(number, action, Outcome.ENROLLED, enrollment)


def _against_adding(
    ledger: Ledger, request: RegistrationRequest, offering: OfferingFacts | None
) -> tuple[Rejection, ...]:
    """What speaks against the add whatever the sections."""
    term = ledger.facts.term
    verdicts = [
        rules.registration_is_open(term, request.arrived_at),
        rules.add_deadline_is_ahead(term, request.arrived_at),
        *rules.no_hold_blocks(ledger.holds(request.student_id)),
    ]
    if offering is not None:
        enrollments = ledger.enrollments(request.student_id)
        verdicts.append(rules.course_is_not_taken_twice(offering.offering.course_id, enrollments))
        verdicts.append(rules.credits_stay_within_maximum(term, enrollments, offering.credits))
    return rejections_among(verdicts)


def _choose_sections(
    ledger: Ledger, request: RegistrationRequest, action: Add, offering: OfferingFacts
) -> Placed | tuple[Rejection, ...]:
    """The sections to sit in: those that the student named, or those that placement finds."""
    schedule = [
        section for section in ledger.schedule(request.student_id) if section.offering_id != offering.offering.id
    ]
    if action.sections:
        return _judge_named_sections(ledger, action, offering, schedule)

    def obstacles(section: Section) -> tuple[Rejection, ...]:
        return rejections_among(
            (rules.section_is_open(section), rules.seat_is_free(section, ledger.seating_of(section)))
        )

    found = place(offering, schedule, ledger.facts.term.calendar, obstacles)
    return found if isinstance(found, Placed) else (found,)


def _judge_named_sections(
    ledger: Ledger, action: Add, offering: OfferingFacts, schedule: Sequence[Section]
) -> Placed | tuple[Rejection, ...]:
    named = [(reference, ledger.facts.section_named(reference, offering)) for reference in action.sections]
    unknown = tuple(
        Rejection(RejectionCode.UNKNOWN_SECTION, {"section": str(reference)})
        for reference, section in named
        if section is None
    )
    chosen = tuple(dict.fromkeys(section for _, section in named if section is not None))
    if not chosen:
        return unknown
    verdicts = [
        rules.sections_form_one_configuration(offering, chosen) if not unknown else ALLOWED,
        *rules.parents_are_taken_too(chosen, offering.sections),
        *(rules.section_is_open(section) for section in chosen),
        *(rules.seat_is_free(section, ledger.seating_of(section)) for section in chosen),
        *rules.schedule_has_no_clash(chosen, schedule, ledger.facts.term.calendar),
    ]
    against = (*unknown, *rejections_among(verdicts))
    return against or Placed(chosen)


def _decide_drop(ledger: Ledger, request: RegistrationRequest, action: Drop) -> Decision:
    number = ledger.next_number()
    term = ledger.facts.term
    enrollment = ledger.enrollment(request.student_id, action.enrollment_id)
    against = rejections_among(
        (
            rules.registration_is_open(term, request.arrived_at),
            rules.drop_deadline_is_ahead(term, request.arrived_at),
            *rules.no_hold_blocks(ledger.holds(request.student_id)),
        )
    )
    if enrollment is None:
        not_enrolled = Rejection(RejectionCode.NOT_ENROLLED, {"enrollment": str(action.enrollment_id)})
        return _rejected(number, action, (*against, not_enrolled))
    if against:
        return _rejected(number, action, against)
    return Decision(number, action, Outcome.DROPPED, ledger.drop(enrollment, request.arrived_at))


def _rejected(number: int, action: Action, rejections: tuple[Rejection, ...]) -> Decision:
    return Decision(number, action, Outcome.REJECTED, rejections=rejections)


def _decide_revision(ledger: Ledger, command: ReviseSection) -> SectionRevised | RevisionRefused:
    number = ledger.next_number()
    refused = ledger.revise(command.section, command.expected_version)
    return SectionRevised(number, command.section) if refused is None else RevisionRefused(number, refused)
