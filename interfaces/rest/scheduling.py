"""The resources of scheduling: terms, time tickets, rooms, offerings and sections, and a term's sections."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from application.scheduling.offerings import OfferingFields, OfferingView
from application.scheduling.rooms import ROOMS
from application.scheduling.sections import SECTIONS
from application.scheduling.terms import TERMS, TermFields, TermView
from application.scheduling.time_tickets import TIME_TICKETS
from application.shared.paging import Listing, PageQuery
from interfaces.rest import documentation as docs
from interfaces.rest import examples
from interfaces.rest.answers import PERSONAL
from interfaces.rest.kept import KeptRecords, KeptSections, kept, kept_sections
from interfaces.rest.pages import Asked, page_parameters, written_page_answer
from interfaces.rest.records import addressed, records_router
from interfaces.rest.resources import BASE_PATH, Resource, page_name

SECTION = Resource(
    name="section",
    collection="sections",
    about="What a seat is taken in. Its ETag changes with its seats, too; changes are about the version alone. A larger"
    " capacity seats whoever waits, a smaller one evicts nobody, the status `cancelled` frees everyone.",
    fields=SECTIONS.fields,
    view=SECTIONS.view,
    listing=SECTIONS.listing,
    example=examples.SECTION,
    example_patch={"capacity": 35, "instructors": [], "reserved": [examples.RESERVED_SEATS]},
    example_view=examples.SECTION_VIEW,
)

RECORDS: tuple[Resource[Any, Any], ...] = (
    Resource(
        name="term",
        collection="terms",
        about="A period in which courses are taught, with its sessions, registration window, deadlines and limits.",
        fields=TERMS.fields,
        view=TERMS.view,
        listing=TERMS.listing,
        example=examples.TERM,
        example_patch={"add_deadline": "2026-02-20", "credit_maximum": None},
        example_view=examples.stored(examples.TERM_ID, examples.TERM),
    ),
    Resource(
        name="time ticket",
        collection="time-tickets",
        about="From when on a cohort may register in a term; in a term that has tickets, nobody else may.",
        fields=TIME_TICKETS.fields,
        view=TIME_TICKETS.view,
        listing=TIME_TICKETS.listing,
        example=examples.TIME_TICKET,
        example_patch={"name": "Systems Engineering", "closes_at": None},
        example_view=examples.TIME_TICKET_VIEW,
        caching=PERSONAL,
    ),
    Resource(
        name="room",
        collection="rooms",
        about="A place where sections meet.",
        fields=ROOMS.fields,
        view=ROOMS.view,
        listing=ROOMS.listing,
        example=examples.ROOM,
        example_patch={"capacity": 45},
        example_view=examples.stored(examples.ROOM_ID, examples.ROOM),
    ),
    Resource(
        name="offering",
        collection="offerings",
        about="A course as a term teaches it, in configurations of components; cross-listed courses share its seats.",
        fields=OfferingFields,
        view=OfferingView,
        listing=Listing(sorts=("code",), filters=("code", "term", "course"), searches=("code",)),
        example=examples.OFFERING,
        example_patch={"code": "CS-101-EVENING", "class_levels": [1, 2], "programs": ["code:SYS-ENG"]},
        example_view=examples.OFFERING_VIEW,
    ),
)

RESOURCES = (*RECORDS, SECTION)

_OF_A_TERM = Listing(
    SECTIONS.listing.sorts,
    tuple(name for name in SECTIONS.listing.filters if name != "term"),
    SECTIONS.listing.searches,
)

_views = APIRouter(prefix=BASE_PATH, tags=[SECTION.collection])


@_views.get(
    "/terms/{term}/sections",
    operation_id="list_sections_of_term",
    summary="List a term's sections",
    description="The sections of one term, otherwise like the collection of all.",
    responses={
        200: docs.answer(
            page_name(SECTION.view),
            "A page of the term's sections.",
            {"items": [examples.SECTION_VIEW], "next_cursor": None},
            "ETag",
            "Link",
        ),
        304: docs.empty_answer("The page is as the client has it.", "ETag"),
        **docs.problems("institution_required", "access_denied", "unknown_institution", "not_found"),
    },
    openapi_extra={"parameters": docs.parameters("Institution", "IfNoneMatch")},
)
async def list_sections_of_term(
    request: Request,
    term: Annotated[str, Path(description="The term's id, or `code:` and its code.", examples=["code:2026-1"])],
    asked: Annotated[Asked, Depends(page_parameters(SECTION.view, _OF_A_TERM))],
    terms: Annotated[KeptRecords[TermFields, TermView], Depends(kept("terms"))],
    sections: Annotated[KeptSections, Depends(kept_sections)],
) -> Response:
    """Answer a page of the sections of a term."""
    found = await terms.get(addressed(term))
    given = asked.query
    filters = {**given.filters, "term": str(found.id)}
    query = PageQuery(given.limit, given.cursor, given.sort, filters, given.search)
    return written_page_answer(request, await sections.list(query), asked, SECTION.caching)


ROUTERS = (
    *(records_router(resource, kept(resource.collection.replace("-", "_"))) for resource in RECORDS),
    records_router(SECTION, kept_sections),
    _views,
)
