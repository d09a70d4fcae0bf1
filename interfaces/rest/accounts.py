"""Accounts and clients as resources: who, and which programs, may come in."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request
from pydantic import Field, SecretStr
from starlette.responses import Response

from application.access.accounts import KeepAccounts
from application.access.clients import KeepClients
from application.access.dto import (
    ACCOUNT_LISTING,
    CLIENT_LISTING,
    AccountFields,
    AccountView,
    ClientFields,
    ClientView,
    NewClient,
)
from application.access.errors import TooManyAttempts
from application.shared.dto import Dto
from application.shared.idempotency import Answer
from interfaces.rest import documentation as docs
from interfaces.rest.answers import PERSONAL, body_answer, json_answer
from interfaces.rest.bodies import JSON, read_body, read_fields
from interfaces.rest.callers import calling
from interfaces.rest.idempotency import REPLAYED, idempotency_key, marked
from interfaces.rest.oauth import origin_of
from interfaces.rest.problems import RestError
from interfaces.rest.provided import provider
from interfaces.rest.readings import READS, Reading, readings_router
from interfaces.rest.records import refuse_query
from interfaces.rest.resources import BASE_PATH

_ID = "0192f0c1-2f5a-7c3e-9d59-2b9f3a6f1c01"
_ACCOUNT = {
    "id": _ID,
    "email": "registrar@example.edu",
    "roles": ["registrar"],
    "student": None,
    "instructor": None,
    "has_password": True,
    "created_at": "2026-01-15T14:00:00Z",
    "disabled_at": None,
}
_CLIENT = {
    "id": _ID,
    "name": "timetabling",
    "scopes": ["scheduling:read", "scheduling:write"],
    "created_at": "2026-01-15T14:00:00Z",
    "disabled_at": None,
}
_NEW_CLIENT = {**_CLIENT, "secret": "Yb0n0mR1l5m7Jw4mS7n9S8yQfJ0b2m1Zq3u6x9A8cDk"}
_BODIES = (*READS, "malformed_json", "body_too_large", "unsupported_media_type", "invalid_field")

ACCOUNTS = Reading(
    name="account",
    collection="accounts",
    about="A person's way in: an address, roles, and who the person is. Its password is never shown.",
    view=AccountView,
    listing=ACCOUNT_LISTING,
    example=_ACCOUNT,
    use_cases="accounts",
)
CLIENTS = Reading(
    name="client",
    collection="clients",
    about="A program's way in, within the scopes that it was given. Its secret is shown once.",
    view=ClientView,
    listing=CLIENT_LISTING,
    example=_CLIENT,
    use_cases="clients",
)

_accounts: Callable[[], KeepAccounts] = provider("accounts")
_clients: Callable[[], KeepClients] = provider("clients")

_AccountInPath = Annotated[UUID, Path(description="The account's id.", examples=[_ID])]
_ClientInPath = Annotated[UUID, Path(description="The client's id.", examples=[_ID])]


class NewPassword(Dto):
    """A password for an account."""

    password: Annotated[SecretStr, Field(max_length=200, examples=["four words of some length"])]


class ChangedPassword(Dto):
    """A new password, and the old one, which proves who asks."""

    old: Annotated[SecretStr, Field(max_length=200)]
    new: Annotated[SecretStr, Field(max_length=200, examples=["four words of some length"])]


accounts = APIRouter(prefix=BASE_PATH, tags=["accounts"])
clients = APIRouter(prefix=BASE_PATH, tags=["clients"])


@accounts.post(
    "/accounts",
    operation_id="create_account",
    summary="Open an account",
    status_code=201,
    responses={
        201: docs.answer(AccountView, "The new account.", _ACCOUNT, "Location", REPLAYED),
        **docs.problems(*_BODIES, "unknown_reference", "already_exists", "idempotency_key_reused"),
    },
    openapi_extra={
        "parameters": docs.parameters("Institution", "IdempotencyKey"),
        "requestBody": docs.request_body(
            AccountFields,
            {
                "account": {
                    "email": "registrar@example.edu",
                    "roles": ["registrar"],
                    "password": "four words of some length",
                }
            },
        ),
    },
)
async def create_account(request: Request) -> Response:
    """Open an account."""
    refuse_query(request)
    caller = await calling(request)
    fields = read_fields(AccountFields, await read_body(request, JSON))
    key = idempotency_key(request)
    keeping = _accounts()
    origin = origin_of(request)
    if key is None:
        answer = Answer(await keeping.open(caller, fields, origin))
    else:
        answer = await keeping.open_once(caller, fields, key, origin)
    return _created(answer, "accounts")


@accounts.delete(
    "/accounts/{id}",
    operation_id="disable_account",
    summary="Close an account",
    description="Its person is signed out everywhere, and lets nobody in any more; what the person did stays.",
    status_code=204,
    responses={204: docs.empty_answer("Done."), **docs.problems(*READS, "not_found")},
    openapi_extra={"parameters": docs.parameters("Institution")},
)
async def disable_account(request: Request, id: _AccountInPath) -> Response:  # noqa: A002 - its name in the path
    """Close an account."""
    refuse_query(request)
    await _accounts().disable(await calling(request), id, origin_of(request))
    return Response(status_code=204)


@accounts.put(
    "/accounts/{id}/password",
    operation_id="reset_password",
    summary="Give an account another password",
    description="Its person is signed out everywhere.",
    status_code=204,
    responses={204: docs.empty_answer("Done."), **docs.problems(*_BODIES, "not_found")},
    openapi_extra={
        "parameters": docs.parameters("Institution"),
        "requestBody": docs.request_body(NewPassword, {"password": {"password": "four words of some length"}}),
    },
)
async def reset_password(request: Request, id: _AccountInPath) -> Response:  # noqa: A002 - its name in the path
    """Give an account another password."""
    refuse_query(request)
    caller = await calling(request)
    fields = read_fields(NewPassword, await read_body(request, JSON))
    await _accounts().reset_password(caller, id, fields.password, origin_of(request))
    return Response(status_code=204)


@accounts.get(
    "/account",
    operation_id="get_own_account",
    summary="Read the caller's own account",
    responses={
        200: docs.answer(AccountView, "The account.", _ACCOUNT, "ETag"),
        304: docs.empty_answer("It is as the client has it.", "ETag"),
        **docs.problems(*READS),
    },
    openapi_extra={"parameters": docs.parameters("Institution", "IfNoneMatch")},
)
async def get_own_account(request: Request) -> Response:
    """Answer who the caller is."""
    refuse_query(request)
    view = await _accounts().own(await calling(request))
    return body_answer(request, view.model_dump_json().encode(), PERSONAL)


@accounts.put(
    "/account/password",
    operation_id="change_password",
    summary="Change the caller's own password",
    description="The old one proves who asks. The caller is signed out everywhere.",
    status_code=204,
    responses={204: docs.empty_answer("Done."), **docs.problems(*_BODIES, "too_many_attempts")},
    openapi_extra={
        "parameters": docs.parameters("Institution"),
        "requestBody": docs.request_body(
            ChangedPassword, {"password": {"old": "the words of before", "new": "four words of some length"}}
        ),
    },
)
async def change_password(request: Request) -> Response:
    """Give the caller's account another password."""
    refuse_query(request)
    caller = await calling(request)
    fields = read_fields(ChangedPassword, await read_body(request, JSON))
    try:
        await _accounts().change_password(caller, fields.old, fields.new, origin_of(request))
    except TooManyAttempts as error:
        raise RestError(error.code, error.detail, headers={"Retry-After": str(error.seconds)}) from None
    return Response(status_code=204)


