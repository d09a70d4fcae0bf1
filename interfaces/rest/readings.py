"""Collections that are read and never written: what stands in them, registration has written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Protocol, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from application.shared.caller import Caller
from application.shared.dto import Dto
from application.shared.paging import Listing, Page, PageQuery
from domain.shared.reference import Reference
from interfaces.rest import documentation as docs
from interfaces.rest.answers import PERSONAL, body_answer
from interfaces.rest.callers import Calling
from interfaces.rest.pages import Asked, page_answer, page_parameters
from interfaces.rest.provided import provided
from interfaces.rest.records import addressed, refuse_query
from interfaces.rest.resources import BASE_PATH, page_name

V = TypeVar("V", bound=Dto)
V_co = TypeVar("V_co", bound=Dto, covariant=True)

READS = ("institution_required", "access_denied", "unknown_institution")
"""The problems that whoever reads may meet."""


class Reads(Protocol[V_co]):
    """The use cases behind a collection that is only read."""

    async def get(self, caller: Caller, identifier: UUID) -> V_co:
        """Read one of them."""
        ...

    async def list(self, caller: Caller, query: PageQuery) -> Page[Any]:
        """Read a page of them."""
        ...


@dataclass(frozen=True, slots=True)
class Reading(Generic[V]):
    """A collection that is only read; `use_cases` is the name of their provider, the rest as in `Resource`."""

    name: str
    collection: str
    about: str
    view: type[V]
    listing: Listing
    example: Mapping[str, Any]
    use_cases: str

    @property
    def path(self) -> str:
        """Where the collection is."""
        return f"{BASE_PATH}/{self.collection}"

    @property
    def a_name(self) -> str:
        """The noun with its article."""
        return f"an {self.name}" if self.name[0] in "aeio" else f"a {self.name}"


class ReadsOwn(Protocol[V_co]):
    """The use case behind a collection of what is one student's."""

    async def of_student(self, caller: Caller, student: Reference, query: PageQuery) -> Page[Any]:
        """Read a page of a student's."""
        ...


StudentInPath = Annotated[str, Path(description="The student's id, or `code:` and the code.", examples=["code:S-0001"])]


def own_router(
    collection: str, about: str, view: type[V], listing: Listing, example: Mapping[str, Any], use_cases: str
) -> APIRouter:
    """The operation that lists what is one student's, which the student may read, too."""
    router = APIRouter(prefix=BASE_PATH, tags=["students"])

    @router.get(
        f"/students/{{student}}/{collection}",
        operation_id=f"list_{collection.replace('-', '_')}_of_student",
        summary=f"List a student's {collection.replace('-', ' ')}",
        description=f"{about} Students may read their own.",
        responses={
            200: docs.answer(
                page_name(view), "A page of them.", {"items": [example], "next_cursor": None}, "ETag", "Link"
            ),
            304: docs.empty_answer("The page is as the client has it.", "ETag"),
            **docs.problems(*READS, "not_found"),
        },
        openapi_extra={"parameters": docs.parameters("Institution", "IfNoneMatch")},
    )
    async def list_own(
        request: Request,
        caller: Calling,
        student: StudentInPath,
        asked: Annotated[Asked, Depends(page_parameters(view, listing))],
        reads: Annotated[ReadsOwn[V], Depends(provided(use_cases))],
    ) -> Response:
        page = await reads.of_student(caller, addressed(student), asked.query)
        return page_answer(request, page, asked, PERSONAL)

    return router


def readings_router(reading: Reading[V]) -> APIRouter:
    """The operations of a collection that is only read."""
    router = APIRouter(prefix=reading.path, tags=[reading.collection])
    use_cases = provided(reading.use_cases)

    @router.get(
        "",
        operation_id=f"list_{reading.collection.replace('-', '_')}",
        summary=f"List {reading.collection.replace('-', ' ')}",
        description=f"{reading.about} Pages are linked by cursors.",
        responses={
            200: docs.answer(
                page_name(reading.view),
                "A page of the collection.",
                {"items": [reading.example], "next_cursor": None},
                "ETag",
                "Link",
            ),
            304: docs.empty_answer("The page is as the client has it.", "ETag"),
            **docs.problems(*READS),
        },
        openapi_extra={"parameters": docs.parameters("Institution", "IfNoneMatch")},
    )
    async def list_readings(
        request: Request,
        caller: Calling,
        asked: Annotated[Asked, Depends(page_parameters(reading.view, reading.listing))],
        reads: Annotated[Reads[V], Depends(use_cases)],
    ) -> Response:
        return page_answer(request, await reads.list(caller, asked.query), asked, PERSONAL)

    @router.get(
        "/{id}",
        operation_id=f"get_{reading.name.replace(' ', '_')}",
        summary=f"Read {reading.a_name}",
        description=reading.about,
        responses={
            200: docs.answer(reading.view, f"The {reading.name}.", reading.example, "ETag"),
            304: docs.empty_answer(f"The {reading.name} is as the client has it.", "ETag"),
            **docs.problems(*READS, "not_found"),
        },
        openapi_extra={"parameters": docs.parameters("Institution", "IfNoneMatch")},
    )
    async def get_reading(
        request: Request,
        caller: Calling,
        id: Annotated[UUID, Path(description="The id.", examples=[reading.example["id"]])],  # noqa: A002 - its name in the path
        reads: Annotated[Reads[V], Depends(use_cases)],
    ) -> Response:
        refuse_query(request)
        view = await reads.get(caller, id)
        return body_answer(request, view.model_dump_json().encode(), PERSONAL)

    return router
