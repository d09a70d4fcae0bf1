"""Course attempts as a resource, and those of one student."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from application.registration.course_attempts import (
    COURSE_ATTEMPTS,
    OF_ONE_STUDENT,
    CourseAttemptView,
    ReadCourseAttempts,
)
from interfaces.rest import documentation as docs
from interfaces.rest import examples
from interfaces.rest.answers import PERSONAL
from interfaces.rest.callers import Calling
from interfaces.rest.kept import kept
from interfaces.rest.pages import Asked, page_answer, page_parameters
from interfaces.rest.provided import provided
from interfaces.rest.records import addressed, records_router
from interfaces.rest.resources import BASE_PATH, Resource, page_model

ATTEMPTS: Resource[Any, Any] = Resource(
    name="course attempt",
    collection="course-attempts",
    about="A student's past or present try at a course, which requisites and repeat limits look at.",
    fields=COURSE_ATTEMPTS.fields,
    view=COURSE_ATTEMPTS.view,
    listing=COURSE_ATTEMPTS.listing,
    example=examples.COURSE_ATTEMPT,
    example_patch={"grade": "2.8", "passed": None},
    example_view=examples.COURSE_ATTEMPT_VIEW,
    caching=PERSONAL,
)

router = APIRouter(prefix=BASE_PATH)


@router.get(
    "/students/{student}/course-attempts",
    tags=["students"],
    operation_id="list_attempts_of_student",
    summary="List a student's course attempts",
    description="What the student has tried before and tries now; students may read their own.",
    response_model=page_model(CourseAttemptView),
    responses={
        200: docs.answer(
            "A page of the attempts.", {"items": [examples.COURSE_ATTEMPT_VIEW], "next_cursor": None}, "ETag", "Link"
        ),
        304: docs.empty_answer("The page is as the client has it.", "ETag"),
        **docs.problems("institution_required", "access_denied", "unknown_institution", "not_found"),
    },
    openapi_extra={"parameters": docs.parameters("Institution", "IfNoneMatch")},
)
async def list_attempts_of_student(
    request: Request,
    caller: Calling,
    student: Annotated[str, Path(description="The student's id, or `code:` and the code.", examples=["code:S-0001"])],
    asked: Annotated[Asked, Depends(page_parameters(CourseAttemptView, OF_ONE_STUDENT))],
    attempts: Annotated[ReadCourseAttempts, Depends(provided("read_course_attempts"))],
) -> Response:
    """Answer a page of a student's attempts."""
    page = await attempts.of_student(caller, addressed(student), asked.query)
    return page_answer(request, page, asked, PERSONAL)


RESOURCES = (ATTEMPTS,)
ROUTERS = (router, records_router(ATTEMPTS, kept("course_attempts")))
