"""Registration requests over REST: a cart of actions, and a decision for each."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from starlette.responses import Response

from application.registration.dto import RegistrationRequestFields, RegistrationRequestView
from application.registration.register import Register
from interfaces.rest import documentation as docs
from interfaces.rest import registration_examples as examples
from interfaces.rest.answers import PERSONAL, json_answer
from interfaces.rest.bodies import JSON, read_body, read_fields
from interfaces.rest.callers import calling
from interfaces.rest.idempotency import REPLAYED, idempotency_key
from interfaces.rest.lean import lean
from interfaces.rest.provided import provider
from interfaces.rest.readings import READS
from interfaces.rest.records import refuse_query
from interfaces.rest.resources import BASE_PATH

_use_case: Callable[[], Register] = provider("register")

router = APIRouter(prefix=BASE_PATH)


@router.post(
    "/registration-requests",
    tags=["registration-requests"],
    operation_id="register",
    summary="Register a student",
    description="Decides the actions: `best_effort` one after the other, each on what those before it left; `atomic`"
    " all together or none. A refused action is a normal answer: its decision lists every reason. Each decision is"
    " durable when the answer arrives.",
    responses={
        200: docs.answer(
            RegistrationRequestView, "A decision for each action.", examples.REGISTRATION_ANSWER, REPLAYED
        ),
        **docs.problems(
            *READS,
            "malformed_json",
            "body_too_large",
            "unsupported_media_type",
            "invalid_field",
            "unknown_reference",
            "idempotency_key_reused",
        ),
    },
    openapi_extra={
        "parameters": docs.parameters("Institution", "IdempotencyKey"),
        "requestBody": docs.request_body(RegistrationRequestFields, examples.REGISTRATION_REQUESTS),
    },
)
@lean
async def register(request: Request) -> Response:
    """Decide a registration request."""
    caller = await calling(request)
    refuse_query(request)
    fields = read_fields(RegistrationRequestFields, await read_body(request, JSON))
    answered = await _use_case().answer(caller, fields, idempotency_key(request))
    answer = json_answer(answered.json, Cache_Control=PERSONAL)
    if answered.is_replay:
        answer.headers[REPLAYED] = "true"
    return answer


ROUTERS = (router,)
