"""POST /v1/oauth/token and what its tokens open: every grant, every error, and how a stay ends."""

import base64
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx
import jwt
import pytest
from fastapi import FastAPI

from application.access.dto import NewClient
from tests.interfaces.rest.conftest import SettableClock
from tests.interfaces.rest.doors import IN_MEMORY, Seconds, container_of, opened
from tests.support.accounts import ANOTHER, EMAIL, OWN, PASSWORD, REVOKE, TOKEN, Doors, granted

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BY_PASSWORD = {"grant_type": "password", "username": EMAIL, "password": PASSWORD}


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
async def doors(app: FastAPI, clock: SettableClock, seconds: Seconds) -> AsyncIterator[Doors]:
    async with opened(app, container_of(clock, seconds, **IN_MEMORY)) as doors:
        yield doors


def assert_refused(answer: httpx.Response, error: str, status: int = 400) -> None:
    """Whether an answer is an error of RFC 6749, 5.2, that is kept nowhere."""
    said = answer.json()
    assert (answer.status_code, said["error"]) == (status, error), answer.text
    assert said["status"] == status
    assert said["error_description"] == said["detail"] != ""
    assert said["request_id"] == answer.headers["X-Request-Id"]
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Pragma"] == "no-cache"


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
    grant = {"grant_type": "client_credentials"}

    answer = await asking(doors, program, way, grant)
    tokens = granted(answer)

    assert set(tokens) == {"access_token", "token_type", "expires_in", "scope"}
    assert tokens["scope"] == "catalog:read scheduling:read"
    assert (await doors.call(tokens, path="/v1/departments")).status_code == 200
    assert (await doors.call(tokens, path="/v1/students")).status_code == 403


async def asking(doors: Doors, program: NewClient, way: str, form: dict[str, str]) -> httpx.Response:
    """Ask for a token as a program, in one way or the other."""
    if way == "form":
        return await doors.ask(**form, client_id=str(program.id), client_secret=program.secret)
    return await doors.client.post(TOKEN, data=form, headers=basic(str(program.id), program.secret))


async def test_a_program_may_ask_for_less_and_then_may_do_less(doors: Doors) -> None:
    program = await doors.program("catalog:read", "people:read")

    tokens = granted(await asking(doors, program, "form", {"grant_type": "client_credentials", "scope": "people:read"}))

    assert tokens["scope"] == "people:read"
    assert (await doors.call(tokens, path="/v1/students")).status_code == 200
    assert (await doors.call(tokens, path="/v1/departments")).status_code == 403


async def test_a_program_that_asks_for_more_gets_nothing(doors: Doors) -> None:
    program = await doors.program("catalog:read")
    form = {"grant_type": "client_credentials", "scope": "catalog:read people:read nonsense"}

    answer = await asking(doors, program, "form", form)

    assert_refused(answer, "invalid_scope")
    assert "nonsense people:read" in answer.json()["detail"]


@pytest.mark.parametrize("way", ["form", "basic"])
@pytest.mark.parametrize("wrong", ["secret", "id", "closed", "nonsense", "NUL"])
async def test_a_program_that_nobody_knows_is_told_how_to_come_in(way: str, wrong: str, doors: Doors) -> None:
    program = await doors.program()
    if wrong == "closed":
        await doors.container.clients().disable(doors.administrator, program.id)
    identity = {"id": "0192f0c1-2f5a-7c3e-9d59-2b9f3a6f1c01", "nonsense": "x" * 500, "NUL": "a\x00b"}
    client = identity.get(wrong, str(program.id))
    secret = "wrong" if wrong == "secret" else program.secret
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
    form = {"grant_type": "client_credentials", "client_id": str(program.id), "client_secret": program.secret}

    answer = await doors.client.post(TOKEN, data=form, headers=basic(str(program.id), program.secret))

    assert_refused(answer, "invalid_request")


@pytest.mark.parametrize("grant", ["implicit", "authorization_code", "PASSWORD", "urn:x"])
async def test_a_grant_that_there_is_not_is_unsupported(grant: str, doors: Doors) -> None:
    assert_refused(await doors.ask(grant_type=grant), "unsupported_grant_type")


@pytest.mark.parametrize("path", [TOKEN, REVOKE])
@pytest.mark.parametrize("media_type", ["application/json", "multipart/form-data; boundary=x", "text/plain"])
async def test_what_is_not_sent_as_a_form_is_unsupported(path: str, media_type: str, doors: Doors) -> None:
    answer = await doors.client.post(path, content=json.dumps(BY_PASSWORD), headers={"Content-Type": media_type})

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


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


async def test_a_refresh_token_is_good_once_and_comes_back_as_another(doors: Doors, clock: SettableClock) -> None:
    await doors.account()
    first = await doors.sign_in()
    clock.moment += timedelta(hours=1)

    second = granted(await doors.refresh(first))

    assert second["refresh_token"] != first["refresh_token"]
    assert (await doors.call(first)).status_code == 401
    assert (await doors.call(second)).status_code == 200
    third = granted(await doors.refresh(second))
    assert third["refresh_token"] not in {first["refresh_token"], second["refresh_token"]}


