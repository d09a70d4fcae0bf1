"""The audit log over REST: the collection, and the history of an enrollment or waitlist entry."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from application.registration.audit import AUDIT_EVENTS, AuditEventView, EnrollmentHistory, ReadAudit
from interfaces.rest import documentation as docs
from interfaces.rest import registration_examples as examples
from interfaces.rest.answers import PERSONAL, body_answer
from interfaces.rest.callers import Calling
from interfaces.rest.provided import provided
from interfaces.rest.readings import READS, Reading, readings_router
from interfaces.rest.records import refuse_query
from interfaces.rest.resources import BASE_PATH

READING = Reading(
    name="audit event",
    collection="audit-events",
    about="A decided command: who asked for what, what every rule said, and what followed. `about` is the id of a"
    " student, section, enrollment, waitlist entry, permission or hold.",
    view=AuditEventView,
    listing=AUDIT_EVENTS.listing,
    example=examples.AUDIT_EVENT,
    use_cases="audit",
)

router = APIRouter(prefix=BASE_PATH)


def _history(noun: str) -> dict[str, Any]:
    return {
        "summary": f"Read the history of {noun}",
        "description": f"Everything that was decided about {noun}, in order, with what every rule said.",
        "responses": {
            200: docs.answer(EnrollmentHistory, "The history.", examples.HISTORY, "ETag"),
            304: docs.empty_answer("The history is as the client has it.", "ETag"),
            **docs.problems(*READS, "not_found"),
        },
        "openapi_extra": {"parameters": docs.parameters("Institution", "IfNoneMatch")},
    }


@router.get(
    "/enrollments/{id}/history",
    tags=["enrollments"],
    operation_id="get_enrollment_history",
    **_history("an enrollment"),
)
@router.get(
    "/waitlist-entries/{id}/history",
    tags=["waitlist-entries"],
    operation_id="get_waitlist_entry_history",
    **_history("a waitlist entry"),
)
async def get_history(
    request: Request,
    caller: Calling,
    id: Annotated[UUID, Path(description="The id.", examples=[examples.ENROLLMENT_ID])],  # noqa: A002 - its name in the path
    audit: Annotated[ReadAudit, Depends(provided("audit"))],
) -> Response:
    """Answer what was decided about an enrollment or entry."""
    refuse_query(request)
    view = await audit.history(caller, id)
    return body_answer(request, view.model_dump_json().encode(), PERSONAL)


ROUTERS = (readings_router(READING), router)
