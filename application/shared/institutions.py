"""Institutions: founding a tenant, finding it before any tenant is known, and keeping it."""

from functools import cache
from typing import Annotated, Protocol
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field

from application.shared.access import authorise
from application.shared.caller import Caller
from application.shared.clock import IdGenerator
from application.shared.dto import Code, Dto, Name
from application.shared.errors import NotFound
from application.shared.paging import Listing, Page, PageQuery
from domain.shared.identifiers import InstitutionId
from domain.shared.institution import Institution
from domain.shared.reference import Reference


@cache
def _zones() -> frozenset[str]:
    """The names in the time zone database, which is read once: looking them up reads every file of it."""
    return frozenset(available_timezones())


def _known_zone(name: str) -> str:
    if name not in _zones():
        msg = "must be a time zone of the IANA database, such as America/Bogota"
        raise ValueError(msg)
    return name


TimeZone = Annotated[str, AfterValidator(_known_zone), Field(max_length=64, examples=["America/Bogota"])]
"""The name of a zone in the IANA time zone database."""

INSTITUTION_LISTING = Listing(sorts=("code", "name"), filters=("code",), searches=("code", "name"))


class InstitutionFields(Dto):
    """What is given to found or replace an institution."""

    code: Code
    name: Name
    time_zone: TimeZone = "UTC"


class InstitutionView(InstitutionFields):
    """An institution as stored."""

    id: UUID
    version: int


class InstitutionDirectory(Protocol):
    """The institutions that there are, across tenants: only their public data."""

    async def find(self, reference: Reference | None) -> InstitutionView | None:
        """The institution that `reference` names; for None the only one there is. None when there is no such."""
        ...

    async def page(self, query: PageQuery) -> Page[InstitutionView]:
        """A page of all institutions, listed as `INSTITUTION_LISTING` says. Raises `InvalidRequest`."""
        ...

    async def add(self, institution: Institution) -> None:
        """Store a new institution. Raises `AlreadyExists`."""
        ...

    async def save(self, institution: Institution, expected_version: int | None) -> None:
        """Store a changed institution. Raises `StaleWrite`, `AlreadyExists`."""
        ...

    async def remove(self, identifier: InstitutionId, expected_version: int | None) -> None:
        """Delete an institution. Raises `StaleWrite`, `StillReferenced`."""
        ...


class KeepInstitutions:
    """The use cases of institutions. A caller keeps the institution they belong to; administrators found new ones."""

    def __init__(self, directory: InstitutionDirectory, ids: IdGenerator) -> None:
        self._directory = directory
        self._ids = ids

    async def find(self, reference: Reference | None) -> InstitutionView:
        """The institution that `reference` names (None: the only one). Raises `NotFound`."""
        found = await self._directory.find(reference)
        if found is None:
            raise NotFound("institution", "" if reference is None else str(reference))
        return found

    async def list(self, query: PageQuery) -> Page[InstitutionView]:
        """A page of all institutions. Raises `InvalidRequest`."""
        return await self._directory.page(query)

    async def found(self, fields: InstitutionFields, caller: Caller | None = None) -> InstitutionView:
        """Found an institution, as `caller` or, for None, as whoever runs the program.

        Raises `AlreadyExists`, `AccessDenied`.
        """
        if caller is not None:
            authorise(caller, "create_institution")
        identifier = InstitutionId(self._ids.new())
        await self._directory.add(Institution(identifier, fields.code, fields.name, fields.time_zone))
        return await self.find(Reference.of(identifier))

    async def replace(
        self, caller: Caller, reference: Reference, fields: InstitutionFields, expected_version: int | None
    ) -> InstitutionView:
        """Give an institution new fields. Raises `NotFound`, `StaleWrite`, `AlreadyExists`, `AccessDenied`."""
        identifier = await self._own(caller, "replace_institution", reference)
        institution = Institution(identifier, fields.code, fields.name, fields.time_zone)
        await self._directory.save(institution, expected_version)
        return await self.find(Reference.of(identifier))

    async def delete(self, caller: Caller, reference: Reference, expected_version: int | None) -> None:
        """Delete an institution without records. Raises `NotFound`, `StaleWrite`, `StillReferenced`, `AccessDenied`."""
        identifier = await self._own(caller, "delete_institution", reference)
        await self._directory.remove(identifier, expected_version)

    async def _own(self, caller: Caller, operation: str, reference: Reference) -> InstitutionId:
        """The institution's id, if it is the caller's own."""
        authorise(caller, operation)
        identifier = InstitutionId((await self.find(reference)).id)
        if identifier != caller.institution:
            raise NotFound("institution", str(reference))
        return identifier
