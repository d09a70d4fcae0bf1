"""The resources of people: instructors, students and holds, and an instructor's advisees."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from application.people.advisees import OF_ONE_ADVISOR, ReadAdvisees
from application.people.holds import HoldFields, HoldView
from application.people.instructors import INSTRUCTORS
from application.people.students import STUDENTS
from application.shared.paging import Listing
from interfaces.rest import documentation as docs
from interfaces.rest import examples
from interfaces.rest.answers import PERSONAL
from interfaces.rest.callers import Calling
from interfaces.rest.kept import kept, kept_holds
from interfaces.rest.pages import Asked, page_answer, page_parameters
from interfaces.rest.provided import provided
from interfaces.rest.readings import READS
from interfaces.rest.records import addressed, records_router
from interfaces.rest.resources import BASE_PATH, Resource, page_name

HOLDS = Resource(
    name="hold",
    collection="holds",
    about="Blocks a student's registration or transcripts until it is released; it stays on record.",
    fields=HoldFields,
    view=HoldView,
    listing=Listing(sorts=("placed_at", "office"), filters=("student", "office"), searches=("office", "reason")),
    example=examples.HOLD,
    example_patch={"reason": "One book is overdue."},
    example_view=examples.HOLD_VIEW,
    caching=PERSONAL,
    removal="Release",
)

RECORDS: tuple[Resource[Any, Any], ...] = (
    Resource(
        name="instructor",
        collection="instructors",
        about="A person who teaches sections.",
        fields=INSTRUCTORS.fields,
        view=INSTRUCTORS.view,
        listing=INSTRUCTORS.listing,
        example=examples.INSTRUCTOR,
        example_patch={"name": "Instructor Number Two"},
        example_view=examples.stored(examples.INSTRUCTOR_ID, examples.INSTRUCTOR, department=examples.DEPARTMENT_ID),
        caching=PERSONAL,
    ),
    Resource(
        name="student",
        collection="students",
        about="A person who studies; `program` is the primary one, `advisors` advise them.",
        fields=STUDENTS.fields,
        view=STUDENTS.view,
        listing=STUDENTS.listing,
        example=examples.STUDENT,
        example_patch={"email": None, "program": "code:SYS-ENG"},
        example_view=examples.STUDENT_VIEW,
        caching=PERSONAL,
    ),
)

RESOURCES = (*RECORDS, HOLDS)

_advisees = APIRouter(prefix=BASE_PATH, tags=["instructors"])


@_advisees.get(
    "/instructors/{instructor}/advisees",
    operation_id="list_advisees",
    summary="List an instructor's advisees",
    description="The students whom the instructor advises, otherwise like the collection of all. Advisors may read"
    " their own.",
    responses={
        200: docs.answer(
            page_name(STUDENTS.view),
            "A page of the students.",
            {"items": [examples.STUDENT_VIEW], "next_cursor": None},
            "ETag",
            "Link",
        ),
        304: docs.empty_answer("The page is as the client has it.", "ETag"),
        **docs.problems(*READS, "not_found"),
    },
    openapi_extra={"parameters": docs.parameters("Institution", "IfNoneMatch")},
)
async def list_advisees(
    request: Request,
    caller: Calling,
    instructor: Annotated[
        str, Path(description="The instructor's id, or `code:` and the code.", examples=["code:I-0001"])
    ],
    asked: Annotated[Asked, Depends(page_parameters(STUDENTS.view, OF_ONE_ADVISOR))],
    advisees: Annotated[ReadAdvisees, Depends(provided("read_advisees"))],
) -> Response:
    """Answer a page of an instructor's advisees."""
    page = await advisees.of_instructor(caller, addressed(instructor), asked.query)
    return page_answer(request, page, asked, PERSONAL)


ROUTERS = (
    *(records_router(resource, kept(resource.collection)) for resource in RECORDS),
    records_router(HOLDS, kept_holds),
    _advisees,
)
