"""Requests are whole HTTP requests that the API's own contract accepts, each with a key of its own."""

import json
from uuid import UUID

import pytest

from application.registration.dto import AddAction, RegistrationRequestFields
from tests.performance import requests, world


def _parts(request: bytes) -> tuple[list[str], bytes]:
    head, _, body = request.partition(b"\r\n\r\n")
    return head.decode().split("\r\n"), body


@pytest.mark.parametrize("by_code", [False, True])
def test_a_registration_asks_for_a_lecture_with_its_laboratory(by_code: bool) -> None:
    lines, body = _parts(requests.registration(7, world.HOT, by_code=by_code))
    assert lines[0] == "POST /v1/registration-requests HTTP/1.1"
    assert f"Content-Length: {len(body)}" in lines
    fields = RegistrationRequestFields.model_validate_json(body)
    action = fields.actions[0]
    assert isinstance(action, AddAction)
    assert len(action.sections) == 2


def test_everybody_has_an_idempotency_key_of_their_own() -> None:
    sent = requests.hot_registrations(range(1, 101))
    keys = {line for one in sent for line in _parts(one)[0] if line.startswith("Idempotency-Key")}
    assert len(keys) == 100


def test_uniform_requests_are_spread_over_the_pairs_and_the_same_every_time() -> None:
    sent = requests.uniform_registrations(range(1, 401), 10, seed=3)
    assert sent == requests.uniform_registrations(range(1, 401), 10, seed=3)
    offerings = {json.loads(_parts(one)[1])["actions"][0]["offering"] for one in sent}
    assert offerings == {str(world.offering_id(world.HOT + pair)) for pair in range(1, 11)}


def test_a_get_has_no_body() -> None:
    request = requests.get("/v1/sections", If_None_Match='"3"')
    assert request.endswith(b"\r\n\r\n")
    assert b'If-None-Match: "3"\r\n' in request
    assert b"Content-Length" not in request


def test_identifiers_are_those_of_the_sql_files() -> None:
    assert world.student_id(26) == UUID("0000000d-0000-7000-8000-00000000001a")
