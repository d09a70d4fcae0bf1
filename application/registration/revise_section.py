"""Revising a section: its new state, capacity included, passes the desk, since it moves seats."""

from application.registration.desk import RegistrationDesk
from application.registration.submission import Settled, Submission
from application.scheduling.sections import SECTIONS, SectionFields, SectionView
from application.shared.access import authorise
from application.shared.caller import Caller
from application.shared.clock import Clock
from application.shared.errors import Conflict, NotFound
from application.shared.records import UnitOfWork
from domain.registration.commands import ReviseSection as ReviseSectionCommand
from domain.registration.outcomes import RevisionRefused
from domain.scheduling.section import Section
from domain.shared.reference import Reference


class ReviseSection:
    """The use case. Cutting the capacity below the roster evicts nobody: the seats go as they are given back."""

    def __init__(self, desk: RegistrationDesk, unit_of_work: UnitOfWork, clock: Clock) -> None:
        self._desk = desk
        self._unit_of_work = unit_of_work
        self._clock = clock

    async def execute(
        self, caller: Caller, reference: Reference, fields: SectionFields, expected_version: int | None
    ) -> SectionView:
        """Give the section its new state. Raises what keeping records raises, and `Conflict`."""
        authorise(caller, "replace_section")
        async with self._unit_of_work(caller.institution) as work:
            identifier = await work.identify(Section, reference)
            stored = None if identifier is None else await work.records(Section).get(identifier)
            if stored is None:
                raise NotFound(SECTIONS.name, str(reference))
            section = await SECTIONS.assemble(stored.entity.id, fields, stored.entity, work)
        version = stored.version if expected_version is None else expected_version
        command = ReviseSectionCommand(section, self._clock.now(), version)
        settled = await self._desk.decide(section.term_id, Submission(caller, command))
        if isinstance(settled, Settled) and isinstance(settled.decided, RevisionRefused):
            raise Conflict(settled.decided.reason)
        async with self._unit_of_work(caller.institution) as work:
            view = await work.views(SECTIONS).one(section.id)
        if view is None:
            raise NotFound(SECTIONS.name, str(reference))
        return view
