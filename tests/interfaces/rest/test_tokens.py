"""POST /v1/oauth/token and what its tokens open: every grant, every error, and how a stay ends."""

import base64
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import jwt
import pytest
from fastapi import FastAPI

from tests.interfaces.rest.conftest import SettableClock
from tests.interfaces.rest.doors import IN_MEMORY, Seconds, container_of, opened
from tests.support.accounts import EMAIL, OWN, PASSWORD, REVOKE, TOKEN, Doors, assert_refused, granted

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BY_PASSWORD = {"grant_type": "password", "username": EMAIL, "password": PASSWORD}


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
async def doors(app: FastAPI, clock: SettableClock, seconds: Seconds) -> AsyncIterator[Doors]:
    async with opened(app, container_of(clock, seconds, **IN_MEMORY)) as doors:
        yield doors


def basic(client: str, secret: str) -> dict[str, str]:
    """The header of HTTP Basic as RFC 6749, 2.3.1, has it."""
    both = f"{quote(client, safe='')}:{quote(secret, safe='')}"
    return {"Authorization": f"Basic {base64.b64encode(both.encode()).decode()}"}


async def test_address_and_password_get_tokens_that_are_kept_nowhere(doors: Doors) -> None:
    account = await doors.account()

    answer = await doors.attempt(email=" ADA@uni.example ")

    tokens = granted(answer)
    assert set(tokens) == {"access_token", "token_type", "expires_in", "refresh_token"}
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 900)
    assert (answer.headers["Cache-Control"], answer.headers["Pragma"]) == ("no-store", "no-cache")
    assert (await doors.call(tokens)).json()["id"] == str(account.id)


async def test_any_library_verifies_a_token_with_the_published_keys(doors: Doors) -> None:
    account = await doors.account()
    token = (await doors.sign_in())["access_token"]

    published = await doors.client.get("/.well-known/jwks.json")
    key = jwt.PyJWKSet.from_dict(published.json())[jwt.get_unverified_header(token)["kid"]]
    options: Any = {"verify_exp": False, "verify_iat": False}
    said = jwt.decode(token, key, algorithms=["RS256"], audience="matricula", issuer="matricula", options=options)

    assert (said["sub"], said["roles"]) == (str(account.id), ["registrar"])
    assert all(set(key) == {"kty", "n", "e", "kid", "use", "alg"} for key in published.json()["keys"])


async def test_the_server_describes_its_doors(doors: Doors) -> None:
    told = (await doors.client.get("/.well-known/oauth-authorization-server")).json()

    assert told["token_endpoint"] == f"http://matricula.test{TOKEN}"
    assert told["revocation_endpoint"] == f"http://matricula.test{REVOKE}"
    assert (await doors.client.get(told["jwks_uri"])).status_code == 200
    assert told["grant_types_supported"] == ["password", "refresh_token", "client_credentials"]
    assert "registration:write" in told["scopes_supported"]


@pytest.mark.parametrize("way", ["form", "basic"])
async def test_a_program_gets_a_token_for_its_scopes_and_no_refresh_token(way: str, doors: Doors) -> None:
    program = await doors.program("catalog:read", "scheduling:read")

    if way == "form":
        tokens = granted(await doors.as_program(program))
    else:
        headers = basic(str(program.id), str(program.secret))
        tokens = granted(await doors.client.post(TOKEN, data={"grant_type": "client_credentials"}, headers=headers))

    assert set(tokens) == {"access_token", "token_type", "expires_in", "scope"}
    assert tokens["scope"] == "catalog:read scheduling:read"
    assert (await doors.call(tokens, path="/v1/departments")).status_code == 200
    assert (await doors.call(tokens, path="/v1/students")).status_code == 403


async def test_a_program_may_ask_for_less_and_then_may_do_less(doors: Doors) -> None:
    program = await doors.program("catalog:read", "people:read")

    tokens = granted(await doors.as_program(program, scope="people:read"))

    assert tokens["scope"] == "people:read"
    assert (await doors.call(tokens, path="/v1/students")).status_code == 200
    assert (await doors.call(tokens, path="/v1/departments")).status_code == 403


async def test_a_program_that_asks_for_more_gets_nothing(doors: Doors) -> None:
    program = await doors.program("catalog:read")

    answer = await doors.as_program(program, scope="catalog:read people:read nonsense")

    assert_refused(answer, "invalid_scope")
    assert "nonsense people:read" in answer.json()["detail"]


