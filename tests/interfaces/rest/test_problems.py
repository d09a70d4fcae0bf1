"""Errors as clients see them: problem+json with stable codes, whatever goes wrong and wherever it does."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from application.shared import errors
from application.shared.errors import ApplicationError, Unavailable
from infrastructure.bootstrap.container import Container
from interfaces.rest.middleware.body_limit import MAXIMUM_BYTES
from interfaces.rest.middleware.negotiation import accepts_json
from interfaces.rest.problems import PROBLEMS
from tests.interfaces.rest.university import University

COURSES = "/v1/courses"
COURSE = "/v1/courses/code:CS-101"


def assert_is_problem(answer: httpx.Response, code: str) -> None:
    """The answer is a problem with that code, complete and consistent with the table."""
    kind = PROBLEMS[code]
    assert answer.status_code == kind.status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    problem = answer.json()
    assert problem["code"] == code
    assert problem["type"] == f"/problems/{code}"
    assert (problem["title"], problem["status"]) == (kind.title, kind.status)
    assert problem["detail"]
    assert problem["request_id"] == answer.headers["x-request-id"]


def test_every_error_of_a_use_case_has_a_status() -> None:
    codes = {
        kind.code
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, ApplicationError) and kind is not ApplicationError
    }

    assert codes <= PROBLEMS.keys()


async def test_every_problem_type_leads_to_its_description(client: httpx.AsyncClient) -> None:
    for code, kind in PROBLEMS.items():
        described = (await client.get(f"/problems/{code}")).json()
        assert (described["code"], described["status"], described["meaning"]) == (code, kind.status, kind.meaning)
    assert_is_problem(await client.get("/problems/of_mine"), "not_found")


@pytest.mark.parametrize("path", ["/nothing", "/v1/nothing", "/v1/nothing/", "/v1/courses//", "/v1", "/v1//courses"])
async def test_a_path_without_a_resource_is_not_found(path: str, university: University) -> None:
    assert_is_problem(await university.client.get(path), "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", COURSES, "GET, HEAD, OPTIONS, POST"),
        ("POST", COURSE, "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"),
        ("GET", "/v1/registration-requests", "OPTIONS, POST"),
        ("POST", "/v1/sections/x/roster", "GET, HEAD, OPTIONS"),
        ("PUT", "/livez", "GET, HEAD, OPTIONS"),
        ("BREW", COURSES, "GET, HEAD, OPTIONS, POST"),
    ],
)
async def test_a_method_that_is_not_supported_is_told_which_are(
    method: str, path: str, allowed: str, university: University
) -> None:
    answer = await university.client.request(method, path)

    assert_is_problem(answer, "method_not_allowed")
    assert answer.headers["allow"] == allowed


async def test_every_path_tells_what_it_supports(app: FastAPI, client: httpx.AsyncClient) -> None:
    for path in app.openapi()["paths"]:
        answer = await client.options(path.replace("{", "").replace("}", ""))
        assert (answer.status_code, answer.content) == (204, b""), path
        methods = {method.upper() for method in app.openapi()["paths"][path]} | {"OPTIONS"}
        allowed = set(answer.headers["allow"].split(", "))
        assert allowed >= methods
        assert ("accept-patch" in answer.headers) == ("PATCH" in allowed)
    patches = (await client.options(COURSE)).headers["accept-patch"]
    assert patches == "application/merge-patch+json, application/json"
    assert (await client.options("/docs")).headers["allow"] == "GET, HEAD, OPTIONS"
    assert_is_problem(await client.options("/v1/nothing"), "not_found")


@pytest.mark.parametrize("path", [COURSES, COURSE, "/v1/registration-requests", "/livez"])
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "OPTIONS"])
async def test_a_last_slash_too_many_leads_to_the_path_without_it(
    method: str, path: str, client: httpx.AsyncClient
) -> None:
    answer = await client.request(method, f"{path}/?q=a%20b&fields=id")

    assert (answer.status_code, answer.content) == (308, b"")
    assert answer.headers["location"] == f"{path}?q=a%20b&fields=id"


@pytest.mark.parametrize(
    "media_type",
    ["text/plain", "application/xml", "", "json", "application/json; charset=latin-1", "application/merge-patch+json"],
)
async def test_a_body_of_another_media_type_is_refused(media_type: str, university: University) -> None:
    content = b'{"code":"X","name":"X"}'

    for answer in (
        await university.client.post("/v1/departments", content=content, headers={"Content-Type": media_type}),
        await university.client.post(
            "/v1/registration-requests", content=content, headers={"Content-Type": media_type}
        ),
    ):
        assert_is_problem(answer, "unsupported_media_type")
        assert answer.headers["accept"] == "application/json"


async def test_a_patch_of_another_media_type_is_told_which_are_taken(university: University) -> None:
    headers = {"Content-Type": "application/json-patch+json", "If-Match": "*"}
    answer = await university.client.patch(COURSE, content=b"[]", headers=headers)

    assert_is_problem(answer, "unsupported_media_type")
    assert answer.headers["accept-patch"] == "application/merge-patch+json, application/json"
    assert (
        answer.json()["detail"] == "The body must be application/merge-patch+json or application/json, not compressed."
    )


async def test_a_compressed_body_is_refused(university: University) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}

    assert_is_problem(await university.client.post(COURSES, content=b"", headers=headers), "unsupported_media_type")


@pytest.mark.parametrize(
    "media_type", ["application/json; charset=utf-8", "Application/JSON", 'application/json;charset="UTF-8"']
)
async def test_a_media_type_may_be_spelled_in_any_way(media_type: str, university: University) -> None:
    headers = {"Content-Type": media_type}
    answer = await university.client.post("/v1/departments", content=b'{"code":"X","name":"X"}', headers=headers)

    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("accept", "accepted"),
    [
        ("", True),
        ("*/*", True),
        ("application/json", True),
        ("application/*", True),
        ("text/html, application/json;q=0.1", True),
        ("text/html, */*;q=0.1", True),
        ("APPLICATION/JSON", True),
        ("text/html", False),
        ("application/json;q=0", False),
        ("*/*, application/json;q=0", False),
        ("application/*;q=0, */*", False),
        ("application/json;q=x", False),
        (";;;,,,", False),
        ("application/problem+json", False),
    ],
)
async def test_json_is_sent_to_whom_accepts_it(accept: str, accepted: bool, university: University) -> None:
    answer = await university.client.get(COURSE, headers={"Accept": accept})

    assert accepts_json(accept) is accepted
    if accepted:
        assert answer.status_code == 200
    else:
        assert_is_problem(answer, "not_acceptable")


async def test_a_body_that_announces_its_size_is_refused_before_it_is_read(university: University) -> None:
    body = b" " * (MAXIMUM_BYTES + 1)

    answer = await university.client.post(COURSES, content=body, headers={"Content-Type": "application/json"})

    assert_is_problem(answer, "body_too_large")


async def test_a_body_without_an_announced_size_is_refused_while_it_streams(university: University) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b" " * 65_536

    answer = await university.client.post(COURSES, content=endless(), headers={"Content-Type": "application/json"})

    assert_is_problem(answer, "body_too_large")
    assert sent == 17


async def test_a_body_of_the_limit_is_read(university: University) -> None:
    body = b'{"code":"X","name":"X"}'.ljust(MAXIMUM_BYTES)

    answer = await university.client.post("/v1/departments", content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 201


async def test_every_invalid_field_is_pointed_at(university: University) -> None:
    section = {
        "offering": "CS-101",
        "code": "has space",
        "capacity": -1,
        "colour": "red",
        "meetings": [{"weekdays": [8], "starts_at": "10:00", "ends_at": "25:00"}],
    }
    answer = await university.client.post("/v1/sections", json=section)

    assert_is_problem(answer, "invalid_field")
    assert [error["pointer"] for error in answer.json()["errors"]] == [
        "/offering",
        "/component",
        "/code",
        "/capacity",
        "/meetings/0/weekdays/0",
        "/meetings/0/ends_at",
        "/colour",
    ]


async def test_a_rule_of_the_domain_names_its_field(university: University) -> None:
    term = await university.client.patch(
        "/v1/terms/code:2026-1", json={"registration_closes_at": "2026-01-01T00:00:00Z"}, headers={"If-Match": "*"}
    )
    section = await university.client.patch(
        "/v1/sections/code:2026-1:CS-101-A", json={"component": "LAB"}, headers={"If-Match": "*"}
    )

    for answer, field in ((term, "registration_closes_at"), (section, "component")):
        assert_is_problem(answer, "invalid_field")
        assert answer.json()["errors"][0]["field"] == field
        assert answer.json()["parameters"]["field"] == field


class AwayPersistence:
    """Records that are out of reach; their directory is themselves."""

    @property
    def directory(self) -> "AwayPersistence":
        return self

    async def find(self, reference: object) -> None:
        raise Unavailable("The database is away.", "Nothing listens at db:1.")

    def work(self, institution: object) -> None: ...

    def reading(self, institution: object) -> None: ...

    async def check(self) -> None:
        raise Unavailable("The database is away.", "Nothing listens at db:1.")

    async def close(self) -> None: ...


@pytest.fixture
def away(container: Container) -> None:
    container.persistence.override(AwayPersistence())


@pytest.mark.usefixtures("away")
@pytest.mark.parametrize("path", ["/readyz", COURSES, COURSE, "/v1/institutions/code:main"])
async def test_while_the_database_is_away_clients_are_told_when_to_try_again(
    path: str, client: httpx.AsyncClient
) -> None:
    answer = await client.get(path)

    assert_is_problem(answer, "unavailable")
    assert int(answer.headers["retry-after"]) > 0


class Defective:
    """Use cases with a defect whose message nobody outside may see."""

    async def find(self, reference: object) -> None:
        raise RuntimeError("secret of the server")


async def test_a_defect_is_answered_without_details_and_logged_with_them(
    container: Container, client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    with container.institutions.override(Defective()):
        answer = await client.get(COURSE)

    assert_is_problem(answer, "internal_error")
    assert "secret" not in answer.text
    logged = capsys.readouterr().err
    assert "secret of the server" in logged
    assert answer.json()["request_id"] in logged
