"""Institutions: founding a tenant, finding it before any tenant is known, and keeping it."""

from functools import cache
from typing import Annotated, Protocol
from uuid import UUID, uuid5
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field

from application.shared.access import authorise
from application.shared.caller import Caller
from application.shared.clock import IdGenerator
from application.shared.dto import Code, Dto, Name
from application.shared.errors import AlreadyExists, KeyReused, NotFound
from application.shared.idempotency import Answer, KeyedRequest, Told
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

_FOUNDED_UNDER = UUID("0192f0c1-7d5e-7c43-9a51-3f6c2b8e4d10")
"""The name space of the ids of institutions that were founded under an idempotency key."""

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

    async def add(self, institution: Institution, told: Told | None = None) -> None:
        """Store a new institution and keep the answer to whoever founded it, `told`. Raises `AlreadyExists`."""
        ...

    async def told(self, identifier: InstitutionId, request: KeyedRequest) -> str | None:
        """The answer that the institution keeps for this request, as JSON, or None.

        Raises `KeyReused` when the key came with another request.
        """
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
        await self._directory.add(_institution(identifier, fields))
        return await self.find(Reference.of(identifier))

    async def found_once(self, caller: Caller, fields: InstitutionFields, key: str) -> Answer[InstitutionView]:
        """Found an institution, or give the answer that the same request of the caller with this `key` got before.

        No institution keeps the keys of whoever founds one but the new one itself: its id is made of subject and key,
        so that it is found again. Raises `AlreadyExists`, `KeyReused`, `InvalidField` for a key of another form.
        """
        authorise(caller, "create_institution")
        subject = caller.subject
        request = KeyedRequest.of(subject, key, "found institution", fields.model_dump_json())
        identifier = InstitutionId(uuid5(_FOUNDED_UNDER, f"{subject} {key}"))
        view = InstitutionView(id=identifier, version=1, **dict(fields))
        before = await self._directory.told(identifier, request)
        if before is None:
            try:
                await self._directory.add(_institution(identifier, fields), Told(request, view.model_dump_json()))
            except AlreadyExists:
                before = await self._directory.told(identifier, request)  # A twin was faster.
                if before is None and await self._directory.find(Reference.of(identifier)) is not None:
                    raise KeyReused(key) from None
                if before is None:
                    raise
        if before is None:
            return Answer(view)
        return Answer(InstitutionView.model_validate_json(before), is_replay=True)

    async def replace(
        self, caller: Caller, reference: Reference, fields: InstitutionFields, expected_version: int | None
    ) -> InstitutionView:
        """Give an institution new fields. Raises `NotFound`, `StaleWrite`, `AlreadyExists`, `AccessDenied`."""
        identifier = await self._own(caller, "replace_institution", reference)
        await self._directory.save(_institution(identifier, fields), expected_version)
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


def _institution(identifier: InstitutionId, fields: InstitutionFields) -> Institution:
    return Institution(identifier, fields.code, fields.name, fields.time_zone)
