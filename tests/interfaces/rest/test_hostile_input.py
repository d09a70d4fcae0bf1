"""No input leads to an answer of the 5xx class: a list of nasty things by hand, and what hypothesis makes up."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interfaces.rest.app import READINGS, RESOURCES
from interfaces.rest.bodies import json_pointer, patch_fields, read_fields
from interfaces.rest.callers import institution_named
from interfaces.rest.middleware.negotiation import accepts_json
from interfaces.rest.problems import RestError
from interfaces.rest.records import addressed
from interfaces.rest.registration_examples import REGISTRATION_REQUESTS
from interfaces.rest.resources import Resource
from tests.interfaces.rest.university import University

BODIES = [
    b"",
    b" ",
    b"null",
    b"[]",
    b"0",
    b'"x"',
    b"{",
    b"{}",
    b"{}}",
    b"\xef\xbb\xbf{}",
    b"\xff\xfe{\x00}\x00",
    b"\x80",
    b"NaN",
    b"-Infinity",
    b"1e999",
    b"9" * 100_000,
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"code":"\\ud800","name":"\\udfff"}',
    b'{"code":"\\u0000","name":"\\u0000"}',
    b'{"code":"\xed\xa0\x80","name":"x"}',
    b'{"code":"x","code":"y","name":"twice"}',
    b'{"__proto__":{},"constructor":{}}',
    b'{"' + b"x" * 10_000 + b'":1}',
    json.dumps({f"f{number}": number for number in range(5000)}).encode(),
    json.dumps({"actions": [{"action": "add"}] * 5000}).encode(),
]

VALUES: list[Any] = [
    None,
    True,
    0,
    -1,
    2**31,
    2**63,
    2**64,
    -(2**63) - 1,
    10**400,
    1.5,
    1e308,
    -0.0,
    float("nan"),
    float("inf"),
    "",
    " ",
    "x" * 11_000,
    "\x00",
    "a\x00b",
    "\n",
    "a\n",
    "é",
    "e\u0301",
    "😀",
    "\u202e",
    "\ufeff",
    "İ",
    "\uff11\uff12",
    "'; DROP TABLE students; --",
    "%s%n{0}$1",
    "../../etc/passwd",
    "code:",
    "code:x",
    "code:a:b:c",
    "code:\x00",
    "00000000-0000-0000-0000-000000000000",
    "urn:uuid:00000000-0000-0000-0000-000000000000",
    "0000-01-01",
    "0001-01-01",
    "9999-12-31",
    "10000-01-01",
    "2026-02-30",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59.999999-14:00",
    "1900-01-01T00:00:00+23:59",
    "2200-12-31T23:59:59-23:59",
    "2026-01-01T00:00:00",
    "2026-06-30T23:59:60Z",
    "24:00",
    "00:00",
    "10:00+02:00",
    "P1D",
    "1e5000",
    "1e-5000",
    "-0",
    "NaN",
    "0.001",
    "../UTC",
    "Factory",
    "localtime",
    "UTC\x00",
    [],
    [[]],
    [None],
    [1, 1],
    ["registration", "registration"],
    {},
    {"a": {}},
]

PATHS = [
    "",
    "x",
    "code:",
    "code:%00",
    "code:a%00b",
    "code:a:b",
    "code:a:b:c",
    "code:%FF",
    "code:%ED%A0%80",
    "code:" + "x" * 5000,
    "code:%F0%9F%98%80",
    "code:caf%C3%A9",
    "code:%EF%BC%91",
    "%00",
    "%2e%2e%2f",
    "..",
    "a%2Fb",
    "a/b/c",
    "00000000-0000-0000-0000-000000000000",
    "{00000000-0000-0000-0000-000000000000}",
    "9" * 5000,
    "%C2%B2",
]

QUERIES = [
    "limit=",
    "limit=-1",
    "limit=1e3",
    "limit=%EF%BC%91",
    "limit=1&limit=2",
    "limit=" + "9" * 10_000,
    "cursor=%00",
    "cursor=%FF",
    "cursor=AAAA",
    "cursor=W10",
    "cursor=bnVsbA",
    "cursor=WzEsIDJd",
    "cursor=eyJ2IjoxfQ==",
    "sort=%00",
    "sort=id",
    "sort=-",
    "sort=__class__",
    "q=%00",
    "q=%FF",
    "q=%25",
    "q=%5C",
    "q=" + "%F0%9F%98%80" * 300,
    "fields=%00",
    "fields=,",
    "fields=__class__",
    "code=%00",
    "code=" + "x" * 300,
    "code=%ED%A0%80",
    "code=",
    "department=x",
    "department=code:",
    "department=code:a:b",
    "term=code:x",
    "term=x",
    "student=%00",
    "status=x",
    "about=x",
    "kind=%00",
    "term=code:2026-1&as_of=now",
    "term=code:2026-1&as_of=2026-01-20",
    "term=code:2026-1&as_of=1e300",
    "as_of=9999-12-31T23:59:59-23:59",
    "term=code:2026-1&sections=code:X&grading_basis=x",
    "term=code:2026-1&offering=%00",
    "%00=1",
    "=",
    "&&&",
    "a[]=1",
    "%FF=%FF",
]

HEADERS: list[tuple[str, bytes]] = [
    ("If-Match", b'"' + b"9" * 5000 + b'"'),
    ("If-Match", b"\xff"),
    ("If-Match", b",,,"),
    ("If-None-Match", b"\xff, W/, *"),
    ("Accept", b"\xff;q=nan"),
    ("Accept", b"application/json;q=" + b"9" * 5000),
    ("Content-Type", b"\xff"),
    ("Content-Type", b"application/json;charset=\xff"),
    ("Content-Length", b"\xb2"),
    ("X-Matricula-Institution", b"\x00"),
    ("X-Matricula-Institution", b"\xff" * 100),
    ("X-Matricula-Actor", b"\x00"),
    ("X-Matricula-Actor", b"student:\xff"),
    ("X-Matricula-Actor", b"registrar:" + b"x" * 5000),
    ("Idempotency-Key", b"\xff\x00"),
    ("Idempotency-Key", b""),
    ("X-Request-ID", b"\xff\x00"),
    ("traceparent", b"\xff"),
]

each_resource = pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)


def assert_is_answered(answer: httpx.Response) -> None:
    """Not of the 5xx class, and a problem when refused."""
    assert answer.status_code < 500, (str(answer.request.url)[:200], answer.text[:500])
    if answer.status_code >= 400 and answer.request.method != "HEAD":
        assert answer.headers["content-type"] == "application/problem+json"


@each_resource
async def test_no_body_breaks_an_operation(resource: Resource[Any, Any], university: University) -> None:
    headers = {"Content-Type": "application/json", "If-Match": "*"}
    for body in BODIES:
        assert_is_answered(await university.client.post(resource.path, content=body, headers=headers))
        for method in ("PUT", "PATCH"):
            path = f"{resource.path}/code:NONE"
            assert_is_answered(await university.client.request(method, path, content=body, headers=headers))
    for body in BODIES:
        path = f"{resource.path}/code:{resource.example.get('code', 'x')}"
        assert_is_answered(await university.client.patch(path, content=body, headers=headers))


@each_resource
async def test_no_value_of_a_field_breaks_an_operation(resource: Resource[Any, Any], university: University) -> None:
    path = f"{resource.path}/code:{'2026-1:' if resource.name in ('offering', 'section') else ''}"
    path += str(resource.example_view.get("code"))
    headers = {"Content-Type": "application/json", "If-Match": "*"}
    for name in resource.fields.model_fields:
        if resource.name == "institution" and name == "code":
            continue
        for value in VALUES:
            created = json.dumps({**resource.example, name: value})
            assert_is_answered(await university.client.post(resource.path, content=created, headers=headers))
            changed = json.dumps({name: value})
            assert_is_answered(await university.client.patch(path, content=changed, headers=headers))


async def test_no_value_of_an_inner_field_breaks_an_operation(university: University) -> None:
    meeting = {"weekdays": [1], "starts_at": "10:00", "ends_at": "11:00"}
    for name in ("weekdays", "starts_at", "ends_at", "weeks", "first_date", "last_date", "room"):
        for value in VALUES:
            body = json.dumps({"meetings": [{**meeting, name: value}]})
            path = "/v1/sections/code:2026-1:CS-101-A"
            headers = {"Content-Type": "application/json", "If-Match": "*"}
            assert_is_answered(await university.client.patch(path, content=body, headers=headers))
            assert_is_answered(await university.client.get(path))


async def test_no_registration_request_breaks_registration(university: University) -> None:
    path, headers = "/v1/registration-requests", {"Content-Type": "application/json"}
    for body in BODIES:
        assert_is_answered(await university.client.post(path, content=body, headers=headers))
    for value in VALUES:
        for request in (
            {"student": value, "term": "code:2026-1", "actions": [{"action": "add", "offering": "code:CS-101"}]},
            {"student": "code:S-0001", "term": value, "actions": [{"action": "add", "offering": "code:CS-101"}]},
            {"student": "code:S-0001", "term": "code:2026-1", "actions": value},
            {"student": "code:S-0001", "term": "code:2026-1", "actions": [value]},
            {"student": "code:S-0001", "term": "code:2026-1", "actions": [{"action": "add", "offering": value}]},
            {
                "student": "code:S-0001",
                "term": "code:2026-1",
                "actions": [{"action": "add", "offering": "code:CS-101", "sections": [value]}],
            },
            {"student": "code:S-0001", "term": "code:2026-1", "actions": [{"action": "drop", "enrollment": value}]},
            {"student": "code:S-0001", "term": "code:2026-1", "mode": value, "actions": []},
            *(
                {"student": "code:S-0001", "term": "code:2026-1", "actions": [{**action, field: value}]}
                for example in REGISTRATION_REQUESTS.values()
                for action in example["actions"]
                for field in action
            ),
        ):
            assert_is_answered(await university.client.post(path, content=json.dumps(request), headers=headers))


async def test_no_path_breaks_an_operation(university: University) -> None:
    views = [
        "enrollments/{}/history",
        "waitlist-entries/{}/history",
        "students/{}/schedule?term={}",
        "students/{}/eligibility?term=code:2026-1&sections={}",
        "sections/{}/roster",
        "terms/{}/sections",
        *(f"{reading.collection}/{{}}" for reading in READINGS),
    ]
    for template in (*(f"{resource.collection}/{{}}" for resource in RESOURCES), *views):
        for path in PATHS:
            url = f"/v1/{template.format(path, path)}"
            for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE"):
                assert_is_answered(await university.client.request(method, url, headers={"If-Match": "*"}))


async def test_no_query_breaks_a_collection(university: University) -> None:
    collections = [
        *(resource.path for resource in RESOURCES),
        *(reading.path for reading in READINGS),
        "/v1/terms/code:2026-1/sections",
        "/v1/students/code:S-0001/schedule",
        "/v1/students/code:S-0001/eligibility",
        "/v1/sections/code:2026-1:CS-101-A/roster",
    ]
    for path in collections:
        for query in QUERIES:
            assert_is_answered(await university.client.get(f"{path}?{query}"))


async def test_no_header_breaks_an_operation(university: University) -> None:
    for name, value in HEADERS:
        headers = [(name.encode(), value)]
        for method in ("GET", "POST", "PATCH", "DELETE"):
            path = "/v1/courses" if method == "POST" else "/v1/courses/code:CS-101"
            assert_is_answered(await university.client.request(method, path, headers=headers, content=b"{}"))


@given(st.text())
def test_any_text_in_a_path_is_a_reference_or_refused(text: str) -> None:
    with_outcome(lambda: addressed(text), "invalid_request")


@given(st.text(st.characters(max_codepoint=255)))
def test_any_header_names_an_institution_or_is_refused(text: str) -> None:
    with_outcome(lambda: institution_named(text), "invalid_request")


@given(
    st.text(st.characters(max_codepoint=255)) | st.lists(st.sampled_from("*/,;=q application json 0.1")).map("".join)
)
def test_any_accept_header_is_understood(text: str) -> None:
    assert accepts_json(text) in (True, False)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([v for v in VALUES if v]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.data())
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_any_body_is_read_or_refused(data: st.DataObject) -> None:
    resource = data.draw(st.sampled_from(RESOURCES))
    names = st.sampled_from(sorted(resource.fields.model_fields)) | st.text(max_size=5)
    changes = data.draw(st.dictionaries(names, json_values, max_size=4))
    view = resource.view.model_validate_json(json.dumps(resource.example_view))
    body = json.dumps({**resource.example, **changes}).encode()

    with_outcome(lambda: read_fields(resource.fields, body), "invalid_field", "malformed_json")
    patch = json.dumps(changes).encode()
    with_outcome(lambda: patch_fields(resource.fields, view, patch), "invalid_field", "malformed_json")


@given(st.binary())
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for resource in RESOURCES:
        with_outcome(lambda: read_fields(resource.fields, body), "invalid_field", "malformed_json")  # noqa: B023 - called at once


@given(st.lists(st.text() | st.integers(0, 5)), json_values)
def test_a_pointer_can_be_made_for_any_place(location: list[str | int], content: Any) -> None:
    pointer = json_pointer(location, content)

    assert pointer == "" or pointer.startswith("/")


def with_outcome(call: Callable[[], object], *codes: str) -> None:
    """The call returns, or is refused with one of the codes."""
    refused = None
    try:
        call()
    except RestError as refusal:
        refused = refusal.code
    assert refused is None or refused in codes
