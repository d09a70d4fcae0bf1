"""What the doors of OAuth 2 say of themselves: their answers, the form of the token endpoint, and examples."""

from typing import Annotated

from pydantic import BaseModel, Field

from interfaces.rest import documentation as docs

GRANTS = ("password", "refresh_token", "client_credentials")


class TokenError(BaseModel):
    """An error of the token endpoint: what RFC 6749 (5.2) asks for, and what every problem has."""

    error: str
    error_description: str
    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str


class JsonWebKeySet(BaseModel):
    """The public keys that verify access tokens (RFC 7517)."""

    keys: list[dict[str, str]]


class AuthorizationServer(BaseModel):
    """How this server gives tokens (RFC 8414)."""

    issuer: str
    token_endpoint: str
    revocation_endpoint: str
    jwks_uri: str
    grant_types_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    scopes_supported: list[str]


class TokenAnswer(BaseModel):
    """Tokens as RFC 6749 (5.1) has them; `expires_in` in seconds."""

    access_token: Annotated[str, Field(repr=False)]
    token_type: str
    expires_in: int
    refresh_token: Annotated[str | None, Field(repr=False)] = None
    scope: str | None = None


TOKENS = {
    "access_token": "eyJhbGciOiJSUzI1NiIsImtpZCI6IjNmIn0.eyJzdWIiOiIuLi4ifQ.c2lnbmF0dXJl",
    "token_type": "Bearer",
    "expires_in": 900,
    "refresh_token": "Yb0n0mR1l5m7Jw4mS7n9S8yQfJ0b2m1Zq3u6x9A8cDk",
}
REFUSED = {
    "error": "invalid_grant",
    "error_description": "These credentials let nobody in.",
    **docs.example_problem("invalid_credentials"),
}
FORM_SCHEMA = {
    "type": "object",
    "required": ["grant_type"],
    "properties": {
        "grant_type": {"type": "string", "enum": list(GRANTS)},
        "username": {"type": "string", "description": "The address of the account (grant `password`)."},
        "password": {"type": "string", "format": "password"},
        "refresh_token": {"type": "string", "description": "The token to trade in, good once (grant `refresh_token`)."},
        "client_id": {"type": "string", "description": "Or by HTTP Basic (grant `client_credentials`)."},
        "client_secret": {"type": "string", "format": "password"},
        "scope": {
            "type": "string",
            "description": "Some of the client's scopes, with spaces between; all when absent.",
        },
    },
}

_SHARED = docs.problems(
    "not_found", "unknown_institution", "unsupported_media_type", "body_too_large", "too_many_requests"
)
_NO_TOKEN = docs.answer(TokenError, "Refused, as RFC 6749 says it, or before it was looked at.", REFUSED)
_NOT_LOOKED_AT: docs.Json = {**_NO_TOKEN, "content": {**_NO_TOKEN["content"], **_SHARED[400]["content"]}}
_TOO_MANY_ATTEMPTS = docs.answer(
    TokenError,
    "Too many attempts failed.",
    {"error": "temporarily_unavailable", "error_description": "", **docs.example_problem("too_many_attempts")},
)

REVOKE_RESPONSES: dict[int | str, docs.Json] = {
    200: docs.empty_answer("The token lets nobody in."),
    **_SHARED,
    400: _NOT_LOOKED_AT,
}
TOKEN_RESPONSES: dict[int | str, docs.Json] = {
    **_SHARED,
    200: docs.answer(TokenAnswer, "The tokens.", TOKENS),
    400: _NOT_LOOKED_AT,
    401: docs.answer(
        TokenError,
        "The client is not known.",
        REFUSED | {"error": "invalid_client", "status": 401},
        "WWW-Authenticate",
    ),
    429: {
        **_SHARED[429],
        "description": "Too many attempts failed or come at once, or too much was refused to this address.",
        "content": {**_TOO_MANY_ATTEMPTS["content"], **_SHARED[429]["content"]},
    },
}

MODELS: tuple[type[BaseModel], ...] = (TokenAnswer, TokenError, JsonWebKeySet, AuthorizationServer)
