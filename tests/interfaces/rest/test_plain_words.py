"""Messages about invalid values are in plain words, and none is pydantic's own."""

import json
import re
from typing import Any

import pytest

from interfaces.rest.app import RESOURCES
from interfaces.rest.bodies import read_fields
from interfaces.rest.examples import COURSE, DEPARTMENT, SECTION, STUDENT, TERM
from interfaces.rest.problems import RestError
from interfaces.rest.resources import Resource
from tests.interfaces.rest.test_hostile_input import VALUES
from tests.interfaces.rest.university import University

OF_PYDANTIC = re.compile(
    r"[Ii]nput|pattern|[Tt]uple|[Ff]rozenset|Decimal|Unable|Value|[Ss]tring|discriminator|\btag\b|\{|\}"
)


@pytest.mark.parametrize(
    ("collection", "example", "field", "value", "message"),
    [
        ("departments", DEPARTMENT, "name", "", "must have 1 characters or more"),
        ("departments", DEPARTMENT, "name", 1, "must be a text"),
        ("departments", DEPARTMENT, "nmae", "x", "is no field here"),
        ("courses", COURSE, "credits", "many", "must be a number"),
        (
            "courses",
            COURSE,
            "subject",
            "C S",
            "must be up to 31 letters, digits or . _ + & ' - and begin with a letter, a digit or _",
        ),
        (
            "courses",
            COURSE,
            "number",
            "",
            "must be 1 to 31 letters, digits or . _ + & ' - and begin with a letter, a digit or _",
        ),
        ("courses", COURSE, "credits", "1.234", "must have 2 decimal places or fewer"),
        ("courses", COURSE, "repeatable", "maybe", "must be true or false"),
        ("students", STUDENT, "birthday", "14/03/2006", "must be a date, such as 2026-01-31"),
        ("students", STUDENT, "class_level", 0, "must be 1 or more"),
        ("students", STUDENT, "class_level", 1.5, "must be a whole number, and not too large"),
        (
            "terms",
            TERM,
            "registration_opens_at",
            "2026-01-12T08:00:00",
            "must be a moment with its offset from UTC, such as 2026-01-31T10:00:00Z",
        ),
        ("sections", SECTION, "status", "half", "must be 'planned', 'open', 'closed' or 'cancelled'"),
        ("sections", SECTION, "meetings", {}, "must be a list"),
    ],
)
async def test_what_is_wrong_with_a_field_is_said_plainly(
    collection: str, example: Any, field: str, value: Any, message: str, university: University
) -> None:
    answer = await university.client.post(f"/v1/{collection}", json={**example, field: value})

    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": f"/{field}", "message": message}]


async def test_what_is_wrong_with_an_action_is_said_plainly(university: University) -> None:
    for action, message in (
        ({}, "must say in 'action' what it is"),
        ({"action": "ad"}, "must say in 'action' what it is, one of 'add', 'drop', 'swap'"),
    ):
        (error,) = (await university.ask("code:S-0001", action)).json()["errors"]
        assert error["pointer"] == "/actions/0"
        assert error["message"].startswith(message)


async def test_what_is_wrong_with_a_parameter_is_said_plainly(university: University) -> None:
    answer = await university.client.get("/v1/courses?limit=many&code=" + "x" * 301)

    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {"parameter": "limit", "message": "must be a whole number, and not too large"},
        {"parameter": "code", "message": "must have a length of 300 or less"},
    ]


@pytest.mark.parametrize("operation", ["schedule", "eligibility"])
async def test_a_term_in_the_query_that_is_no_reference_is_named_as_the_parameter(
    operation: str, university: University
) -> None:
    question = {"term": "2026-1", **({"offering": "code:CS-101"} if operation == "eligibility" else {})}
    answer = await university.client.get(f"/v1/students/code:S-0001/{operation}", params=question)

    said = "must be an id (UUID) or code:CODE, within a term code:TERM:CODE"
    assert (answer.status_code, answer.json()["errors"]) == (400, [{"parameter": "term", "message": said}])
    assert answer.json()["detail"] == f"term: {said}"


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_no_field_is_refused_in_the_words_of_the_library(resource: Resource[Any, Any]) -> None:
    for name in resource.fields.model_fields:
        for value in VALUES:
            for message in messages(resource, {**resource.example, name: value}):
                assert not OF_PYDANTIC.search(message), (name, value)


def messages(resource: Resource[Any, Any], fields: Any) -> list[str]:
    """What is said about the fields when they are refused."""
    try:
        read_fields(resource.fields, json.dumps(fields).encode())
    except RestError as refusal:
        return [part.message for part in refusal.errors]
    return []
