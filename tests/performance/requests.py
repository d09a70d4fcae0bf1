"""Requests as the bytes that go over the wire, rendered before the clock starts."""

import json
import random
from collections.abc import Callable, Iterable, Sequence

from tests.performance import world

REGISTRATIONS = "/v1/registration-requests"


def get(path: str, **headers: str) -> bytes:
    """A GET."""
    return _request("GET", path, headers, b"")


def post(path: str, body: bytes, **headers: str) -> bytes:
    """A POST of JSON."""
    return _request("POST", path, {"Content_Type": "application/json", **headers}, body)


TokenOf = Callable[[int], str]
"""The access token that a student's request carries."""


def hot_registrations(
    students: Iterable[int], *, by_code: bool = False, token: TokenOf | None = None
) -> tuple[bytes, ...]:
    """One request for each student, all for the hot sections."""
    return tuple(registration(student, world.HOT, by_code=by_code, token=token) for student in students)


def uniform_registrations(
    students: Sequence[int], pairs: int, *, seed: int, by_code: bool = False, token: TokenOf | None = None
) -> tuple[bytes, ...]:
    """One request for each student, each for a pair that is drawn at random."""
    draw = random.Random(seed)
    return tuple(
        registration(student, world.HOT + draw.randint(1, pairs), by_code=by_code, token=token) for student in students
    )


def registration(student: int, course: int, *, by_code: bool = False, token: TokenOf | None = None) -> bytes:
    """A student's request to be enrolled in a lecture and its laboratory, with an idempotency key of its own."""
    lecture, laboratory = world.section_ids(course)
    offering = f"code:{_code(course)}" if by_code else str(world.offering_id(course))
    fields = {
        "student": f"code:S-{student}" if by_code else str(world.student_id(student)),
        "term": f"code:{world.TERM_CODE}" if by_code else str(world.term_id()),
        "actions": [
            {
                "action": "add",
                "offering": offering,
                "sections": [f"{offering}-LEC", f"{offering}-LAB"] if by_code else [str(lecture), str(laboratory)],
            }
        ],
    }
    body = json.dumps(fields, separators=(",", ":")).encode()
    who = {} if token is None else {"Authorization": f"Bearer {token(student)}"}
    return post(REGISTRATIONS, body, Idempotency_Key=f"bench-{student}-{course}", **who)


def _code(course: int) -> str:
    return "HOT-1" if course == world.HOT else f"UNI-{course - world.HOT}"


def _request(method: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: */*"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if method != "GET":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body
