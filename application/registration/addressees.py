"""Whom requests are about: on registration day many ask at once, and are answered together."""

from collections.abc import Mapping, Sequence

from application.registration.ports import Addressee, Asked, RegistrationReading
from application.shared.rounds import Rounds
from domain.shared.identifiers import InstitutionId
from domain.shared.reference import Reference


class Addressees:
    """Finds the terms and students that requests name; one for a process."""

    def __init__(self, reading: RegistrationReading) -> None:
        self._reading = reading
        self._rounds: Rounds[InstitutionId, Asked, Addressee] = Rounds(self._ask)

    async def find(self, institution: InstitutionId, term: Reference, student: Reference) -> Addressee:
        """The ids of a term and a student, as they are now. Raises `Unavailable`."""
        found = await self._rounds.answer(institution, (term, student))
        return Addressee(None, None) if found is None else found

    async def _ask(self, institution: InstitutionId, asked: Sequence[Asked]) -> Mapping[Asked, Addressee]:
        async with self._reading(institution) as views:
            return await views.addressees(asked)
