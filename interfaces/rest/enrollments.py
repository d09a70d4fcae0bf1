"""Enrollments over REST, with a student's schedule and a section's roster, today or at any past moment."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from application.registration.dto import EnrollmentView, RosterView, ScheduleView
from application.registration.enrollments import ENROLLMENTS, OF_ONE_STUDENT, ReadEnrollments
from application.shared.dto import Moment
from interfaces.rest import documentation as docs
from interfaces.rest import registration_examples as examples
from interfaces.rest.answers import PERSONAL, body_answer
from interfaces.rest.callers import Calling
from interfaces.rest.provided import provided
from interfaces.rest.readings import READS, Reading, StudentInPath, own_router, readings_router
from interfaces.rest.records import InPath, addressed, asked_for, refuse_query
from interfaces.rest.resources import BASE_PATH

READING = Reading(
    name="enrollment",
    collection="enrollments",
    about="A student in a course of a term. Only registration requests change it.",
    view=EnrollmentView,
    listing=ENROLLMENTS.listing,
    example=examples.ENROLLMENT,
    use_cases="enrollments",
)

UseEnrollments = Annotated[ReadEnrollments, Depends(provided("enrollments"))]
AsOf = Annotated[
    Moment | None,
    Query(
        description="A past moment with its offset from UTC: who sat where then. Now when none is given.",
        examples=["2026-01-20T09:00:00-05:00"],
    ),
]

router = APIRouter(prefix=BASE_PATH)


@router.get(
    "/students/{student}/schedule",
    tags=["students"],
    operation_id="get_schedule",
    summary="Read a student's schedule",
    description="What the student takes in a term, or took at a past moment, with the sections and when they meet.",
    responses={
        200: docs.answer(ScheduleView, "The schedule.", examples.SCHEDULE, "ETag"),
        304: docs.empty_answer("The schedule is as the client has it.", "ETag"),
        **docs.problems(*READS, "not_found"),
    },
    openapi_extra={"parameters": docs.parameters("Institution", "IfNoneMatch")},
)
async def get_schedule(
    request: Request,
    caller: Calling,
    student: StudentInPath,
    term: Annotated[str, Query(description="The term's id, or `code:` and its code.", examples=["code:2026-1"])],
    enrollments: UseEnrollments,
    as_of: AsOf = None,
) -> Response:
    """Answer a student's schedule."""
    refuse_query(request, "term", "as_of")
    view = await enrollments.schedule(caller, addressed(student), asked_for("term", term), as_of)
    return body_answer(request, view.model_dump_json().encode(), PERSONAL)


@router.get(
    "/sections/{section}/roster",
    tags=["sections"],
    operation_id="get_roster",
    summary="Read a section's roster",
    description="Who sits in the section, or sat there at a past moment, by student code.",
    responses={
        200: docs.answer(RosterView, "The roster.", examples.ROSTER, "ETag"),
        304: docs.empty_answer("The roster is as the client has it.", "ETag"),
        **docs.problems(*READS, "not_found"),
    },
    openapi_extra={"parameters": docs.parameters("Institution", "IfNoneMatch")},
)
async def get_roster(
    request: Request, caller: Calling, section: InPath, enrollments: UseEnrollments, as_of: AsOf = None
) -> Response:
    """Answer a section's roster."""
    refuse_query(request, "as_of")
    view = await enrollments.roster(caller, addressed(section), as_of)
    return body_answer(request, view.model_dump_json().encode(), PERSONAL)


OWN = own_router(
    READING.collection,
    "What the student takes, has taken, dropped and withdrawn from, in every term.",
    EnrollmentView,
    OF_ONE_STUDENT,
    examples.ENROLLMENT,
    READING.use_cases,
)

ROUTERS = (readings_router(READING), OWN, router)