@clients.post(
    "/clients",
    operation_id="create_client",
    summary="Let a program in",
    description="The answer has the client's secret, which is never shown again: not even to the same request with the"
    " same idempotency key, whose answer has null in its place.",
    status_code=201,
    responses={
        201: docs.answer(NewClient, "The new client, with its secret.", _NEW_CLIENT, "Location", REPLAYED),
        **docs.problems(*_BODIES, "already_exists", "invalid_scope", "idempotency_key_reused"),
    },
    openapi_extra={
        "parameters": docs.parameters("Institution", "IdempotencyKey"),
        "requestBody": docs.request_body(
            ClientFields, {"client": {"name": "timetabling", "scopes": ["scheduling:read", "scheduling:write"]}}
        ),
    },
)
async def create_client(request: Request) -> Response:
    """Let a program in."""
    refuse_query(request)
    caller = await calling(request)
    fields = read_fields(ClientFields, await read_body(request, JSON))
    key = idempotency_key(request)
    keeping = _clients()
    origin = origin_of(request)
    if key is None:
        answer = Answer(await keeping.add(caller, fields, origin))
    else:
        answer = await keeping.add_once(caller, fields, key, origin)
    return _created(answer, "clients")


def _created(answer: "Answer[AccountView] | Answer[NewClient]", collection: str) -> Response:
    location = f"{BASE_PATH}/{collection}/{answer.view.id}"
    created = json_answer(answer.view.model_dump_json(), 201, Location=location, Cache_Control=PERSONAL)
    return marked(created, answer)


@clients.put(
    "/clients/{id}/secret",
    operation_id="rotate_client_secret",
    summary="Give a client another secret",
    description="Makes one up, and shows it this once; takes no body. The old one lets nobody in any more.",
    responses={
        200: docs.answer(NewClient, "The client, with its secret.", _NEW_CLIENT),
        **docs.problems(*READS, "not_found"),
    },
    openapi_extra={"parameters": docs.parameters("Institution")},
)
async def rotate_client_secret(request: Request, id: _ClientInPath) -> Response:  # noqa: A002 - its name in the path
    """Give a client another secret."""
    refuse_query(request)
    view = await _clients().rotate(await calling(request), id, origin_of(request))
    return json_answer(view.model_dump_json(), Cache_Control=PERSONAL)


@clients.delete(
    "/clients/{id}",
    operation_id="disable_client",
    summary="Shut a client out",
    status_code=204,
    responses={204: docs.empty_answer("Done."), **docs.problems(*READS, "not_found")},
    openapi_extra={"parameters": docs.parameters("Institution")},
)
async def disable_client(request: Request, id: _ClientInPath) -> Response:  # noqa: A002 - its name in the path
    """Shut a client out."""
    refuse_query(request)
    await _clients().disable(await calling(request), id, origin_of(request))
    return Response(status_code=204)


READINGS = (ACCOUNTS, CLIENTS)
ROUTERS = (accounts, clients, readings_router(ACCOUNTS), readings_router(CLIENTS))
REQUESTS = (AccountFields, ClientFields, NewPassword, ChangedPassword)
