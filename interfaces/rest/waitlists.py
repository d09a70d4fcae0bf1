"""Waitlists over REST: who waits, and looking at the queues again at once."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel
from starlette.responses import Response

from application.registration.waitlists import (
    OF_ONE_STUDENT,
    WAITLIST_ENTRIES,
    ReadWaitlists,
    ReviewQueues,
    WaitlistEntryView,
)
from interfaces.rest import documentation as docs
from interfaces.rest import registration_examples as examples
from interfaces.rest.answers import PERSONAL, json_answer
from interfaces.rest.callers import Calling
from interfaces.rest.pages import Asked, page_answer, page_parameters
from interfaces.rest.provided import provided
from interfaces.rest.readings import READS, Reading, readings_router
from interfaces.rest.records import addressed, refuse_query
from interfaces.rest.resources import BASE_PATH, page_model

READING = Reading(
    name="waitlist entry",
    collection="waitlist-entries",
    about="A student's place in the queue for sections. Only registration requests and free seats change it.",
    view=WaitlistEntryView,
    listing=WAITLIST_ENTRIES.listing,
    example=examples.WAITLIST_ENTRY,
    use_cases="waitlists",
)


class QueueReview(BaseModel):
    """The terms in which anybody was promoted, passed over or sent away."""

    terms: list[UUID]


router = APIRouter(prefix=BASE_PATH)


@router.post(
    "/queue-reviews",
    tags=["waitlist-entries"],
    operation_id="review_queues",
    summary="Review all queues now",
    description="Looks at the queues of every term again, as the server does by itself from time to time: a time ticket"
    " may have opened, reserved seats may have been released, a waitlist may have closed. Takes no body.",
    response_model=QueueReview,
    responses={200: docs.answer("Where anything moved.", examples.QUEUE_REVIEW), **docs.problems(*READS)},
    openapi_extra={"parameters": docs.parameters("Institution")},
)
async def review_queues(
    request: Request, caller: Calling, use_case: Annotated[ReviewQueues, Depends(provided("review_queues"))]
) -> Response:
    """Review the queues."""
    refuse_query(request)
    reviewed = QueueReview(terms=list(await use_case.execute(caller)))
    return json_answer(reviewed.model_dump_json(), Cache_Control="no-store")


@router.get(
    "/students/{student}/waitlist-entries",
    tags=["students"],
    operation_id="list_waitlist_entries_of_student",
    summary="List a student's waitlist entries",
    description="What the student waits for and has waited for, each with its position; students may read their own.",
    response_model=page_model(WaitlistEntryView),
    responses={
        200: docs.answer(
            "A page of the entries.", {"items": [examples.WAITLIST_ENTRY], "next_cursor": None}, "ETag", "Link"
        ),
        304: docs.empty_answer("The page is as the client has it.", "ETag"),
        **docs.problems(*READS, "not_found"),
    },
    openapi_extra={"parameters": docs.parameters("Institution", "IfNoneMatch")},
)
async def list_waitlist_entries_of_student(
    request: Request,
    caller: Calling,
    student: Annotated[str, Path(description="The student's id, or `code:` and the code.", examples=["code:S-0001"])],
    asked: Annotated[Asked, Depends(page_parameters(WaitlistEntryView, OF_ONE_STUDENT))],
    waitlists: Annotated[ReadWaitlists, Depends(provided("waitlists"))],
) -> Response:
    """Answer a page of a student's entries."""
    page = await waitlists.of_student(caller, addressed(student), asked.query)
    return page_answer(request, page, asked, PERSONAL)


ROUTERS = (readings_router(READING), router)