async def test_a_program_that_keeps_asking_for_more_is_still_let_in_with_what_it_was_given(doors: Doors) -> None:
    program = await doors.program("catalog:read")

    refusals = [await doors.as_program(program, scope="people:read") for _ in range(12)]

    assert {answer.json()["error"] for answer in refusals} == {"invalid_scope"}
    assert granted(await doors.as_program(program))["scope"] == "catalog:read"


@pytest.mark.parametrize("way", ["form", "basic"])
@pytest.mark.parametrize("wrong", ["secret", "id", "closed", "nonsense", "NUL"])
async def test_a_program_that_nobody_knows_is_told_how_to_come_in(way: str, wrong: str, doors: Doors) -> None:
    program = await doors.program()
    if wrong == "closed":
        await doors.container.clients().disable(doors.administrator, program.id)
    identity = {"id": "0192f0c1-2f5a-7c3e-9d59-2b9f3a6f1c01", "nonsense": "x" * 500, "NUL": "a\x00b"}
    client = identity.get(wrong, str(program.id))
    secret = "wrong" if wrong == "secret" else str(program.secret)
    form = {"grant_type": "client_credentials"}
    if way == "form" and wrong != "NUL":  # which no form holds
        answer = await doors.ask(**form, client_id=client, client_secret=secret)
    else:
        answer = await doors.client.post(TOKEN, data=form, headers=basic(client, secret))

    assert_refused(answer, "invalid_client", 401)
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="matricula"'


@pytest.mark.parametrize(
    ("form", "missing"),
    [
        ({}, "grant_type"),
        ({"username": EMAIL, "password": PASSWORD}, "grant_type"),
        ({"grant_type": ""}, "grant_type"),
        ({"grant_type": "password"}, "username and password"),
        ({"grant_type": "password", "username": EMAIL}, "password"),
        ({"grant_type": "password", "username": EMAIL, "password": ""}, "password"),
        ({"grant_type": "refresh_token"}, "refresh_token"),
        ({"grant_type": "client_credentials"}, "client_id and client_secret"),
        ({"grant_type": "client_credentials", "client_id": "x"}, "client_secret"),
    ],
)
async def test_a_request_that_leaves_something_out_is_invalid(form: dict[str, str], missing: str, doors: Doors) -> None:
    answer = await doors.client.post(TOKEN, data={**form, "a": "b"}, headers=FORM)

    assert_refused(answer, "invalid_request")
    assert answer.json()["detail"].startswith(missing)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"grant_type",
        b"grant_type=password&grant_type=password&username=a&password=b",
        b"grant_type=password&username=a%40b.c&password=x&password=y",
        b"grant_type=password&username=a%40b.c&password=x%00y",
        b"grant_type=password&username=a%00&password=x",
        b"grant_type=\xff",
        b"&".join(b"f%d=1" % number for number in range(30)),
    ],
)
async def test_what_is_no_form_with_fields_given_once_is_invalid(body: bytes, doors: Doors) -> None:
    for path in (TOKEN, REVOKE):
        assert_refused(await doors.client.post(path, content=body, headers=FORM), "invalid_request")


@pytest.mark.parametrize("header", ["Basic %%%", "Basic /w==", "Basic é"])
async def test_a_header_that_is_no_http_basic_is_invalid(header: str, doors: Doors) -> None:
    answer = await doors.client.post(
        TOKEN, data={"grant_type": "client_credentials"}, headers=[(b"Authorization", header.encode("latin-1"))]
    )

    assert_refused(answer, "invalid_request")


async def test_a_program_says_who_it_is_in_one_way_alone(doors: Doors) -> None:
    program = await doors.program()
    form = {"grant_type": "client_credentials", "client_id": str(program.id), "client_secret": str(program.secret)}

    answer = await doors.client.post(TOKEN, data=form, headers=basic(str(program.id), str(program.secret)))

    assert_refused(answer, "invalid_request")


@pytest.mark.parametrize("grant", ["implicit", "authorization_code", "PASSWORD", "urn:x"])
async def test_a_grant_that_there_is_not_is_unsupported(grant: str, doors: Doors) -> None:
    assert_refused(await doors.ask(grant_type=grant), "unsupported_grant_type")


@pytest.mark.parametrize("path", [TOKEN, REVOKE])
@pytest.mark.parametrize("media_type", ["application/json", "multipart/form-data; boundary=x", "text/plain"])
async def test_what_is_not_sent_as_a_form_is_unsupported(path: str, media_type: str, doors: Doors) -> None:
    answer = await doors.client.post(path, content=json.dumps(BY_PASSWORD), headers={"Content-Type": media_type})

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    assert answer.json()["error"] == "invalid_request"
    assert answer.json()["error_description"] == answer.json()["detail"]
    assert answer.json()["detail"] == "The body must be application/x-www-form-urlencoded, not compressed."
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["accept"] == "application/x-www-form-urlencoded"


