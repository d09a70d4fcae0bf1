"""The doors of OAuth 2: tokens (RFC 6749), giving them back (RFC 7009), and how to verify them (RFC 7517, RFC 8414)."""

import base64
from collections.abc import Callable, Mapping
from typing import Protocol
from urllib.parse import parse_qsl, unquote_plus

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from application.access.dto import Tokens
from application.access.errors import InvalidCredentials, InvalidScope, NoSession, TooManyAttempts
from application.access.sign_in import Door
from domain.shared.identifiers import InstitutionId
from interfaces.rest import documentation as docs
from interfaces.rest.answers import PERSONAL, SHARED, body_answer, json_answer
from interfaces.rest.bodies import read_body, require_media_type
from interfaces.rest.callers import calling, institution_of
from interfaces.rest.oauth_contract import (
    FORM_SCHEMA,
    GRANTS,
    REVOKE_RESPONSES,
    TOKEN_RESPONSES,
    TOKENS,
    AuthorizationServer,
    JsonWebKeySet,
    TokenAnswer,
    TokenError,
)
from interfaces.rest.problems import PROBLEM_JSON, PROBLEMS, RestError
from interfaces.rest.provided import provider
from interfaces.rest.rate_limit import admit_stranger
from interfaces.rest.records import refuse_query

FORM = "application/x-www-form-urlencoded"
TOKEN_PATH = "/v1/oauth/token"  # noqa: S105 - a path
_MOST_FIELDS = 20


class _Keys(Protocol):
    """What publishes the keys."""

    def published(self) -> str:
        """The public keys as a JSON Web Key Set."""
        ...


class _Settings(Protocol):
    """What the settings say of tokens."""

    @property
    def token_issuer(self) -> str:
        """Who tokens say they are from."""
        ...


class _RefusedError(Exception):
    """A request for a token that gets none; `error` is a code of RFC 6749, 5.2."""

    def __init__(self, error: str, detail: str, *, status: int = 400, code: str = "invalid_request") -> None:
        super().__init__(error)
        self.error = error
        self.detail = detail
        self.status = status
        self.code = code
        self.headers: dict[str, str] = {}


_door: Callable[[], Door] = provider("door")
_keys: Callable[[], _Keys] = provider("signing_keys")
_settings: Callable[[], _Settings] = provider("settings")
_scopes: Callable[[], frozenset[str]] = provider("scopes")
_issues_tokens: Callable[[], bool] = provider("issues_tokens")


async def _gives_tokens() -> None:
    """These doors are not here when another provider gives the tokens. Raises `RestError` (404)."""
    if not _issues_tokens():
        raise RestError("not_found", "This server gives no tokens: another provider does.")


router = APIRouter(tags=["access"])
_giving = APIRouter(tags=["access"], dependencies=[Depends(_gives_tokens)])


@_giving.post(
    TOKEN_PATH,
    operation_id="token",
    summary="Come in: get an access token",
    description="With an account's address and password (first-party clients only), with a refresh token, which is good"
    " once and comes back as a new one, or with a client's id and secret. An access token is good for some minutes.",
    responses=TOKEN_RESPONSES,
    openapi_extra={
        "parameters": docs.parameters("InstitutionAlone"),
        "requestBody": {
            "required": True,
            "content": {
                FORM: {
                    "schema": FORM_SCHEMA,
                    "examples": {
                        "password": {"value": {"grant_type": "password", "username": "a@b.edu", "password": "…"}}
                    },
                }
            },
        },
    },
)
async def token(request: Request) -> Response:
    """Answer tokens, or what RFC 6749 says when there are none."""
    try:
        refuse_query(request)
        tokens = await _granted(request, await _form(request))
    except RestError:
        admit_stranger(request)
        raise
    except _RefusedError as error:
        return _refusal(request, error)
    except TooManyAttempts as error:
        refused = _RefusedError("temporarily_unavailable", error.detail, status=429, code=error.code)
        refused.headers["Retry-After"] = str(error.seconds)
        return _refusal(request, refused)
    except InvalidScope as error:
        return _refusal(request, _RefusedError("invalid_scope", error.detail, code=error.code))
    except InvalidCredentials as error:
        return _refusal(request, _RefusedError("invalid_grant", error.detail, code=error.code))
    answer = TokenAnswer(token_type="Bearer", **tokens.model_dump())  # noqa: S106 - the type of token
    return json_answer(answer.model_dump_json(exclude_none=True), Cache_Control=PERSONAL, Pragma="no-cache")


