"""Releasing a hold: it stops blocking and stays on record; it may let its student off a waitlist at once."""

from application.people.holds import HoldFields, HoldView
from application.registration.desk import RegistrationDesk
from application.registration.ports import RegistrationReading
from application.registration.submission import Submission
from application.shared.access import authorise
from application.shared.caller import Caller
from application.shared.clock import Clock
from application.shared.errors import NotFound, StaleWrite
from application.shared.records import RecordKind, Stored, UnitOfWork
from domain.people.hold import Hold
from domain.registration.commands import ReleaseHold as ReleaseHoldCommand
from domain.shared.reference import Reference


class ReleaseHold:
    """The use case; releasing a released hold changes nothing.

    In every term in which the student waits, the release is decided at the desk: the first of these transactions ends
    the hold, each of them moves its term's queues.
    """

    def __init__(
        self,
        kind: RecordKind[Hold, HoldFields, HoldView],
        desk: RegistrationDesk,
        unit_of_work: UnitOfWork,
        reading: RegistrationReading,
        clock: Clock,
    ) -> None:
        self._kind = kind
        self._desk = desk
        self._unit_of_work = unit_of_work
        self._reading = reading
        self._clock = clock

    async def execute(self, caller: Caller, reference: Reference, expected_version: int | None) -> HoldView:
        """Release the hold. Raises `NotFound`, `StaleWrite`, `AccessDenied`, `Unavailable`."""
        authorise(caller, "release_hold")
        async with self._unit_of_work(caller.institution) as work:
            identifier = await work.identify(Hold, reference)
            stored = None if identifier is None else await work.records(Hold).get(identifier)
        if stored is None:
            raise NotFound(self._kind.name, str(reference))
        if stored.entity.is_active():
            await self._release(caller, stored, expected_version)
        async with self._unit_of_work(caller.institution) as work:
            view = await work.views(self._kind).one(stored.entity.id)
        if view is None:
            raise NotFound(self._kind.name, str(reference))
        return view

    async def _release(self, caller: Caller, stored: Stored[Hold], expected_version: int | None) -> None:
        hold, moment = stored.entity, self._clock.now()
        if expected_version is not None and expected_version != stored.version:
            raise StaleWrite(self._kind.name)
        async with self._reading(caller.institution) as views:
            terms = await views.queues_of(hold.student_id)
        for term in terms:
            command = ReleaseHoldCommand(hold.id, hold.student_id, moment)
            await self._desk.decide(term, Submission(caller, command))
        if not terms:
            async with self._unit_of_work(caller.institution) as work:
                await work.records(Hold).save(hold.release(moment), expected_version)
