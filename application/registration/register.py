"""Registering: a student's cart is decided, and each decision explained."""

from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from application.registration.addressees import Addressees
from application.registration.desk import RegistrationDesk
from application.registration.dto import Action as ActionFields
from application.registration.dto import (
    AddAction,
    ChangeBasisAction,
    ChangeSectionsAction,
    ChoiceFields,
    DropAction,
    LeaveWaitlistAction,
    RegistrationRequestFields,
    RegistrationRequestView,
    SwapAction,
)
from application.registration.ports import AnswerKey, KeptAnswer
from application.registration.submission import Idempotency, Submission
from application.shared.access import authorise, authorise_self
from application.shared.caller import Caller
from application.shared.clock import Clock, IdGenerator
from application.shared.dto import reference
from application.shared.errors import NotFound, UnknownReference
from application.shared.idempotency import require_key
from domain.registration.commands import (
    Action,
    Add,
    ChangeBasis,
    ChangeSections,
    Choice,
    Drop,
    LeaveWaitlist,
    RegistrationRequest,
    Swap,
)
from domain.shared.identifiers import EnrollmentId, RequestId, StudentId, TermId, WaitlistEntryId

_WHOSE = {"student", "term"}


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to a request, a `RegistrationRequestView` as JSON; `is_replay` when its idempotency key had been
    answered before.
    """

    json: str
    is_replay: bool

    @property
    def view(self) -> RegistrationRequestView:
        """The answer."""
        return RegistrationRequestView.model_validate_json(self.json)


class Register:
    """The use case."""

    def __init__(self, desk: RegistrationDesk, addressees: Addressees, clock: Clock, ids: IdGenerator) -> None:
        self._desk = desk
        self._addressees = addressees
        self._clock = clock
        self._ids = ids

    async def execute(
        self, caller: Caller, request: RegistrationRequestFields, idempotency_key: str | None = None
    ) -> RegistrationRequestView:
        """Decide the actions of `request`; a refused action is an answer, not an error.

        The same `idempotency_key` of the same caller gets the same answer until the end of the term, and has no second
        effect. Raises `UnknownReference` for an unknown student or term, `AccessDenied`, `InvalidField` for a key that
        is not 1 to 200 printable characters, `KeyReused` for one that came with another request, `Unavailable`.
        """
        return (await self.answer(caller, request, idempotency_key)).view

    async def answer(
        self, caller: Caller, request: RegistrationRequestFields, idempotency_key: str | None = None
    ) -> Answered:
        """Do what `execute` does, and tell whether the answer is an old one."""
        if idempotency_key is not None:
            require_key(idempotency_key)
        arrived_at = self._clock.now()
        term, student = await self._addressee(caller, request)
        command = RegistrationRequest(
            id=RequestId(self._ids.new()),
            student_id=student,
            actions=tuple([self._action(given) for given in request.actions]),
            arrived_at=arrived_at,
            mode=request.mode,
        )
        idempotency = None
        if idempotency_key is not None:
            key = AnswerKey(caller.subject, idempotency_key)
            idempotency = Idempotency(key, _digest(request, student, term))
        try:
            settled = await self._desk.decide(term, Submission(caller, command, idempotency))
        except NotFound:
            field = "term"
            raise UnknownReference(field, request.term) from None
        return Answered(settled.answer, is_replay=isinstance(settled, KeptAnswer))

    async def _addressee(self, caller: Caller, request: RegistrationRequestFields) -> tuple[TermId, StudentId]:
        """The term and student of a request; ids are taken at their word, for the desk looks them up anyway."""
        term, student = reference(request.term), reference(request.student)
        if term.id is not None and student.id is not None:
            authorise_self(caller, "register", StudentId(student.id))
            return TermId(term.id), StudentId(student.id)
        addressee = await self._addressees.find(caller.institution, term, student)
        if addressee.student is None:
            authorise(caller, "register")
            field = "student"
            raise UnknownReference(field, request.student)
        authorise_self(caller, "register", addressee.student)
        if addressee.term is None:
            field = "term"
            raise UnknownReference(field, request.term)
        return addressee.term, addressee.student

    def _action(self, given: ActionFields) -> Action:
        match given:
            case AddAction():
                return self._add(given)
            case SwapAction():
                return Swap(EnrollmentId(given.enrollment), self._add(given))
            case DropAction():
                return Drop(EnrollmentId(given.enrollment))
            case ChangeSectionsAction():
                sections = tuple(reference(text) for text in given.sections)
                return ChangeSections(EnrollmentId(given.enrollment), sections)
            case ChangeBasisAction():
                return ChangeBasis(EnrollmentId(given.enrollment), given.grading_basis)
            case LeaveWaitlistAction():
                return LeaveWaitlist(WaitlistEntryId(given.entry))

    def _add(self, given: AddAction | SwapAction) -> Add:
        return Add(
            enrollment_id=EnrollmentId(self._ids.new()),
            entry_id=WaitlistEntryId(self._ids.new()),
            choices=tuple([choice_of(fields) for fields in (given, *given.alternatives)]),
            grading_basis=given.grading_basis,
            if_full=given.if_full,
        )


def choice_of(given: ChoiceFields) -> Choice:
    """A choice with its references read."""
    return Choice(
        offering=reference(given.offering),
        sections=tuple([reference(text) for text in given.sections]),
        course=None if given.course is None else reference(given.course),
    )


def _digest(request: RegistrationRequestFields, student: StudentId, term: TermId) -> str:
    """The digest of what is asked for, however student and term are named."""
    asked = request.model_dump_json(exclude=_WHOSE)
    return sha256(f"{_id_text(request.term, term)} {_id_text(request.student, student)} {asked}".encode()).hexdigest()


def _id_text(named: str, identifier: UUID) -> str:
    """The id as text; whoever is named by id is named so already."""
    return str(identifier) if reference(named).id is None else named
