"""What one command of a list may look at and move, although facts were loaded for the whole list."""

from collections.abc import Iterable

from domain.registration.commands import Command, RegistrationRequest, adds_in, enrollment_of
from domain.registration.enrollment import Enrollment
from domain.registration.ledger import Ledger
from domain.registration.waitlist import WaitlistEntry
from domain.shared.identifiers import OfferingId, StudentId, WaitlistEntryId
from domain.shared.value import value


@value(frozen=True, slots=True)
class Scope:
    """The offerings and students whose facts count for a command, and the entries of the queues that it may move."""

    offerings: frozenset[OfferingId]
    students: frozenset[StudentId]
    entries: frozenset[WaitlistEntryId]


def scope_of(ledger: Ledger, command: Command, *, alone: bool) -> Scope:
    """The scope of a command on what the commands before it left.

    A command `alone` in its list has all that was loaded, for nothing else was, and so has a registrar's command. A
    request in a list is decided as if it had come alone: on what it would have loaded itself (`RegistrationBook.load`
    says what that is), and on nothing more.
    """
    facts = ledger.facts
    if alone or not isinstance(command, RegistrationRequest):
        entries = frozenset(entry.id for entry in ledger.waiting())
        return Scope(frozenset(facts.offerings), frozenset(facts.students), entries)
    queues = _first_queues(ledger, command)
    waiting = _follow_promotions(ledger, queues) if ledger.waiting() else ()
    students = frozenset([command.student_id, *[entry.student_id for entry in waiting]])
    for student in students:
        queues.update([enrollment.offering_id for enrollment in ledger.enrollments(student)])
    known = students if students <= facts.students.keys() else students.intersection(facts.students)
    return Scope(frozenset(queues), known, frozenset([entry.id for entry in waiting]))


def _first_queues(ledger: Ledger, request: RegistrationRequest) -> set[OfferingId]:
    """The offerings that the request names, directly or by an enrollment, and those for which the student waits."""
    facts, student = ledger.facts, request.student_id
    queues = {entry.offering_id for entry in ledger.entries_of(student)}
    for action in request.actions:
        for add in adds_in(action):
            for choice in add.choices:
                named = facts.offering_ids.get(choice.offering)
                if named is not None:
                    queues.add(named)
        given_up = enrollment_of(action)
        enrollment = None if given_up is None else ledger.enrollment(student, given_up)
        if enrollment is not None:
            queues.add(enrollment.offering_id)
    return queues


def _follow_promotions(ledger: Ledger, queues: set[OfferingId]) -> tuple[WaitlistEntry, ...]:
    """Those who wait in `queues`, which grow by what promotions reach.

    Whoever is promoted may drop something else, whose queue moves then; and may come to fit another queue, by what is
    dropped or because the course there asks for others beside it.
    """
    every = ledger.waiting()
    while True:
        waiting = tuple(entry for entry in every if entry.offering_id in queues)
        reached = _reached_by(ledger, waiting, every)
        if reached <= queues:
            return waiting
        queues |= reached


def _reached_by(ledger: Ledger, waiting: Iterable[WaitlistEntry], every: Iterable[WaitlistEntry]) -> set[OfferingId]:
    students = {entry.student_id for entry in waiting}
    swapping = {entry.student_id for entry in waiting if entry.drop_if_enrolled is not None}
    given_up = (_given_up(ledger, entry) for entry in waiting)
    reached = {enrollment.offering_id for enrollment in given_up if enrollment is not None}
    return reached.union(
        entry.offering_id
        for entry in every
        if entry.student_id in swapping or (entry.student_id in students and _asks_for_others(ledger, entry))
    )


def _given_up(ledger: Ledger, entry: WaitlistEntry) -> Enrollment | None:
    if entry.drop_if_enrolled is None:
        return None
    return ledger.enrollment(entry.student_id, entry.drop_if_enrolled)


def _asks_for_others(ledger: Ledger, entry: WaitlistEntry) -> bool:
    return ledger.facts.offerings[entry.offering_id].course(entry.course_id).corequisite is not None
