"""May this student take this? Every rule's verdict, with no side effect."""

from uuid import UUID

from pydantic import Field

from application.registration.decisions import rejection_view, verdict_view, waiver_views
from application.registration.dto import ChoiceFields, RejectionView, VerdictView, WaiverView
from application.registration.ports import RegistrationReading
from application.registration.register import choice_of
from application.shared.caller import STAFF, Caller
from application.shared.clock import Clock
from application.shared.dto import Code, Dto, Moment, ReferenceText, reference
from application.shared.errors import UnknownReference
from domain.catalog.grading import GradingBasis
from domain.registration.asking import ask
from domain.registration.commands import Add, IfFull, RegistrationRequest
from domain.shared.identifiers import EnrollmentId, RequestId, WaitlistEntryId


class EligibilityQuestion(ChoiceFields):
    """Which offering, in which term, through which sections (none named: wherever there is a place)."""

    term: ReferenceText
    grading_basis: GradingBasis | None = None


class EligibilityView(Dto):
    """What would be decided at `asked_at`.

    `eligible` says whether the add would be enrolled, `could_wait` whether it would be waitlisted instead if it asked
    to; `sections` are the codes of the sections that it would go through. Nothing is promised: seats may be gone in a
    moment.
    """

    student: UUID
    term: UUID
    asked_at: Moment
    eligible: bool
    could_wait: bool
    sections: tuple[Code, ...] = ()
    rejections: tuple[RejectionView, ...] = ()
    waived: tuple[WaiverView, ...] = ()
    verdicts: tuple[VerdictView, ...] = Field(default=())


class AskEligibility:
    """The use case."""

    def __init__(self, reading: RegistrationReading, clock: Clock) -> None:
        self._reading = reading
        self._clock = clock

    async def execute(self, caller: Caller, student: ReferenceText, question: EligibilityQuestion) -> EligibilityView:
        """Judge an add as the desk would now. Raises `UnknownReference` for the student or term, `AccessDenied`."""
        asked_at = self._clock.now()
        async with self._reading(caller.institution) as views:
            addressee = await views.addressee(reference(question.term), reference(student))
            if addressee.student is None:
                caller.require_role(STAFF)
                field = "student"
                raise UnknownReference(field, student)
            caller.require_access_to_student(addressee.student, STAFF)
            if addressee.term is None:
                field = "term"
                raise UnknownReference(field, question.term)
            nobody = UUID(int=0)
            add = Add(
                EnrollmentId(nobody),
                WaitlistEntryId(nobody),
                (choice_of(question),),
                question.grading_basis,
                IfFull.WAITLIST,
            )
            command = RegistrationRequest(RequestId(nobody), addressee.student, (add,), asked_at)
            facts = await views.facts(addressee.term, [command])
        answer = ask(facts, command, add)
        return EligibilityView(
            student=addressee.student,
            term=addressee.term,
            asked_at=asked_at,
            eligible=answer.eligible,
            could_wait=answer.could_wait,
            sections=tuple(section.code for section in answer.sections),
            rejections=tuple(rejection_view(rejection) for rejection in answer.rejections),
            waived=waiver_views(answer.judged),
            verdicts=tuple(verdict_view(judged) for judged in answer.judged),
        )
