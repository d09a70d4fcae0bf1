"""The desk's book in Postgres: each call is one SQL function, called through the driver, for any number of commands.

The functions move data and hold no rule; SQLAlchemy opens and ends the transaction.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from application.registration.ports import AnswerKey, Journal, KeptAnswer, StaleSeating
from domain.registration.commands import Command
from domain.registration.facts import Facts
from domain.registration.outcomes import Effects
from domain.shared.identifiers import InstitutionId, TermId
from infrastructure.persistence.postgres.failures import storing
from infrastructure.persistence.postgres.mapping.scheduling import SECTION
from infrastructure.persistence.postgres.records import TableRecords
from infrastructure.persistence.postgres.registration.effects import effects_arguments
from infrastructure.persistence.postgres.registration.journal import journal_arguments
from infrastructure.persistence.postgres.registration.loading import driver_of, load_facts
from infrastructure.persistence.postgres.registration.snapshots import Snapshots
from infrastructure.persistence.postgres.rows.registration import EnrollmentRow, EnrollmentSectionRow, SeatRow
from infrastructure.persistence.postgres.rows.waitlists import PermissionRow, WaitlistEntryRow, WaitlistEntrySectionRow


def _call(function: str, arguments: int) -> str:
    return f"SELECT {function}({', '.join(f'${place}' for place in range(1, arguments + 1))})"


_APPLY = _call("registration_apply", 25)
_JOURNAL = _call("registration_journal", 25)
_RECOUNT = "SELECT registration_recount($1, $2)"
_ANSWERS = "SELECT * FROM registration_answers($1, $2, $3, $4)"

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

    def __init__(self, session: AsyncSession, institution: InstitutionId, snapshots: Snapshots) -> None:
        self._session = session
        self._institution = institution
        self._snapshots = snapshots
        self._has_grown = False

    async def load(self, term: TermId, commands: Sequence[Command]) -> Facts:
        """See `RegistrationBook.load`."""
        return await load_facts(self._session, self._snapshots, (self._institution, term), commands, locking=True)

    async def answers(self, term: TermId, keys: Sequence[AnswerKey]) -> Mapping[AnswerKey, KeptAnswer]:
        """See `RegistrationBook.answers`."""
        wanted = set(keys)
        driver = await driver_of(self._session)
        subjects, names = [key.subject for key in wanted], [key.key for key in wanted]
        rows = await driver.fetch(_ANSWERS, self._institution, term, subjects, names)
        found = (KeptAnswer(AnswerKey(subject, key), digest, answer) for subject, key, digest, answer in rows)
        return {kept.key: kept for kept in found if kept.key in wanted}

    async def apply(self, term: TermId, effects: Effects) -> None:
        """See `RegistrationBook.apply`."""
        sections = TableRecords(self._session, self._institution, SECTION)
        for revised in effects.revised:
            await sections.save(revised.section, revised.expected_version)
        driver = await driver_of(self._session)
        arguments = effects_arguments(effects)
        with storing("enrollment", _TABLES), _taking_seats():
            await driver.execute(_APPLY, self._institution, term, effects.next_number, *arguments)
        first = effects.recorded[0].number if effects.recorded else effects.next_number
        self._has_grown = effects.next_number.bit_length() > max(first.bit_length(), _SMALL.bit_length())

    async def write_down(self, term: TermId, journal: Journal) -> None:
        """See `RegistrationBook.write_down`."""
        driver = await driver_of(self._session)
        with storing("audit event"):
            await driver.execute(_JOURNAL, self._institution, term, *journal_arguments(journal))
        if self._has_grown:
            await driver.execute("SELECT refresh_registration_statistics()")

    async def recount(self, term: TermId) -> None:
        """See `RegistrationBook.recount`."""
        await (await driver_of(self._session)).execute(_RECOUNT, self._institution, term)


@contextmanager
def _taking_seats() -> Iterator[None]:
    """Turn the refusal of a seat into `StaleSeating`, and leave every other refusal as it is."""
    try:
        yield
    except asyncpg.IntegrityConstraintViolationError as error:
        if error.constraint_name in _SEAT_CONSTRAINTS:
            raise StaleSeating from error
        raise
