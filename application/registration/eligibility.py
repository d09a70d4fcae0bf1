"""May this student take this? Every rule's verdict, with no side effect."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from pydantic import Field, ValidationInfo, field_validator

from application.people.relations import authorise_about
from application.registration.decisions import rejection_view, verdict_view, waiver_views
from application.registration.dto import RejectionView, VerdictView, WaiverView
from application.registration.ports import RegistrationReading, RegistrationViews
from application.scheduling.sections import SECTIONS
from application.scheduling.terms import TERMS
from application.shared.access import authorise
from application.shared.caller import Caller
from application.shared.clock import Clock
from application.shared.dto import Code, Dto, Moment, ReferenceText, reference
from application.shared.errors import NotFound
from domain.catalog.grading import GradingBasis
from domain.registration.asking import ask
from domain.registration.commands import Add, Choice, IfFull, RegistrationRequest
from domain.scheduling.section import Section
from domain.shared.identifiers import EnrollmentId, RequestId, TermId, WaitlistEntryId
from domain.shared.reference import Reference


class EligibilityQuestion(Dto):
    """Which offering, in which term, through which sections (none named: wherever there is a place).

    `sections` alone will do: the offering is that of the first. Offering and sections may leave the term's code out of
    their natural codes.
    """

    term: Annotated[ReferenceText, Field(description="The term.", examples=["code:2026-1"])]
    sections: Annotated[
        tuple[ReferenceText, ...],
        Field(max_length=30, description="The sections, one for each component.", examples=[["code:CS-101-A"]]),
    ] = ()
    offering: Annotated[
        ReferenceText | None,
        Field(validate_default=True, description="The offering; not needed where sections are named."),
    ] = None
    course: Annotated[
        ReferenceText | None, Field(description="As which of its courses a cross-listed offering is taken.")
    ] = None
    grading_basis: Annotated[
        GradingBasis | None, Field(description="How it is graded; the course's usual way when none is given.")
    ] = None

    @field_validator("offering")
    @classmethod
    def _something_is_asked_for(cls, offering: str | None, info: ValidationInfo) -> str | None:
        if offering is None and not info.data.get("sections", True):
            msg = "an offering or sections must be named"
            raise ValueError(msg)
        return offering


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
        """Judge an add as the desk would now.

        Raises `NotFound` for the student, the term, or the first section when no offering is named; `AccessDenied`.
        """
        asked_at = self._clock.now()
        async with self._reading(caller.institution) as views:
            addressee = await views.addressee(reference(question.term), reference(student))
            if addressee.student is None:
                authorise(caller, "get_eligibility")
                raise NotFound("student", student)
            await authorise_about(caller, "get_eligibility", addressee.student, views)
            if addressee.term is None:
                raise NotFound("term", question.term)
            nobody = UUID(int=0)
            add = Add(
                EnrollmentId(nobody),
                WaitlistEntryId(nobody),
                (await self._choice(views, addressee.term, question),),
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

    async def _choice(self, views: RegistrationViews, term: TermId, question: EligibilityQuestion) -> Choice:
        sections = tuple(reference(text) for text in question.sections)
        if question.offering is None:
            offering = await self._offering_of(views, term, sections[0])
        else:
            offering = reference(question.offering)
        return Choice(offering, sections, None if question.course is None else reference(question.course))

    @staticmethod
    async def _offering_of(views: RegistrationViews, term: TermId, section: Reference) -> Reference:
        """The offering of a section that is named as within a request: without the term's code, or with it."""
        named = section
        if section.id is None and section.scope is None:
            of_term = await views.views(TERMS).one(term)
            named = replace(section, scope=None if of_term is None else of_term.code)
        identifier = await views.identify(Section, named)
        found = None if identifier is None else await views.views(SECTIONS).one(identifier)
        if found is None:
            raise NotFound(SECTIONS.name, str(section))
        return reference(found.offering)