async def _granted(request: Request, fields: Mapping[str, str]) -> Tokens:
    grant = fields.get("grant_type")
    if grant is None:
        raise _RefusedError("invalid_request", "grant_type is missing.")
    granting = {"password": _by_password, "refresh_token": _by_refresh, "client_credentials": _by_client}.get(grant)
    if granting is None:
        raise _RefusedError("unsupported_grant_type", f"grant_type must be one of {', '.join(GRANTS)}.")
    return await granting(request, await institution_of(request), fields)


async def _by_password(request: Request, institution: InstitutionId, fields: Mapping[str, str]) -> Tokens:
    email, password = _needed(fields, "username", "password")
    return await _door().sign_in(institution, email, password, origin_of(request))


async def _by_refresh(request: Request, institution: InstitutionId, fields: Mapping[str, str]) -> Tokens:
    (refresh_token,) = _needed(fields, "refresh_token")
    return await _door().refresh(institution, refresh_token, origin_of(request))


async def _by_client(request: Request, institution: InstitutionId, fields: Mapping[str, str]) -> Tokens:
    client, secret = _client(request, fields)
    scopes = fields.get("scope", "").split()
    try:
        return await _door().sign_in_client(institution, client, secret, scopes, origin_of(request))
    except InvalidCredentials as error:
        refused = _RefusedError("invalid_client", error.detail, status=401, code="unauthenticated")
        refused.headers["WWW-Authenticate"] = 'Basic realm="matricula"'
        raise refused from None


def _client(request: Request, fields: Mapping[str, str]) -> tuple[str, str]:
    """The client's id and secret, from HTTP Basic or the form (RFC 6749, 2.3.1). Raises `_RefusedError`."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        client, secret = _needed(fields, "client_id", "client_secret")
        return client, secret
    if "client_secret" in fields:
        raise _RefusedError("invalid_request", "A client says who it is by HTTP Basic or in the form, not both.")
    try:
        client, _, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except ValueError:
        raise _RefusedError("invalid_request", "The header Authorization is no HTTP Basic.") from None
    return unquote_plus(client), unquote_plus(secret)


async def _form(request: Request) -> Mapping[str, str]:
    """The fields of the form that is the body. Raises `_RefusedError`, and `RestError` (413)."""
    try:
        require_media_type(request, FORM)
    except RestError as error:
        refused = _RefusedError("invalid_request", error.detail, status=415, code=error.code)
        refused.headers.update({**(error.headers or {}), "Content-Type": PROBLEM_JSON})
        raise refused from None
    return _fields(await read_body(request, FORM))


def _fields(body: bytes) -> Mapping[str, str]:
    """The fields of a form, each given once. Raises `_RefusedError`."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=False, strict_parsing=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise _RefusedError("invalid_request", "The body is no form.") from None
    if len({name for name, _ in pairs}) != len(pairs) or any("\x00" in value for _, value in pairs):
        raise _RefusedError("invalid_request", "A field is given twice, or cannot be read.")
    return dict(pairs)


def _needed(fields: Mapping[str, str], *names: str) -> list[str]:
    missing = [name for name in names if name not in fields]
    if missing:
        raise _RefusedError("invalid_request", f"{' and '.join(missing)} must be given.")
    return [fields[name] for name in names]


def _refusal(request: Request, refused: _RefusedError) -> Response:
    """What RFC 6749 says of a refusal, which counts as a stranger's. Raises `RestError` (429).

    Coming in does not count: a campus behind one address may sign in at the same moment.
    """
    admit_stranger(request)
    kind = PROBLEMS[refused.code]
    error = TokenError(
        error=refused.error,
        error_description=refused.detail,
        type=f"/problems/{refused.code}",
        title=kind.title,
        status=refused.status,
        detail=refused.detail,
        code=refused.code,
        request_id=request.state.request_id,
    )
    answer = json_answer(error.model_dump_json(), refused.status, Cache_Control=PERSONAL, Pragma="no-cache")
    answer.headers.update(refused.headers)
    return answer


def origin_of(request: Request) -> str:
    """The address that a request comes from."""
    return request.client.host if request.client is not None else "local"


