"""Releasing a hold: it stops blocking, and stays on record."""

from application.people.holds import HoldFields, HoldView
from application.shared.caller import Caller
from application.shared.clock import Clock
from application.shared.errors import NotFound
from application.shared.records import RecordKind, UnitOfWork
from domain.people.hold import Hold
from domain.shared.reference import Reference


class ReleaseHold:
    """The use case; releasing a released hold changes nothing."""

    def __init__(self, kind: RecordKind[Hold, HoldFields, HoldView], unit_of_work: UnitOfWork, clock: Clock) -> None:
        self._kind = kind
        self._unit_of_work = unit_of_work
        self._clock = clock

    async def execute(self, caller: Caller, reference: Reference, expected_version: int | None) -> HoldView:
        """Release the hold. Raises `NotFound`, `StaleWrite`, `AccessDenied`."""
        caller.require_role(self._kind.keepers)
        async with self._unit_of_work(caller.institution) as work:
            identifier = await work.identify(Hold, reference)
            stored = None if identifier is None else await work.records(Hold).get(identifier)
            if stored is None:
                raise NotFound(self._kind.name, str(reference))
            released = stored.entity.release(self._clock.now())
            if released != stored.entity:
                await work.records(Hold).save(released, expected_version)
            view = await work.views(self._kind).one(released.id)
            if view is None:
                raise NotFound(self._kind.name, str(reference))
            return view