async def test_a_refresh_token_that_comes_again_ends_its_session_and_voids_its_access_tokens(
    doors: Doors, seconds: Seconds
) -> None:
    await doors.account()
    elsewhere = await doors.sign_in()
    first = await doors.sign_in()
    second = granted(await doors.refresh(first))
    assert (await doors.call(second)).status_code == 200

    assert_refused(await doors.refresh(first), "invalid_grant")

    seconds.until_believed()
    assert [(await doors.call(tokens)).status_code for tokens in (first, second, elsewhere)] == [401, 401, 200]
    assert_refused(await doors.refresh(second), "invalid_grant")
    assert (await doors.refresh(elsewhere)).status_code == 200


async def test_a_refresh_token_expires(doors: Doors, clock: SettableClock) -> None:
    await doors.account()
    tokens = await doors.sign_in()
    clock.moment += timedelta(days=30)

    assert_refused(await doors.refresh(tokens), "invalid_grant")


async def test_who_gives_a_refresh_token_back_is_signed_out_there_alone(doors: Doors, seconds: Seconds) -> None:
    await doors.account()
    here, there = await doors.sign_in(), await doors.sign_in()
    assert (await doors.call(here)).status_code == 200

    answer = await doors.client.post(REVOKE, data={"token": here["refresh_token"]})

    seconds.until_believed()
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Cache-Control"] == "no-store"
    assert [(await doors.call(tokens)).status_code for tokens in (here, there)] == [401, 200]
    assert_refused(await doors.refresh(here), "invalid_grant")


async def test_a_token_that_nobody_knows_is_as_good_as_given_back(doors: Doors) -> None:
    answer = await doors.client.post(REVOKE, data={"token": "made up", "token_type_hint": "refresh_token"})

    assert answer.status_code == 200


async def test_who_signs_out_everywhere_is_out_everywhere_within_a_second(
    doors: Doors, seconds: Seconds, clock: SettableClock
) -> None:
    await doors.account()
    here, there = await doors.sign_in(), await doors.sign_in()
    await doors.account("bob@uni.example")
    bob = await doors.sign_in("bob@uni.example")
    assert (await doors.call(there)).status_code == 200

    assert (await doors.call(here, "DELETE", "/v1/sessions")).status_code == 204

    assert (await doors.call(there)).status_code == 200  # this process does not know yet
    seconds.until_believed()
    assert [(await doors.call(tokens)).status_code for tokens in (here, there, bob)] == [401, 401, 200]
    assert_refused(await doors.refresh(there), "invalid_grant")
    clock.moment += timedelta(microseconds=1)
    assert (await doors.call(await doors.sign_in())).status_code == 200


async def test_a_program_has_no_sessions_to_end_but_its_own_tokens(doors: Doors, seconds: Seconds) -> None:
    program = await doors.program("account")
    tokens = granted(await asking(doors, program, "form", {"grant_type": "client_credentials"}))

    assert (await doors.call(tokens)).status_code == 403
    assert (await doors.call(tokens, "DELETE", "/v1/sessions")).status_code == 204
    seconds.until_believed()
    assert (await doors.call(tokens)).status_code == 401


@pytest.mark.parametrize("how", ["changed", "reset", "closed"])
async def test_a_changed_password_or_a_closed_account_ends_all_sessions(
    how: str, doors: Doors, seconds: Seconds, clock: SettableClock
) -> None:
    account = await doors.account()
    tokens = await doors.sign_in()
    accounts = doors.container.accounts()
    if how == "changed":
        answer = await doors.call(tokens, "PUT", f"{OWN}/password", json={"old": PASSWORD, "new": ANOTHER})
        assert answer.status_code == 204, answer.text
    elif how == "reset":
        await doors.reset(EMAIL, ANOTHER)
    else:
        await accounts.disable(doors.administrator, account.id)

    seconds.until_believed()
    assert (await doors.call(tokens)).status_code == 401
    assert_refused(await doors.refresh(tokens), "invalid_grant")
    assert_refused(await doors.attempt(), "invalid_grant")
    clock.moment += timedelta(seconds=1)
    if how == "closed":
        await accounts.enable(doors.administrator, account.id)
        assert (await doors.call(await doors.sign_in())).status_code == 200
        assert (await doors.call(tokens)).status_code == 401
    else:
        assert (await doors.call(await doors.sign_in(password=ANOTHER))).status_code == 200


@pytest.mark.parametrize("how", ["rotated", "closed"])
async def test_a_program_with_another_secret_or_shut_out_is_out_at_once(
    how: str, doors: Doors, seconds: Seconds
) -> None:
    program = await doors.program()
    clients = doors.container.clients()
    tokens = granted(await asking(doors, program, "form", {"grant_type": "client_credentials"}))
    assert (await doors.call(tokens, path="/v1/departments")).status_code == 200

    await (clients.rotate if how == "rotated" else clients.disable)(doors.administrator, program.id)

    seconds.until_believed()
    assert (await doors.call(tokens, path="/v1/departments")).status_code == 401
    answer = await asking(doors, program, "form", {"grant_type": "client_credentials"})
    assert_refused(answer, "invalid_client", 401)