@_giving.post(
    "/v1/oauth/revoke",
    operation_id="revoke",
    response_class=Response,  # without a body
    summary="Sign out: give a token back",
    description="Ends the session that the token belongs to, be it the refresh token or an access token: neither lets"
    " anybody in any more. A token that nobody knows is as good as given back. A client's access token belongs to no"
    " session, and is refused (`unsupported_token_type`), as are the tokens of another provider.",
    responses=REVOKE_RESPONSES,
    openapi_extra={
        "parameters": docs.parameters("InstitutionAlone"),
        "requestBody": {
            "required": True,
            "content": {
                FORM: {
                    "schema": {"type": "object", "required": ["token"], "properties": {"token": {"type": "string"}}},
                    "examples": {"token": {"value": {"token": TOKENS["refresh_token"]}}},
                }
            },
        },
    },
)
async def revoke(request: Request) -> Response:
    """Answer 200, unless the token is of a kind that cannot be given back."""
    admit_stranger(request)
    refuse_query(request)
    try:
        await _take_back(request, await _form(request))
    except _RefusedError as refused:
        return _refusal(request, refused)
    return Response(headers={"Cache-Control": PERSONAL})


async def _take_back(request: Request, fields: Mapping[str, str]) -> None:
    (given,) = _needed(fields, "token")
    if not _issues_tokens():
        raise _RefusedError("unsupported_token_type", "Another provider gives the tokens for this server.")
    try:
        await _door().sign_out(await institution_of(request), given, origin_of(request))
    except NoSession as error:
        raise _RefusedError("unsupported_token_type", error.detail) from None


@router.delete(
    "/v1/sessions",
    operation_id="sign_out_everywhere",
    summary="Sign out everywhere",
    description="Ends all sessions of the caller's account; within a second, its access tokens let nobody in.",
    status_code=204,
    responses={
        204: docs.empty_answer("Nobody is in any more."),
        **docs.problems("institution_required", "access_denied", "unknown_institution"),
    },
    openapi_extra={"parameters": docs.parameters("Institution")},
)
async def sign_out_everywhere(request: Request) -> Response:
    """End the caller's sessions."""
    refuse_query(request)
    await _door().sign_out_everywhere(await calling(request), origin_of(request))
    return Response(status_code=204)


@_giving.get(
    "/.well-known/jwks.json",
    operation_id="signing_keys",
    summary="Show the keys that verify access tokens",
    responses={
        200: docs.answer(
            JsonWebKeySet,
            "The public keys.",
            {"keys": [{"kty": "RSA", "kid": "3f…", "use": "sig", "n": "…", "e": "AQAB"}]},
            "ETag",
        ),
        304: docs.empty_answer("They are as the client has them.", "ETag"),
        **docs.problems("not_found", "too_many_requests"),
    },
    openapi_extra={"parameters": docs.parameters("IfNoneMatch")},
)
async def signing_keys(request: Request) -> Response:
    """Answer the public keys."""
    admit_stranger(request)
    refuse_query(request)
    return body_answer(request, _keys().published().encode(), SHARED)


@_giving.get(
    "/.well-known/oauth-authorization-server",
    operation_id="authorization_server",
    summary="Show how this server gives tokens",
    responses={
        200: docs.answer(
            AuthorizationServer,
            "Where and how.",
            {
                "issuer": "matricula",
                "token_endpoint": TOKEN_PATH,
                "revocation_endpoint": "/v1/oauth/revoke",
                "jwks_uri": "/.well-known/jwks.json",
                "grant_types_supported": list(GRANTS),
                "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                "scopes_supported": ["catalog:read"],
            },
            "ETag",
        ),
        304: docs.empty_answer("It is as the client has it.", "ETag"),
        **docs.problems("not_found", "too_many_requests"),
    },
    openapi_extra={"parameters": docs.parameters("IfNoneMatch")},
)
async def authorization_server(request: Request) -> Response:
    """Answer where tokens are to be had."""
    admit_stranger(request)
    refuse_query(request)
    base = str(request.base_url).rstrip("/")
    told = AuthorizationServer(
        issuer=_settings().token_issuer,
        token_endpoint=f"{base}{TOKEN_PATH}",
        revocation_endpoint=f"{base}/v1/oauth/revoke",
        jwks_uri=f"{base}/.well-known/jwks.json",
        grant_types_supported=list(GRANTS),
        token_endpoint_auth_methods_supported=["client_secret_basic", "client_secret_post"],
        scopes_supported=sorted(_scopes()),
    )
    return body_answer(request, told.model_dump_json().encode(), SHARED)


ROUTERS = (_giving, router)
