"""Registration over REST: requests with their decisions, enrollments, schedules and rosters."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from application.registration.dto import (
    EnrollmentView,
    RegistrationRequestFields,
    RegistrationRequestView,
    RosterView,
    ScheduleView,
)
from application.registration.enrollments import ENROLLMENTS, ReadEnrollments
from application.registration.register import Register
from interfaces.rest import documentation as docs
from interfaces.rest import examples
from interfaces.rest.answers import PERSONAL, body_answer, json_answer
from interfaces.rest.bodies import JSON, read_body, read_fields
from interfaces.rest.callers import Calling
from interfaces.rest.pages import Asked, page_answer, page_parameters
from interfaces.rest.problems import RestError
from interfaces.rest.provided import provided
from interfaces.rest.records import InPath, addressed, refuse_query
from interfaces.rest.resources import BASE_PATH, page_model

_READS = ("institution_required", "access_denied", "unknown_institution")

UseEnrollments = Annotated[ReadEnrollments, Depends(provided("enrollments"))]

router = APIRouter(prefix=BASE_PATH)


@router.post(
    "/registration-requests",
    tags=["registration-requests"],
    operation_id="register",
    summary="Register a student",
    description="Decides the actions in their order, each on what those before it left. A refused action is a normal"
    " answer: its decision lists every reason. Each decision is durable when the answer arrives.",
    response_model=RegistrationRequestView,
    responses={
        200: docs.answer("A decision for each action.", examples.REGISTRATION_ANSWER),
        **docs.problems(
            *_READS,
            "malformed_json",
            "body_too_large",
            "unsupported_media_type",
            "invalid_field",
            "unknown_reference",
        ),
    },
    openapi_extra={
        "parameters": docs.parameters("Institution"),
        "requestBody": docs.request_body(
            RegistrationRequestFields, {JSON: ("two courses", examples.REGISTRATION_REQUEST)}
        ),
    },
)
async def register(
    request: Request, caller: Calling, use_case: Annotated[Register, Depends(provided("register"))]
) -> Response:
    """Decide a registration request."""
    refuse_query(request)
    fields = read_fields(RegistrationRequestFields, await read_body(request, JSON))
    decided = await use_case.execute(caller, fields)
    return json_answer(decided.model_dump_json(), Cache_Control=PERSONAL)


@router.get(
    "/enrollments",
    tags=["enrollments"],
    operation_id="list_enrollments",
    summary="List enrollments",
    description="Students in courses of a term. Only registration requests change them.",
    response_model=page_model(EnrollmentView),
    responses={
        200: docs.answer(
            "A page of the collection.", {"items": [examples.ENROLLMENT], "next_cursor": None}, "ETag", "Link"
        ),
        304: docs.empty_answer("The page is as the client has it.", "ETag"),
        **docs.problems(*_READS),
    },
    openapi_extra={"parameters": docs.parameters("Institution", "IfNoneMatch")},
)
async def list_enrollments(
    request: Request,
    caller: Calling,
    asked: Annotated[Asked, Depends(page_parameters(EnrollmentView, ENROLLMENTS.listing))],
    enrollments: UseEnrollments,
) -> Response:
    """Answer a page of enrollments."""
    return page_answer(request, await enrollments.list(caller, asked.query), asked, PERSONAL)


@router.get(
    "/enrollments/{enrollment}",
    tags=["enrollments"],
    operation_id="get_enrollment",
    summary="Read an enrollment",
    response_model=EnrollmentView,
    responses={
        200: docs.answer("The enrollment.", examples.ENROLLMENT, "ETag"),
        304: docs.empty_answer("The enrollment is as the client has it.", "ETag"),
        **docs.problems(*_READS, "not_found"),
    },
    openapi_extra={"parameters": docs.parameters("Institution", "IfNoneMatch")},
)
async def get_enrollment(
    request: Request,
    caller: Calling,
    enrollment: Annotated[UUID, Path(description="The enrollment's id.", examples=[examples.ENROLLMENT_ID])],
    enrollments: UseEnrollments,
) -> Response:
    """Answer one enrollment."""
    refuse_query(request)
    view = await enrollments.get(caller, enrollment)
    return body_answer(request, view.model_dump_json().encode(), PERSONAL)


@router.get(
    "/students/{student}/schedule",
    tags=["students"],
    operation_id="get_schedule",
    summary="Read a student's schedule",
    description="What the student takes in a term, with the sections and when they meet.",
    response_model=ScheduleView,
    responses={
        200: docs.answer("The schedule.", examples.SCHEDULE, "ETag"),
        304: docs.empty_answer("The schedule is as the client has it.", "ETag"),
        **docs.problems(*_READS, "not_found"),
    },
    openapi_extra={"parameters": docs.parameters("Institution", "IfNoneMatch")},
)
async def get_schedule(
    request: Request,
    caller: Calling,
    student: Annotated[str, Path(description="The student's id, or `code:` and the code.", examples=["code:S-0001"])],
    term: Annotated[str, Query(description="The term's id, or `code:` and its code.", examples=["code:2026-1"])],
    enrollments: UseEnrollments,
) -> Response:
    """Answer a student's schedule."""
    if request.query_params.keys() != {"term"}:
        raise RestError("invalid_request", "The only query parameter of this operation is term.")
    view = await enrollments.schedule(caller, addressed(student), addressed(term))
    return body_answer(request, view.model_dump_json().encode(), PERSONAL)


@router.get(
    "/sections/{section}/roster",
    tags=["sections"],
    operation_id="get_roster",
    summary="Read a section's roster",
    description="Who sits in the section, by student code.",
    response_model=RosterView,
    responses={
        200: docs.answer("The roster.", examples.ROSTER, "ETag"),
        304: docs.empty_answer("The roster is as the client has it.", "ETag"),
        **docs.problems(*_READS, "not_found"),
    },
    openapi_extra={"parameters": docs.parameters("Institution", "IfNoneMatch")},
)
async def get_roster(request: Request, caller: Calling, section: InPath, enrollments: UseEnrollments) -> Response:
    """Answer a section's roster."""
    refuse_query(request)
    view = await enrollments.roster(caller, addressed(section))
    return body_answer(request, view.model_dump_json().encode(), PERSONAL)


ROUTERS = (router,)
