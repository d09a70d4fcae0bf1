"""Imports over REST: an upload is taken, followed, and ends in a result or in what is wrong with it, line by line."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from application.shared.imports import SILENCE
from interfaces.rest import import_examples as examples
from interfaces.rest.import_jobs import MOST_WAITING, ImportJobs
from interfaces.rest.middleware.body_limit import MAXIMUM_BYTES
from tests.interfaces.rest.conftest import SettableClock
from tests.interfaces.rest.test_problems import assert_is_problem
from tests.interfaces.rest.university import University

ATTEMPTS = "/v1/imports?kind=course-attempts"
TIMETABLE = "/v1/imports?kind=timetable"
CSV = {"Content-Type": "text/csv; charset=utf-8"}
JSON = {"Content-Type": "application/json"}


def next_term(**changes: Any) -> bytes:
    """A timetable of another term than the university's."""
    document = {**examples.TIMETABLE, "term": {**examples.TIMETABLE["term"], "code": "2026-2"}, **changes}
    return json.dumps(document).encode()


async def upload(university: University, path: str, content: bytes, **headers: str) -> httpx.Response:
    usual = CSV if path == ATTEMPTS else JSON
    return await university.client.post(path, content=content, headers={**usual, **headers})


async def ended(university: University, path: str, content: bytes) -> httpx.Response:
    """The status resource of an import that has ended."""
    taken = await upload(university, path, content)
    assert taken.status_code == 202, taken.text
    while True:
        answer = await university.client.get(taken.headers["location"])
        if answer.status_code != 200 or answer.json()["state"] == "failed":
            return answer
        assert answer.headers["retry-after"] == "1"
        await asyncio.sleep(0.01)


async def test_a_table_of_attempts_is_imported_and_its_result_is_where_the_status_says(university: University) -> None:
    taken = await upload(university, ATTEMPTS, examples.ATTEMPTS.encode())
    assert (taken.status_code, taken.headers["retry-after"]) == (202, "1")
    assert (taken.json()["state"], taken.json()["submitted_by"]) == ("queued", "development")
    assert taken.headers["location"] == f"/v1/imports/{taken.json()['id']}"

    status = await ended(university, TIMETABLE, next_term())
    assert status.status_code == 303
    assert status.content == b""
    result = await university.client.get(status.headers["location"])
    assert result.json() == {
        "created": {"departments": 0, "programs": 0, "rooms": 0, "instructors": 0, "courses": 0, "students": 0}
        | {"terms": 1, "offerings": 1, "sections": 1},
        "existing": {"departments": 0, "programs": 0, "rooms": 0, "instructors": 0, "courses": 1, "students": 0},
    }
    first = await university.client.get(f"{taken.headers['location']}/result")
    assert first.json() == {"created": 1}
    assert (await university.get("sections", term="code:2026-2"))["items"][0]["code"] == "CS-101-A"
    assert len((await university.get("course-attempts"))["items"]) == 1
    again = {"If-None-Match": result.headers["etag"]}
    assert (await university.client.get(status.headers["location"], headers=again)).status_code == 304


@pytest.mark.parametrize(
    ("path", "content", "code", "place", "line"),
    [
        (ATTEMPTS, b"", "invalid_field", "student_code", 1),
        (ATTEMPTS, b"colour\n", "invalid_field", "colour", 1),
        (
            ATTEMPTS,
            examples.ATTEMPTS.encode() + b"S-0001,CS-999,2025-2,3,4.2,0-5\n",
            "invalid_field",
            "course_code",
            3,
        ),
        (ATTEMPTS, examples.ATTEMPTS.encode() + b"\xff\n", "invalid_field", "row", 3),
        (ATTEMPTS, examples.ATTEMPTS.encode() * 2, "invalid_field", "credits", 3),
        (TIMETABLE, next_term(colour="red"), "invalid_field", "/colour", None),
        (TIMETABLE, next_term(offerings=[{"course": "X-1", "configurations": []}]), "invalid_field", None, None),
        (TIMETABLE, json.dumps(examples.TIMETABLE).encode(), "already_exists", None, None),
    ],
)
async def test_what_is_wrong_with_an_upload_is_told_by_its_import_and_nothing_is_stored(
    path: str, content: bytes, code: str, place: str | None, line: int | None, university: University
) -> None:
    status = await ended(university, path, content)

    problem = status.json()["problem"]
    assert (status.status_code, problem["code"]) == (200, code)
    assert "retry-after" not in status.headers
    if place is not None:
        assert (problem["errors"][0]["place"], problem["errors"][0]["line"]) == (place, line)
    assert_is_problem(await university.client.get(f"/v1/imports/{status.json()['id']}/result"), "not_found")
    assert (await university.get("course-attempts"))["items"] == []
    assert [term["code"] for term in (await university.get("terms"))["items"]] == ["2026-1"]


async def test_malformed_json_is_told_with_its_line(university: University) -> None:
    problem = (await ended(university, TIMETABLE, b'{\n"term": x}')).json()["problem"]

    assert problem["code"] == "malformed_json"
    assert "line 2" in problem["detail"]


async def test_an_upload_may_be_larger_than_other_bodies(university: University) -> None:
    blank = b"\n" * (MAXIMUM_BYTES + 1)
    status = await ended(university, ATTEMPTS, examples.ATTEMPTS.encode() + blank)

    assert status.status_code == 303


