"""The moves by which seats, enrollments and queues change, each with the event that tells of it."""

from datetime import datetime

from domain.registration.assessment import Assessment, take_seats
from domain.registration.enrollment import Enrollment, EnrollmentStatus, SeatTaken
from domain.registration.events import (
    EnrollmentChanged,
    EnrollmentEnded,
    Event,
    StudentEnrolled,
    StudentWaitlisted,
    WaitlistEntryEnded,
    WaitlistEntrySkipped,
)
from domain.registration.ledger import Ledger
from domain.registration.waitlist import EntryStatus, WaitlistEntry
from domain.registration.windows import leaving_at
from domain.shared.identifiers import EnrollmentId, StudentId, WaitlistEntryId
from domain.shared.verdict import Rejection


class Moves:
    """The moves on a ledger at a moment; whether they are allowed was decided before."""

    def __init__(self, ledger: Ledger, moment: datetime) -> None:
        self._ledger = ledger
        self._moment = moment

    def enroll(
        self,
        number: int,
        identifier: EnrollmentId,
        student: StudentId,
        assessment: Assessment,
        entry: WaitlistEntryId | None = None,
    ) -> Enrollment:
        """Seat a student as assessed; whoever waits for the offering still need wait no longer."""
        candidate = assessment.candidate
        enrollment = self._ledger.write(
            Enrollment(
                id=identifier,
                student_id=student,
                term_id=self._ledger.facts.term.id,
                offering_id=candidate.facts.offering.id,
                course_id=candidate.course.id,
                credits=candidate.course.credits,
                seats=take_seats(self._ledger, assessment),
                number=number,
                enrolled_at=self._moment,
                grading_basis=candidate.basis,
            )
        )
        self._tell(
            StudentEnrolled(
                number,
                self._moment,
                enrollment.term_id,
                student,
                identifier,
                enrollment.offering_id,
                enrollment.course_id,
                enrollment.section_ids,
                entry,
            )
        )
        return enrollment

    def end(
        self, number: int, enrollment: Enrollment, because: str, *, keeping: Enrollment | None = None
    ) -> Enrollment:
        """End an enrollment, dropped or withdrawn as the deadlines say, and give back the seats not kept by another."""
        facts = self._ledger.facts
        session = facts.offerings[enrollment.offering_id].offering.session
        status = leaving_at(facts.term.deadlines(session), facts.term, self._moment) or EnrollmentStatus.DROPPED
        return self._end(number, enrollment, status, because, () if keeping is None else keeping.seats)

    def remove(self, number: int, enrollment: Enrollment) -> Enrollment:
        """Take an enrollment away because its section was cancelled: that leaves no W, whatever the deadlines."""
        return self._end(number, enrollment, EnrollmentStatus.DROPPED, "section_cancelled", ())

    def _end(
        self,
        number: int,
        enrollment: Enrollment,
        status: EnrollmentStatus,
        because: str,
        kept: tuple[SeatTaken, ...],
    ) -> Enrollment:
        ended = self._ledger.write(enrollment.end(status, self._moment))
        for seat in enrollment.seats:
            if seat not in kept:
                self._ledger.give_back(seat)
        self._tell(
            EnrollmentEnded(
                number,
                self._moment,
                ended.term_id,
                ended.student_id,
                ended.id,
                ended.offering_id,
                status.value,
                because,
            )
        )
        return ended

    def change_sections(self, number: int, enrollment: Enrollment, assessment: Assessment) -> Enrollment:
        """Move an enrollment to other sections; the seats in sections that stay are kept."""
        seats = take_seats(self._ledger, assessment)
        changed = self.change(number, enrollment.move(seats))
        for seat in enrollment.seats:
            if seat not in seats:
                self._ledger.give_back(seat)
        return changed

    def change(self, number: int, enrollment: Enrollment) -> Enrollment:
        """Note the new state of an enrollment that goes on."""
        self._ledger.write(enrollment)
        self._tell(
            EnrollmentChanged(
                number,
                self._moment,
                enrollment.term_id,
                enrollment.student_id,
                enrollment.id,
                enrollment.section_ids,
                enrollment.grading_basis.value,
            )
        )
        return enrollment

    def join(self, entry: WaitlistEntry) -> int:
        """Put an entry at the end of its queue; answers the position there."""
        self._ledger.write_entry(entry)
        position = self._ledger.position(entry)
        self._tell(
            StudentWaitlisted(
                entry.number,
                self._moment,
                entry.term_id,
                entry.student_id,
                entry.id,
                entry.offering_id,
                entry.section_ids,
                position,
            )
        )
        return position

    def leave(self, number: int, entry: WaitlistEntry, status: EntryStatus) -> WaitlistEntry:
        """End an entry."""
        ended = self._ledger.write_entry(entry.end(status, self._moment))
        self._tell(WaitlistEntryEnded(number, self._moment, entry.term_id, entry.student_id, entry.id, status.value))
        return ended

    def skip(self, number: int, entry: WaitlistEntry, reasons: tuple[Rejection, ...]) -> WaitlistEntry:
        """Pass over an entry, which keeps its place, and note why."""
        skipped = self._ledger.write_entry(entry.skip(reasons))
        codes = tuple(str(reason.code) for reason in reasons)
        self._tell(WaitlistEntrySkipped(number, self._moment, entry.term_id, entry.student_id, entry.id, codes))
        return skipped

    def _tell(self, event: Event) -> None:
        self._ledger.effects.events.append(event)
