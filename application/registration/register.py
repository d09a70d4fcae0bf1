"""Registering: a student's request with its actions is decided, and each decision explained."""

from application.registration.decisions import decision_view
from application.registration.desk import RegistrationDesk
from application.registration.dto import (
    AddAction,
    DropAction,
    RegistrationRequestFields,
    RegistrationRequestView,
)
from application.registration.ports import RegistrationReading
from application.shared.caller import KEEPERS, Caller
from application.shared.clock import Clock, IdGenerator
from application.shared.dto import reference
from application.shared.errors import UnknownReference
from domain.registration.commands import Action, Add, Drop, RegistrationRequest
from domain.registration.outcomes import RequestDecided
from domain.shared.identifiers import EnrollmentId, RequestId


class Register:
    """The use case."""

    def __init__(self, desk: RegistrationDesk, reading: RegistrationReading, clock: Clock, ids: IdGenerator) -> None:
        self._desk = desk
        self._reading = reading
        self._clock = clock
        self._ids = ids

    async def execute(self, caller: Caller, request: RegistrationRequestFields) -> RegistrationRequestView:
        """Decide the actions of `request`; a refused action is an answer, not an error.

        Raises `UnknownReference` for an unknown student or term, `AccessDenied`, `Unavailable`.
        """
        arrived_at = self._clock.now()
        async with self._reading(caller.institution) as views:
            addressee = await views.addressee(reference(request.term), reference(request.student))
        if addressee.student is None:
            caller.require_role(KEEPERS)
            field = "student"
            raise UnknownReference(field, request.student)
        caller.require_access_to_student(addressee.student, KEEPERS)
        if addressee.term is None:
            field = "term"
            raise UnknownReference(field, request.term)
        command = RegistrationRequest(
            id=RequestId(self._ids.new()),
            student_id=addressee.student,
            actions=tuple(self._action(given) for given in request.actions),
            arrived_at=arrived_at,
        )
        answer, facts = await self._desk.decide(caller.institution, addressee.term, command)
        if not isinstance(answer, RequestDecided):
            raise TypeError(answer)
        return RegistrationRequestView(
            id=command.id,
            student=command.student_id,
            term=addressee.term,
            arrived_at=arrived_at,
            decisions=tuple(decision_view(decision, facts.sections) for decision in answer.decisions),
        )

    def _action(self, given: AddAction | DropAction) -> Action:
        if isinstance(given, DropAction):
            return Drop(EnrollmentId(given.enrollment))
        return Add(
            enrollment_id=EnrollmentId(self._ids.new()),
            offering=reference(given.offering),
            sections=tuple(reference(text) for text in given.sections),
        )
