"""The desk's book in Postgres: each call is one SQL function, called through the driver, for any number of commands.

The functions move data and hold no rule.
"""

import asyncio
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from application.registration.ports import AnswerKey, Journal, Loaded, StaleSeating
from domain.registration.commands import Command
from domain.registration.outcomes import Effects
from domain.shared.identifiers import InstitutionId, TermId
from infrastructure.persistence.postgres.failures import storing
from infrastructure.persistence.postgres.mapping.permissions import PERMISSION
from infrastructure.persistence.postgres.mapping.scheduling import SECTION
from infrastructure.persistence.postgres.records import TableRecords
from infrastructure.persistence.postgres.registration.effects import effects_arguments
from infrastructure.persistence.postgres.registration.journal import journal_arguments
from infrastructure.persistence.postgres.registration.loading import load_facts
from infrastructure.persistence.postgres.registration.snapshots import Snapshots
from infrastructure.persistence.postgres.rows.registration import EnrollmentRow, EnrollmentSectionRow, SeatRow
from infrastructure.persistence.postgres.rows.waitlists import PermissionRow, WaitlistEntryRow, WaitlistEntrySectionRow


def _call(function: str, first: int, arguments: int) -> str:
    return f"{function}({', '.join(f'${place}' for place in range(first, first + arguments))})"


_APPLY = _call("registration_apply", 1, 25)
_JOURNAL = _call("registration_journal", 1, 24)
_BOTH = f"SELECT {_APPLY}, {_call('registration_journal', 26, 24)}"
_RECOUNT = "SELECT registration_recount($1, $2)"

_FEW = 4
"""So few decisions are stored with their journal at once: another round trip takes longer than rendering it."""

_TABLES = frozenset(
    row.__tablename__
    for row in (
        EnrollmentRow,
        EnrollmentSectionRow,
        SeatRow,
        PermissionRow,
        WaitlistEntryRow,
        WaitlistEntrySectionRow,
    )
)
"""What effects are stored in, but for the revised sections."""

_SEAT_CONSTRAINTS = frozenset(
    {
        "uq_enrollment_sections_section_id_seat_no",
        "fk_enrollment_sections_seat",
        "fk_enrollment_sections_unlimited",
        "pk_seats",
    }
)
"""What refuses a seat that the hints called free, or a new seat number that the hints called unused."""


_SMALL = 64
"""So many decisions may be planned for empty tables; then the tables are counted whenever decisions have doubled."""


class PostgresRegistrationBook:
    """The `RegistrationBook` port in one transaction."""

    def __init__(
        self, session: AsyncSession, driver: asyncpg.Connection, institution: InstitutionId, snapshots: Snapshots
    ) -> None:
        self._session = session
        self._driver = driver
        self._institution = institution
        self._snapshots = snapshots

    async def load(self, term: TermId, commands: Sequence[Command], keys: Collection[AnswerKey] = ()) -> Loaded:
        """See `RegistrationBook.load`."""
        place = (self._institution, term)
        return await load_facts(self._driver, self._snapshots, place, commands, keys, locking=True)

    async def store(self, term: TermId, effects: Effects, journal: Callable[[], Journal]) -> None:
        """See `RegistrationBook.store`."""
        sections = TableRecords(self._session, self._institution, SECTION)
        for revised in effects.revised:
            await sections.save(revised.section, revised.expected_version)
        permissions = TableRecords(self._session, self._institution, PERMISSION)
        for revoked in effects.revoked:
            await permissions.save(revoked.permission, revoked.expected_version)
        applied = (self._institution, term, effects.next_number, *effects_arguments(effects))
        if len(effects.recorded) <= _FEW:
            await self._run(_BOTH, *applied, self._institution, term, *journal_arguments(journal()))
        else:
            applying = asyncio.ensure_future(self._run(f"SELECT {_APPLY}", *applied))
            try:
                await asyncio.sleep(0)
                # The database works meanwhile.
                written = journal_arguments(journal())
            except BaseException:
                applying.cancel()
                await asyncio.wait([applying])
                raise
            await applying
            await self._run(f"SELECT {_JOURNAL}", self._institution, term, *written)
        if _has_grown(effects):
            await self._driver.execute("SELECT refresh_registration_statistics()")

    async def _run(self, statement: str, *arguments: object) -> None:
        with storing("enrollment", _TABLES), _taking_seats():
            await self._driver.execute(statement, *arguments)

    async def recount(self, term: TermId) -> None:
        """See `RegistrationBook.recount`."""
        await self._driver.execute(_RECOUNT, self._institution, term)


def _has_grown(effects: Effects) -> bool:
    """Whether the decisions of the term have doubled."""
    first = effects.recorded[0].number if effects.recorded else effects.next_number
    return effects.next_number.bit_length() > max(first.bit_length(), _SMALL.bit_length())


@contextmanager
def _taking_seats() -> Iterator[None]:
    """Turn the refusal of a seat into `StaleSeating`, and leave every other refusal as it is."""
    try:
        yield
    except asyncpg.IntegrityConstraintViolationError as error:
        if error.constraint_name in _SEAT_CONSTRAINTS:
            raise StaleSeating from error
        raise
