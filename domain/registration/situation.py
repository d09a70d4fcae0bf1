"""A student's situation, which every rule looks at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from operator import attrgetter

from domain.catalog.course import Course
from domain.registration.candidate import Candidate
from domain.registration.codes import RejectionCode
from domain.registration.enrollment import Enrollment, SeatTaken
from domain.registration.facts import OfferingFacts, StudentFacts
from domain.registration.ledger import Ledger
from domain.registration.outcomes import Judged, Waived
from domain.registration.permission import Permission
from domain.scheduling.section import Section, SectionStatus
from domain.shared.identifiers import StudentId
from domain.shared.verdict import Rejection

_NO_CREDITS = Decimal(0)
_by_section = attrgetter("section_id")


@dataclass(eq=False)
class Situation:
    """A student at a moment, with the schedule as it will be: `staying` and what is `gained` beside the candidate.

    `leaving` are the enrollments given up for it, whose seats the student may go on using. `expected` are the codes of
    courses that the same cart asks for and that are not chosen yet. It holds for as long as the ledger is not written
    to.
    """

    ledger: Ledger
    student_id: StudentId
    moment: datetime
    staying: tuple[Enrollment, ...]
    leaving: tuple[Enrollment, ...] = ()
    gained: tuple[Candidate, ...] = ()
    expected: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.student: StudentFacts = self.ledger.student(self.student_id)

    def offerings(self) -> list[OfferingFacts]:
        """What is known of the offerings of `staying`, in the same order."""
        offerings = self.ledger.facts.offerings
        return [offerings[enrollment.offering_id] for enrollment in self.staying]

    def courses(self) -> list[Course]:
        """The courses that the student takes beside the candidate."""
        kept = [known.course(e.course_id) for e, known in zip(self.staying, self.offerings(), strict=True)]
        return [*kept, *[candidate.course for candidate in self.gained]] if self.gained else kept

    def credits(self) -> Decimal:
        """The credits that the student takes beside the candidate."""
        kept = [enrollment.credits for enrollment in self.staying]
        return sum([*kept, *[candidate.course.credits for candidate in self.gained]], _NO_CREDITS)

    def sections_beside(self, facts: OfferingFacts) -> list[Section]:
        """The sections of other offerings in which the student sits, in an order that does not depend on storage."""
        own, sections = facts.offering.id, self.ledger.facts.sections
        kept = [
            sections[seat.section_id]
            for enrollment in self.staying
            if enrollment.offering_id != own
            for seat in (enrollment.seats if len(enrollment.seats) == 1 else sorted(enrollment.seats, key=_by_section))
        ]
        for candidate in self.gained:
            if candidate.facts.offering.id != own:
                kept += candidate.sections
        return kept

    def seat_kept_in(self, section: Section) -> SeatTaken | None:
        """The seat in `section` of an enrollment that is given up, which the student may keep."""
        for enrollment in self.leaving:
            seat = enrollment.seat_in(section.id)
            if seat is not None:
                return seat
        return None

    def permissions_for(self, facts: OfferingFacts) -> tuple[Permission, ...]:
        """The student's permissions for an offering."""
        return tuple([p for p in self.student.permissions if p.offering_id == facts.offering.id])

    def waiver_of(self, rejection: Rejection, facts: OfferingFacts, sections: Sequence[Section]) -> Permission | None:
        """The permission that waives a rejection, which is about one section where it names one.

        Nobody can sit in a cancelled section, whatever a permission says of sections that are not open.
        """
        if not self.student.permissions or rejection.parameters.get("status") == SectionStatus.CANCELLED:
            return None
        named = rejection.parameters.get("section")
        about = [section.id for section in sections if named is None or section.code == named]
        code = RejectionCode(rejection.code)
        for permission in self.permissions_for(facts):
            if permission.waives(code, about, self.moment):
                return permission
        return None

    def judge(self, judged: tuple[Judged, ...], candidate: Candidate) -> tuple[Judged, ...]:
        """What rules said of a candidate, after permissions."""
        if not self.student.permissions:
            return judged
        return tuple([self._after_permissions(each, candidate) for each in judged])

    def _after_permissions(self, judged: Judged, candidate: Candidate) -> Judged:
        verdict = judged.verdict
        if not isinstance(verdict, Rejection):
            return judged
        permission = self.waiver_of(verdict, candidate.facts, candidate.sections)
        return judged if permission is None else Judged(judged.rule, Waived(verdict, permission.id))