async def test_no_password_goes_in_the_address(doors: Doors) -> None:
    answer = await doors.client.post(TOKEN, params={"password": PASSWORD}, data=BY_PASSWORD)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert PASSWORD not in answer.text


async def test_who_may_not_come_in_is_told_the_same_whatever_is_wrong(doors: Doors) -> None:
    await doors.account()
    await doors.account("closed@uni.example")
    closed = await doors.container.accounts().find(doors.administrator, "closed@uni.example")
    await doors.container.accounts().disable(doors.administrator, closed.id)
    await doors.account("elsewhere@uni.example", password=None)

    answers = [
        await doors.attempt("wrong"),
        await doors.attempt(email="nobody@uni.example"),
        await doors.attempt(email="closed@uni.example"),
        await doors.attempt(email="elsewhere@uni.example"),
        await doors.attempt(email="no address at all"),
        await doors.ask(grant_type="refresh_token", refresh_token="made up"),
    ]

    for answer in answers:
        assert_refused(answer, "invalid_grant")
    assert len({answer.json()["detail"] for answer in answers}) == 1


async def test_an_institution_that_there_is_not_lets_nobody_in(doors: Doors) -> None:
    answer = await doors.client.post(TOKEN, data=BY_PASSWORD, headers={"X-Matricula-Institution": "nowhere"})

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_institution")


@pytest.mark.parametrize(
    ("method", "path", "content"),
    [
        ("POST", "/v1/institutions", b"x"),
        ("PUT", "/v1/institutions/code:main", b"x"),
        ("PATCH", "/v1/institutions/code:main", b"{}"),
        ("DELETE", "/v1/institutions/code:main", b""),
        ("PUT", "/v1/departments/code:x", b"x"),
    ],
)
async def test_who_is_unknown_is_told_nothing_else(method: str, path: str, content: bytes, doors: Doors) -> None:
    for headers in ({}, {"If-Match": '"9"'}, {"If-Match": "*", "Content-Type": "application/json"}):
        answer = await doors.call(None, method, path, content=content, headers=headers)

        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic YTpi", "Token x"])
async def test_an_operation_without_a_token_is_refused_with_a_challenge(header: str | None, doors: Doors) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = await doors.client.get("/v1/departments", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="matricula"'


@pytest.mark.parametrize("token", ["garbage", "a.b.c", "é", "x" * 5000])
async def test_a_token_that_is_none_is_refused_with_the_reason(token: str, doors: Doors) -> None:
    headers = [(b"Authorization", f"Bearer {token}".encode("latin-1"))]
    answer = await doors.client.get("/v1/departments", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="matricula", error="invalid_token"'


async def test_headers_that_say_who_calls_are_not_believed(doors: Doors) -> None:
    answer = await doors.client.get("/v1/departments", headers={"X-Matricula-Actor": "administrator"})

    assert answer.status_code == 401


async def test_a_token_expires_by_the_clock_of_the_application(doors: Doors, clock: SettableClock) -> None:
    await doors.account()
    tokens = await doors.sign_in()
    clock.moment += timedelta(seconds=899)
    assert (await doors.call(tokens)).status_code == 200

    clock.moment += timedelta(seconds=1)
    answer = await doors.call(tokens)

    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    "path",
    ["/", "/livez", "/readyz", "/v1/institutions", "/.well-known/jwks.json", "/problems/not_found"],
)
async def test_what_is_public_needs_no_token(path: str, doors: Doors) -> None:
    assert (await doors.client.get(path)).status_code == 200


async def test_a_token_of_another_institution_opens_nothing(doors: Doors) -> None:
    there = await Doors(doors.client, doors.container, "there").found()
    doors.client.headers.clear()
    await doors.account()
    tokens = await doors.sign_in()

    answers = [
        await doors.call(tokens, path=path, headers={"X-Matricula-Institution": named})
        for path in (OWN, "/v1/departments", "/v1/accounts")
        for named in ("there", "code:there", str(there.administrator.institution))
    ]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(403, "access_denied")}
    # Its token says where it is good, so that no header need do so.
    assert (await doors.call(tokens)).status_code == 200
    assert_refused(await there.attempt(), "invalid_grant")
    assert_refused(await there.refresh(tokens), "invalid_grant")
    assert (await doors.refresh(tokens)).status_code == 200