async def test_an_upload_beyond_the_limit_is_refused(university: University) -> None:
    content = b"\n" * (64 * 1024 * 1024 + 1)

    assert_is_problem(await upload(university, ATTEMPTS, content), "body_too_large")


@pytest.mark.parametrize(
    ("path", "headers", "code"),
    [
        (ATTEMPTS, JSON, "unsupported_media_type"),
        (TIMETABLE, CSV, "unsupported_media_type"),
        (ATTEMPTS, {"Content-Encoding": "gzip"}, "unsupported_media_type"),
        (ATTEMPTS, {"X-Matricula-Actor": "advisor"}, "access_denied"),
        (ATTEMPTS, {"X-Matricula-Actor": "student:code:S-0001"}, "access_denied"),
        ("/v1/imports?kind=grades", {}, "invalid_request"),
        ("/v1/imports", {}, "invalid_request"),
        (f"{ATTEMPTS}&file=etc/passwd", {}, "invalid_request"),
        (ATTEMPTS, {"Idempotency-Key": ""}, "invalid_field"),
    ],
)
async def test_an_upload_that_is_not_wanted_is_refused(
    path: str, headers: dict[str, str], code: str, university: University
) -> None:
    assert_is_problem(await upload(university, path, examples.ATTEMPTS.encode(), **headers), code)


async def test_the_same_upload_with_the_same_key_is_one_import(university: University) -> None:
    content = examples.ATTEMPTS.encode()
    first, again = [await upload(university, ATTEMPTS, content, **{"Idempotency-Key": "k"}) for _ in "ab"]
    other = await upload(university, ATTEMPTS, content + b"\n", **{"Idempotency-Key": "k"})

    assert again.content == first.content
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["idempotency-replayed"] == "true"
    assert_is_problem(other, "idempotency_key_reused")


async def test_imports_that_are_too_many_wait_elsewhere(app: FastAPI, university: University) -> None:
    jobs: ImportJobs = app.state.import_jobs
    async with jobs._turn:
        taken = [await upload(university, ATTEMPTS, b"") for _ in range(MOST_WAITING)]
        refused = await upload(university, ATTEMPTS, b"")

    assert {answer.status_code for answer in taken} == {202}
    assert_is_problem(refused, "unavailable")
    assert refused.headers["retry-after"]


async def test_uploads_that_come_later_take_their_places_at_once(app: FastAPI, university: University) -> None:
    may_come = asyncio.Event()

    async def later() -> AsyncIterator[bytes]:
        await may_come.wait()
        yield b""

    async def send() -> int:
        return (await university.client.post(ATTEMPTS, content=later(), headers=CSV)).status_code

    jobs: ImportJobs = app.state.import_jobs
    async with jobs._turn:
        sent = [asyncio.create_task(send()) for _ in range(60)]
        refused = [await task for task in asyncio.as_completed(sent[MOST_WAITING:])]
        may_come.set()
        taken = await asyncio.gather(*sent[:MOST_WAITING])

    assert (set(taken), set(refused)) == ({202}, {503})


async def test_an_upload_that_fails_gives_its_place_back(university: University) -> None:
    for _ in range(MOST_WAITING):
        too_large = await upload(university, ATTEMPTS, b"", **{"Content-Length": str(2**40)})
        assert_is_problem(too_large, "body_too_large")

    assert (await upload(university, ATTEMPTS, b"")).status_code == 202


async def test_an_upload_that_comes_again_needs_no_place(app: FastAPI, university: University) -> None:
    jobs: ImportJobs = app.state.import_jobs
    key = {"Idempotency-Key": "k"}
    async with jobs._turn:
        taken = [await upload(university, ATTEMPTS, b"", **key)]
        taken += [await upload(university, ATTEMPTS, b"") for _ in range(MOST_WAITING - 1)]
        again = await upload(university, ATTEMPTS, b"", **key)
        other = await upload(university, ATTEMPTS, b"x", **key)
        new = await upload(university, ATTEMPTS, b"", **{"Idempotency-Key": "n"})

    assert {answer.status_code for answer in taken} == {202}
    assert (again.status_code, again.content, again.headers["idempotency-replayed"]) == (202, taken[0].content, "true")
    assert_is_problem(other, "idempotency_key_reused")
    assert_is_problem(new, "unavailable")


async def test_an_import_that_the_server_could_not_end_has_failed(app: FastAPI, university: University) -> None:
    jobs: ImportJobs = app.state.import_jobs
    async with jobs._turn:
        taken = await upload(university, ATTEMPTS, examples.ATTEMPTS.encode())
        await jobs.close(seconds=0)

    status = (await university.client.get(taken.headers["location"])).json()
    assert (status["state"], status["problem"]["code"]) == ("failed", "unavailable")
    assert (await university.get("course-attempts"))["items"] == []


async def test_an_import_whose_process_has_died_has_failed(
    app: FastAPI, clock: SettableClock, university: University
) -> None:
    jobs: ImportJobs = app.state.import_jobs
    async with jobs._turn:
        taken = await upload(university, ATTEMPTS, examples.ATTEMPTS.encode())
        clock.moment += SILENCE + timedelta(seconds=1)
        status = (await university.client.get(taken.headers["location"])).json()

    assert (status["state"], status["problem"]["code"]) == ("failed", "unavailable")


async def test_an_import_of_nobody_is_not_found(university: University) -> None:
    for path in ("/v1/imports/01939a1c-0000-7000-8000-000000000030", "/v1/imports/x"):
        answer = await university.client.get(path)
        assert answer.status_code in (400, 404)
