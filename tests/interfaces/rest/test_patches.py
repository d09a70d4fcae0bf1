"""Merge patches: the examples of RFC 7396, and what they do to records."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interfaces.rest.bodies import json_pointer, merge_patch
from tests.interfaces.rest.university import University

COURSE = "/v1/courses/code:CS-101"

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_the_examples_of_the_standard_hold(target: Any, patch: Any, result: Any) -> None:
    assert merge_patch(target, patch) == result


@given(json_values, json_values)
def test_a_patch_applied_twice_does_what_it_does_once(target: Any, patch: Any) -> None:
    once = merge_patch(target, patch)

    assert merge_patch(once, patch) == once


async def test_null_removes_an_optional_field(university: University) -> None:
    changed = await university.patch("courses/code:CS-101", {"department": None, "description": None})

    assert (changed["department"], changed["description"]) == (None, "")


async def test_null_is_a_value_where_a_field_is_required_and_may_be_null(university: University) -> None:
    unlimited = {"offering": "code:2026-1:CS-101", "component": "LEC", "code": "U", "capacity": None}
    await university.create("sections", unlimited)

    kept = await university.patch("sections/code:2026-1:U", {"capacity": None})
    refused = await university.client.patch(
        "/v1/sections/code:2026-1:CS-101-A", json={"capacity": None}, headers={"If-Match": "*"}
    )

    assert (kept["capacity"], kept["seats_free"], kept["version"]) == (None, None, 2)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")


async def test_null_for_a_required_field_is_refused(university: University) -> None:
    answer = await university.client.patch(COURSE, json={"title": None}, headers={"If-Match": "*"})

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_field")
    assert answer.json()["errors"] == [{"pointer": "/title", "message": "must be a text"}]


async def test_an_empty_patch_keeps_every_field(university: University) -> None:
    before = await university.get("offerings/code:2026-1:CS-101")
    after = await university.patch("offerings/code:2026-1:CS-101", {})

    assert {**after, "version": 1} == before


@pytest.mark.parametrize("field", ["id", "version", "code", "colour"])
async def test_what_is_no_field_to_be_given_is_refused(field: str, university: University) -> None:
    answer = await university.client.patch(COURSE, json={field: "X"}, headers={"If-Match": "*"})

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_field")
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{field}"]


@pytest.mark.parametrize("body", ["[]", "null", "1", '"x"'])
async def test_a_patch_that_is_no_object_is_refused(body: str, university: University) -> None:
    headers = {"If-Match": "*", "Content-Type": "application/merge-patch+json"}
    answer = await university.client.patch(COURSE, content=body, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_field")


async def test_the_capacity_can_be_cut_below_the_roster_and_evicts_nobody(university: University) -> None:
    await university.enroll("code:S-0001", "code:CS-101")

    changed = await university.patch("sections/code:2026-1:CS-101-A", {"capacity": 0})

    assert (changed["capacity"], changed["seats_taken"]) == (0, 1)
    assert len((await university.get("sections/code:2026-1:CS-101-A/roster"))["entries"]) == 1


def test_pointers_leave_out_variants_and_escape_their_steps() -> None:
    content = {"actions": [{"action": "add", "a/b~c": 1}]}

    assert json_pointer(("actions", 0, "add", "offering"), content) == "/actions/0/offering"
    assert json_pointer(("actions", 0, "add", "a/b~c"), content) == "/actions/0/a~1b~0c"
    assert json_pointer((), content) == ""
