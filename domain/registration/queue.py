"""The honest queue: a free seat goes to the first eligible waiting entry, in the order of (priority, arrival).

After every command the queues are settled until no waiting entry could be seated: a newcomer who finds a free seat then
takes it from nobody.
"""

from datetime import datetime

from domain.registration.assessment import Assessment, assess, find_seat, rejections_in
from domain.registration.candidate import Candidate
from domain.registration.enrollment import Enrollment
from domain.registration.leaving import judge_leaving, judge_what_is_left
from domain.registration.ledger import Ledger
from domain.registration.moves import Moves
from domain.registration.outcomes import Consequence, Judged, Movement
from domain.registration.situation import Situation
from domain.registration.waitlist import EntryStatus, WaitlistEntry
from domain.shared.verdict import Rejection


def settle(ledger: Ledger, moment: datetime) -> tuple[Consequence, ...]:
    """Promote, skip and expire entries until the queues rest; answers what was done, in order."""
    if not ledger.waiting():
        return ()
    closes_at = ledger.facts.term.waitlist_closes_at
    moves = Moves(ledger, moment)
    if closes_at is not None and closes_at <= moment:
        return tuple(_end(ledger, moves, entry, EntryStatus.EXPIRED, Movement.EXPIRED) for entry in ledger.waiting())
    done: list[Consequence] = []
    while (step := _first_promotion(ledger, moves, moment, done)) is not None:
        done += step
    return tuple(done)


def _end(ledger: Ledger, moves: Moves, entry: WaitlistEntry, status: EntryStatus, movement: Movement) -> Consequence:
    number = ledger.next_number()
    return Consequence(number, movement, moves.leave(number, entry, status))


def _first_promotion(
    ledger: Ledger, moves: Moves, moment: datetime, done: list[Consequence]
) -> tuple[Consequence, ...] | None:
    """Promote the first entry that can be seated; notes in `done` why entries before it were passed over."""
    for entry in ledger.waiting():
        if _is_stuck(ledger, entry):
            continue
        situation = _situation(ledger, entry, moment)
        if not _has_seats(situation, entry):
            continue
        assessment, judged = _assess(situation, entry)
        reasons = rejections_in(judged)
        if not reasons:
            return _promote(ledger, moves, entry, assessment, judged, situation.leaving)
        if reasons != entry.skipped:
            number = ledger.next_number()
            skipped = moves.skip(number, entry, reasons)
            done.append(Consequence(number, Movement.SKIPPED, skipped, reasons=reasons, judged=judged))
    return None


def _is_stuck(ledger: Ledger, entry: WaitlistEntry) -> bool:
    """Whether a section is full and the student has nothing by which there could be a seat in it.

    So it is for most who wait, and asked first: a long queue costs little as long as it rests.
    """
    if entry.drop_if_enrolled is not None or not any(map(ledger.is_full, entry.section_ids)):
        return False
    return not ledger.student(entry.student_id).permissions


def _situation(ledger: Ledger, entry: WaitlistEntry, moment: datetime) -> Situation:
    """The student of an entry, as if what is to be dropped were dropped."""
    standing = ledger.enrollments(entry.student_id)
    leaving = tuple(e for e in standing if e.id == entry.drop_if_enrolled)
    staying = tuple(e for e in standing if e.id != entry.drop_if_enrolled)
    return Situation(ledger, entry.student_id, moment, staying, leaving)


def _has_seats(situation: Situation, entry: WaitlistEntry) -> bool:
    """Whether there is a seat, or a permission that adds one, in every section that the entry waits for."""
    facts = situation.ledger.facts
    for identifier in entry.section_ids:
        section = facts.sections[identifier]
        if situation.seat_kept_in(section) is not None:
            continue
        found = find_seat(situation, section)
        offering = facts.offerings[entry.offering_id]
        if isinstance(found, Rejection) and situation.waiver_of(found, offering, (section,)) is None:
            return False
    return True


def _assess(situation: Situation, entry: WaitlistEntry) -> tuple[Assessment, tuple[Judged, ...]]:
    """What the rules say of the sections, and then of them together with what is to be dropped."""
    ledger, student, moment = situation.ledger, situation.student_id, situation.moment
    facts = ledger.facts
    offering = facts.offerings[entry.offering_id]
    sections = tuple(facts.sections[identifier] for identifier in entry.section_ids)
    candidate = Candidate.of(offering, offering.course(entry.course_id), sections, entry.grading_basis)
    assessment = assess(situation, candidate)
    judged = list(assessment.judged)
    before = Situation(ledger, student, moment, ledger.enrollments(student))
    after = Situation(ledger, student, moment, situation.staying, gained=(candidate,))
    for enrollment in situation.leaving:
        said = (*judge_leaving(before, enrollment), *judge_what_is_left(before, after, enrollment))
        judged += [each for each in said if each not in judged]
    return assessment, tuple(judged)


def _promote(
    ledger: Ledger,
    moves: Moves,
    entry: WaitlistEntry,
    assessment: Assessment,
    judged: tuple[Judged, ...],
    leaving: tuple[Enrollment, ...],
) -> tuple[Consequence, ...]:
    number = ledger.next_number()
    promoted = moves.leave(number, entry, EntryStatus.PROMOTED)
    enrollment = moves.enroll(number, entry.enrollment_id, entry.student_id, assessment, entry.id)
    ended = None
    for given_up in leaving:
        ended = moves.end(number, given_up, "promoted", keeping=enrollment)
    promotion = Consequence(number, Movement.PROMOTED, promoted, enrollment, ended, judged=judged)
    return (promotion, *leave_for(ledger, moves, enrollment))


def leave_for(ledger: Ledger, moves: Moves, enrollment: Enrollment) -> tuple[Consequence, ...]:
    """Whoever got into an offering waits for it no longer, unless it is to exchange that very enrollment."""
    return tuple(
        _end(ledger, moves, entry, EntryStatus.LEFT, Movement.LEFT)
        for entry in ledger.entries_of(enrollment.student_id)
        if entry.offering_id == enrollment.offering_id and entry.drop_if_enrolled != enrollment.id
    )
