"""Waitlists over REST: who waits, and looking at the queues again at once."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from application.registration.waitlists import (
    OF_ONE_STUDENT,
    WAITLIST_ENTRIES,
    QueueReview,
    ReviewQueues,
    WaitlistEntryView,
)
from application.shared.idempotency import Answer
from interfaces.rest import documentation as docs
from interfaces.rest import registration_examples as examples
from interfaces.rest.answers import json_answer
from interfaces.rest.callers import Calling
from interfaces.rest.idempotency import REPLAYED, idempotency_key, marked
from interfaces.rest.provided import provided
from interfaces.rest.readings import READS, Reading, own_router, readings_router
from interfaces.rest.records import refuse_query
from interfaces.rest.resources import BASE_PATH

READING = Reading(
    name="waitlist entry",
    collection="waitlist-entries",
    about="A student's place in the queue for sections. Only registration requests and free seats change it.",
    view=WaitlistEntryView,
    listing=WAITLIST_ENTRIES.listing,
    example=examples.WAITLIST_ENTRY,
    use_cases="waitlists",
)


router = APIRouter(prefix=BASE_PATH)


@router.post(
    "/queue-reviews",
    tags=["waitlist-entries"],
    operation_id="review_queues",
    summary="Review all queues now",
    description="Looks at the queues of every term again, as the server does by itself from time to time: a time ticket"
    " may have opened, reserved seats may have been released, a waitlist may have closed. Takes no body.",
    responses={
        200: docs.answer(QueueReview, "Where anything moved.", examples.QUEUE_REVIEW, REPLAYED),
        **docs.problems(*READS, "invalid_field", "idempotency_key_reused"),
    },
    openapi_extra={"parameters": docs.parameters("Institution", "IdempotencyKey")},
)
async def review_queues(
    request: Request, caller: Calling, use_case: Annotated[ReviewQueues, Depends(provided("review_queues"))]
) -> Response:
    """Review the queues."""
    refuse_query(request)
    key = idempotency_key(request)
    if key is None:
        answer = Answer(QueueReview(terms=await use_case.execute(caller)))
    else:
        answer = await use_case.execute_once(caller, key)
    return marked(json_answer(answer.view.model_dump_json(), Cache_Control="no-store"), answer)


OWN = own_router(
    READING.collection,
    "What the student waits for and has waited for, each with its position.",
    WaitlistEntryView,
    OF_ONE_STUDENT,
    examples.WAITLIST_ENTRY,
    READING.use_cases,
)

ROUTERS = (readings_router(READING), OWN, router)
