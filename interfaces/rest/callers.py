"""Who calls: until accounts exist, everyone is administrator of the institution that a header names."""

import time
from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from application.shared.caller import Caller, Role
from application.shared.errors import NotFound
from application.shared.institutions import KeepInstitutions
from domain.shared.identifiers import InstitutionId
from domain.shared.invalid import InvalidValue
from domain.shared.reference import Reference, is_code
from interfaces.rest.problems import RestError
from interfaces.rest.provided import provided

INSTITUTION_HEADER = "X-Matricula-Institution"
SECONDS_KNOWN = 2.0

UseInstitutions = Annotated[KeepInstitutions, Depends(provided("institutions"))]


class KnownInstitutions:
    """The institutions found lately, so that not every request looks its own up.

    What another process changes is noticed after `SECONDS_KNOWN`; what this one changes at once, through `forget`.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._found: dict[Reference | None, tuple[InstitutionId, float]] = {}

    async def find(self, institutions: KeepInstitutions, reference: Reference | None) -> InstitutionId:
        """The institution that `reference` names (None: the only one). Raises `NotFound`."""
        known = self._found.get(reference)
        if known is not None and self._clock() < known[1]:
            return known[0]
        self._found.pop(reference, None)
        found = InstitutionId((await institutions.find(reference)).id)
        self._found[reference] = (found, self._clock() + SECONDS_KNOWN)
        return found

    def forget(self) -> None:
        """Look every institution up again."""
        self._found.clear()


async def calling(request: Request, institutions: UseInstitutions) -> Caller:
    """The caller of a request. Raises `RestError` when no institution, or an unknown one, is named."""
    given = request.headers.get(INSTITUTION_HEADER)
    reference = None if given is None else institution_named(given)
    known: KnownInstitutions = request.app.state.known_institutions
    try:
        institution = await known.find(institutions, reference)
    except NotFound:
        code = "institution_required" if reference is None else "unknown_institution"
        raise RestError(code) from None
    return Caller(institution, subject="development", roles=frozenset({Role.ADMINISTRATOR}))


def institution_named(header: str) -> Reference:
    """Read the header: a code, `code:CODE` or an id. Raises `RestError` (400) for anything else."""
    try:
        text = header.encode("latin-1").decode()
    except UnicodeError:
        text = header
    try:
        return Reference(code=text) if is_code(text) and not _is_id(text) else Reference.parse(text)
    except InvalidValue:
        detail = f"{INSTITUTION_HEADER} must be the code of an institution, or its id."
        raise RestError("invalid_request", detail) from None


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


Calling = Annotated[Caller, Depends(calling)]
