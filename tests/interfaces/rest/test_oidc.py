"""Tokens of an OpenID Connect provider: whom they let in."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fastapi import FastAPI

from application.access.errors import InvalidCredentials
from infrastructure.security.oidc import (
    SECONDS_BELIEVED,
)
from tests.interfaces.rest.conftest import SettableClock
from tests.interfaces.rest.identified import ANOTHER, ED25519, MAIN, P256, P384, RSA, University, identified
from tests.support.accounts import PASSWORD, REVOKE, TOKEN, Doors
from tests.support.identities import PrivateKey, jwk_of, signed


@pytest.fixture
async def university(app: FastAPI, clock: SettableClock, tmp_path: Path) -> AsyncIterator[University]:
    async with identified(app, clock, tmp_path) as university:
        yield university


async def test_a_token_lets_the_account_of_its_address_in(university: University) -> None:
    answer = await university.call(university.token())

    assert (answer.status_code, answer.json()["id"]) == (200, str(university.ada.id))


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [(RSA, "RS256"), (RSA, "RS512"), (RSA, "PS256"), (P256, "ES256"), (P384, "ES384"), (ED25519, "EdDSA")],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_providers_sign_with_rsa_and_with_curves(key: PrivateKey, algorithm: str, university: University) -> None:
    university.provider.keys = [jwk_of(RSA, kid="other"), jwk_of(key, kid="one")]

    assert (await university.call(signed(key, university.claims(), algorithm))).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "nobody@uni.example"},
        {"email": None},
        {"email": ["ada@uni.example"]},
        {"email_verified": False},
        {"email_verified": None},
        {"email_verified": "true"},
        {"aud": "another-api"},
        {"aud": ["another-api"]},
        {"aud": None},
        {"iss": "https://id.example.edu"},
        {"iss": None},
        {"sub": None},
        {"iat": None},
        {"exp": None},
        {"exp": "never"},
        {"exp": 1},
        {"iat": "soon"},
        {"iat": [1]},
        pytest.param({"exp": 10**400}, id="an exp too large for a number"),
        pytest.param({"iat": 10**400}, id="an iat too large for a number"),
        {"nbf": 32_503_680_000},
    ],
    ids=repr,
)
async def test_a_token_that_says_something_else_lets_nobody_in(changes: dict[str, Any], university: University) -> None:
    answer = await university.call(university.token(**changes))

    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="matricula", error="invalid_token"'


async def test_an_address_that_only_resembles_that_of_an_account_lets_nobody_in(university: University) -> None:
    await university.doors.account("bob@strasse.example", password=None)

    resembling = university.token(email="bob@straße.example")
    assert await university.statuses(resembling, university.token(email="bob@strasse.example")) == [401, 200]


async def test_a_token_is_good_until_it_expires_by_the_clock_of_the_application(university: University) -> None:
    token = university.token()
    university.clock.moment += timedelta(seconds=299)
    assert await university.statuses(token) == [200]

    university.clock.moment += timedelta(seconds=1)
    university.seconds.now += 1

    assert await university.statuses(token) == [401]


async def test_a_provider_whose_clock_is_ahead_a_little_is_believed(university: University) -> None:
    soon = int(university.clock.moment.timestamp()) + 30

    assert await university.statuses(university.token(iat=soon, nbf=soon)) == [200]


def unsigned(claims: dict[str, Any], header: dict[str, str], secret: bytes | None = None) -> str:
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, claims)]
    message = ".".join(parts)
    if secret is None:
        return f"{message}."
    signature = hmac.new(secret, message.encode(), hashlib.sha256).digest()
    return f"{message}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


async def test_a_token_that_the_provider_did_not_sign_lets_nobody_in(university: University) -> None:
    claims = university.claims()
    pem = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    university.provider.keys += [
        {"kty": "oct", "kid": "shared", "alg": "HS256", "k": "c2VjcmV0"},
        jwk_of(ANOTHER, kid="encrypts", use="enc"),
    ]

    assert (
        await university.statuses(
            signed(ANOTHER, claims),
            signed(P256, claims, "ES256"),
            signed(RSA, claims, "RS512"),  # the provider says that this key is for RS256
            signed(RSA, claims, kid=None),
            signed(ANOTHER, claims, kid="encrypts"),
            unsigned(claims, {"alg": "none", "kid": "one"}),
            unsigned(claims, {"alg": "HS256", "kid": "one"}, pem),
            unsigned(claims, {"alg": "HS256", "kid": "shared"}, b"secret"),
            unsigned(claims, {"alg": "RS256", "kid": "shared"}, b"secret"),
            "garbage",
        )
        == [401] * 10
    )


async def test_a_request_must_name_the_institution_if_there_are_several(university: University) -> None:
    there = await Doors(university.doors.client, university.doors.container, "there").found()
    token = university.token()

    unnamed = await university.doors.call(token)
    elsewhere = await university.doors.call(token, headers={"X-Matricula-Institution": "there"})
    assert (unnamed.status_code, elsewhere.status_code) == (400, 401)

    account = await there.account("ada@uni.example", "administrator", password=None)
    at_both = await university.doors.call(token, headers={"X-Matricula-Institution": "there"})
    assert at_both.json()["id"] == str(account.id)
    assert (await university.call(token)).json()["id"] == str(university.ada.id)


async def test_an_account_that_was_closed_lets_nobody_in_after_a_minute(university: University) -> None:
    token = university.token()
    assert await university.statuses(token) == [200]
    administrator, accounts = university.doors.administrator, university.doors.container.accounts()
    await accounts.disable(administrator, university.ada.id)

    university.seconds.now += SECONDS_BELIEVED

    assert await university.statuses(token, university.token()) == [401, 401]


async def test_who_signs_out_everywhere_needs_a_newer_token_after_a_minute(university: University) -> None:
    token = university.token()
    assert (await university.doors.call(token, "DELETE", "/v1/sessions", headers=MAIN)).status_code == 204

    university.seconds.now += SECONDS_BELIEVED
    university.clock.moment += timedelta(seconds=SECONDS_BELIEVED)

    assert await university.statuses(token, university.token()) == [401, 200]


@pytest.mark.parametrize("later", [timedelta(hours=1), timedelta(hours=23, minutes=59), timedelta(days=2)], ids=str)
async def test_a_token_of_before_somebody_signed_out_everywhere_never_comes_back(
    later: timedelta, university: University
) -> None:
    token = university.token(exp=32_503_680_000)
    bob = await university.doors.account("bob@uni.example", password=None)
    assert (await university.doors.call(token, "DELETE", "/v1/sessions", headers=MAIN)).status_code == 204

    university.seconds.now += later.total_seconds()
    university.clock.moment += later
    # Whatever becomes void removes what is remembered no longer.
    await university.doors.container.accounts().disable(university.doors.administrator, bob.id)

    assert await university.statuses(token, university.token()) == [401, 200]


@pytest.mark.parametrize(("age", "status"), [(timedelta(days=1), 200), (timedelta(days=1, seconds=1), 401)], ids=str)
async def test_a_token_lets_somebody_in_for_a_day_however_long_it_says_that_it_lasts(
    age: timedelta, status: int, university: University
) -> None:
    issued = int((university.clock.moment - age).timestamp())

    assert await university.statuses(university.token(iat=issued, exp=32_503_680_000)) == [status]


@pytest.mark.parametrize("issued", ["soon", 10**400, float("nan")], ids=["a word", "a number too large", "no number"])
async def test_who_signed_out_everywhere_needs_a_token_that_says_when_it_was_issued(
    issued: object, university: University
) -> None:
    assert (await university.doors.call(university.token(), "DELETE", "/v1/sessions", headers=MAIN)).status_code == 204

    assert await university.statuses(university.token(iat=issued)) == [401]


@pytest.mark.parametrize(
    ("method", "path", "form"),
    [
        ("POST", TOKEN, {"grant_type": "password", "username": "bob@uni.example", "password": PASSWORD}),
        ("POST", REVOKE, {"token": "Yb0n"}),
        ("GET", "/.well-known/jwks.json", None),
        ("GET", "/.well-known/oauth-authorization-server", None),
    ],
)
async def test_this_server_gives_no_tokens_of_its_own_and_says_so(
    method: str, path: str, form: dict[str, str] | None, university: University
) -> None:
    await university.doors.account("bob@uni.example")

    answer = await university.doors.client.request(method, path, data=form, headers=MAIN)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert "another provider" in answer.json()["detail"]


async def test_in_process_neither(university: University) -> None:
    bob = await university.doors.account("bob@uni.example")

    with pytest.raises(InvalidCredentials):
        await university.doors.container.door().sign_in(
            university.doors.administrator.institution, bob.email, PASSWORD, "local"
        )
