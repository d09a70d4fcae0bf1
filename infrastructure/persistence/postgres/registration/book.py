"""The desk's book in Postgres: each call is one SQL function, called through the driver, for any number of commands.

The functions move data and hold no rule; SQLAlchemy opens and ends the transaction.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import asyncpg
import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from application.registration.ports import StaleSeating
from application.shared.errors import NotFound
from domain.registration.commands import Command, ReviseSection
from domain.registration.facts import Facts
from domain.registration.outcomes import Effects
from domain.shared.identifiers import InstitutionId, TermId
from infrastructure.persistence.postgres.failures import storing
from infrastructure.persistence.postgres.mapping.scheduling import SECTION
from infrastructure.persistence.postgres.records import TableRecords
from infrastructure.persistence.postgres.registration.effects import arrays_of
from infrastructure.persistence.postgres.registration.facts import (
    facts_of,
    references_to_offerings,
    requests_among,
)
from infrastructure.persistence.postgres.rows.registration import EnrollmentRow, EnrollmentSectionRow, SeatRow

_LOAD = "SELECT registration_load($1, $2, $3, $4, $5, $6)"
_APPLY = f"SELECT registration_apply({', '.join(f'${position}' for position in range(1, 30))})"
_RECOUNT = "SELECT registration_recount($1, $2)"

_TABLES = frozenset({EnrollmentRow.__tablename__, EnrollmentSectionRow.__tablename__, SeatRow.__tablename__})
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


class PostgresRegistrationBook:
    """The `RegistrationBook` port in one transaction."""

    def __init__(self, session: AsyncSession, institution: InstitutionId) -> None:
        self._session = session
        self._institution = institution

    async def load(self, term: TermId, commands: Sequence[Command]) -> Facts:
        """See `RegistrationBook.load`."""
        references = references_to_offerings(commands)
        named_by_code = [reference for reference in references if reference.code is not None]
        revised = [command.section.offering_id for command in commands if isinstance(command, ReviseSection)]
        document = await (await self._driver()).fetchval(
            _LOAD,
            self._institution,
            term,
            [request.student_id for request in requests_among(commands)],
            [*(reference.id for reference in references if reference.id is not None), *revised],
            [reference.code for reference in named_by_code],
            [reference.scope for reference in named_by_code],
        )
        if document is None:
            kind = "term"
            raise NotFound(kind, str(term))
        return facts_of(orjson.loads(document), commands)

    async def apply(self, term: TermId, effects: Effects) -> None:
        """See `RegistrationBook.apply`."""
        sections = TableRecords(self._session, self._institution, SECTION)
        for revised in effects.revised:
            await sections.save(revised.section, revised.expected_version)
        driver = await self._driver()
        with storing("enrollment", _TABLES), _taking_seats():
            await driver.execute(_APPLY, self._institution, term, *arrays_of(effects))

    async def recount(self, term: TermId) -> None:
        """See `RegistrationBook.recount`."""
        await (await self._driver()).execute(_RECOUNT, self._institution, term)

    async def _driver(self) -> asyncpg.Connection:
        """The driver's connection, inside the session's transaction."""
        connection = await (await self._session.connection()).get_raw_connection()
        driver: asyncpg.Connection = connection.driver_connection
        return driver


@contextmanager
def _taking_seats() -> Iterator[None]:
    """Turn the refusal of a seat into `StaleSeating`, and leave every other refusal as it is."""
    try:
        yield
    except asyncpg.IntegrityConstraintViolationError as error:
        if error.constraint_name in _SEAT_CONSTRAINTS:
            raise StaleSeating from error
        raise
