"""Institutions: the only records that exist before any caller belongs anywhere."""

from collections.abc import Callable

from fastapi import APIRouter, Request

from application.shared.caller import Caller
from application.shared.idempotency import Answer
from application.shared.institutions import (
    INSTITUTION_LISTING,
    InstitutionFields,
    InstitutionView,
    KeepInstitutions,
)
from application.shared.paging import PageQuery
from application.shared.written import WrittenPage
from domain.shared.reference import Reference
from interfaces.rest import examples
from interfaces.rest.callers import STRANGER, KnownInstitutions, calling, founding
from interfaces.rest.provided import provider
from interfaces.rest.rate_limit import admit_stranger
from interfaces.rest.records import records_router
from interfaces.rest.resources import Resource

INSTITUTIONS = Resource(
    name="institution",
    collection="institutions",
    about="A university or school; every other record belongs to exactly one.",
    fields=InstitutionFields,
    view=InstitutionView,
    listing=INSTITUTION_LISTING,
    example=examples.INSTITUTION,
    example_patch={"name": "National University of the Valley"},
    example_view=examples.stored(examples.INSTITUTION_ID, examples.INSTITUTION),
)

_institutions: Callable[[], KeepInstitutions] = provider("institutions")


class KeptInstitutions:
    """Institutions: everybody finds them, whoever acts at one changes it; what is `known` of them is kept in step."""

    def __init__(self, institutions: KeepInstitutions, caller: Caller, known: KnownInstitutions) -> None:
        self._institutions = institutions
        self._caller = caller
        self._known = known

    async def create(self, fields: InstitutionFields, key: str | None) -> Answer[InstitutionView]:
        if key is None:
            created = Answer(await self._institutions.found(fields, self._caller))
        else:
            created = await self._institutions.found_once(self._caller, fields, key)
        self._known.forget()
        return created

    async def get_to_change(self, reference: Reference) -> InstitutionView:
        return await self._institutions.find(reference)

    async def read(self, reference: Reference) -> str:
        return (await self._institutions.find(reference)).model_dump_json()

    async def list(self, query: PageQuery) -> WrittenPage:
        page = await self._institutions.list(query)
        return WrittenPage(",".join(view.model_dump_json() for view in page.items), page.next_cursor)

    async def replace(
        self, reference: Reference, fields: InstitutionFields, expected_version: int | None
    ) -> InstitutionView:
        replaced = await self._institutions.replace(self._caller, reference, fields, expected_version)
        self._known.forget()
        return replaced

    async def remove(self, reference: Reference, expected_version: int | None) -> None:
        await self._institutions.delete(self._caller, reference, expected_version)
        self._known.forget()


async def kept_institutions(request: Request) -> KeptInstitutions:
    """A dependency on the institutions. Raises `RestError` (401) for whoever would change them and is not known."""
    match request.method:
        case "GET":
            admit_stranger(request)
            caller = STRANGER
        case "POST":
            caller = await founding(request)
        case _:
            caller = await calling(request)
    return KeptInstitutions(_institutions(), caller, request.app.state.known_institutions)


ROUTERS: tuple[APIRouter, ...] = (records_router(INSTITUTIONS, kept_institutions),)
