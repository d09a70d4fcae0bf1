"""The six operations of every kind of record: create, list, read, replace, change part, delete.

Some are not replaced, and some end where others are deleted.
"""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from infrastructure.bootstrap.container import Container
from interfaces.rest.app import RESOURCES
from interfaces.rest.resources import Resource
from tests.interfaces.rest.university import University

CODED = [resource for resource in RESOURCES if "code" in resource.view.model_fields]
REPLACED = [resource for resource in RESOURCES if resource.replaceable]
DELETED = [resource for resource in RESOURCES if resource.removal == "Delete"]
each_resource = pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
each_coded = pytest.mark.parametrize("resource", CODED, ids=lambda resource: resource.name)
each_replaced = pytest.mark.parametrize("resource", REPLACED, ids=lambda resource: resource.name)
each_deleted = pytest.mark.parametrize("resource", DELETED, ids=lambda resource: resource.name)


def renewed(resource: Resource[Any, Any]) -> dict[str, Any]:
    """The example with another code."""
    if resource.name == "course":
        return {**resource.example, "number": "202"}
    return {**resource.example, "code": "NEW-1"} if "code" in resource.example else dict(resource.example)


async def created(university: University, resource: Resource[Any, Any]) -> Any:
    """A record of its own for a test, that no other record refers to."""
    return await university.create(resource.collection, renewed(resource))


def at_home(resource: Resource[Any, Any], record: Any) -> dict[str, str]:
    """The header of a caller who may change the record: two institutions need one."""
    return {"X-Matricula-Institution": record["id"]} if resource.name == "institution" else {}


@each_resource
async def test_a_created_record_is_answered_with_its_place_and_version(
    resource: Resource[Any, Any], university: University
) -> None:
    answer = await university.client.post(resource.path, json=renewed(resource))

    assert answer.status_code == 201
    view = answer.json()
    assert answer.headers["location"] == f"{resource.path}/{view['id']}"
    assert answer.headers["etag"].strip('"').split(".")[0] == str(view["version"]) == "1"
    assert resource.view.model_validate_json(answer.content)
    header = at_home(resource, view)
    read = await university.client.get(answer.headers["location"], headers=header)
    assert (read.json(), read.headers["etag"]) == (view, answer.headers["etag"])


@each_coded
async def test_a_record_is_found_by_its_natural_code(resource: Resource[Any, Any], university: University) -> None:
    view = await created(university, resource)
    scope = "2026-1:" if resource.name in ("offering", "section") else ""

    answer = await university.client.get(f"{resource.path}/code:{scope}{view['code']}", headers=at_home(resource, view))

    assert answer.json() == view


@each_resource
async def test_a_collection_lists_its_records(resource: Resource[Any, Any], university: University) -> None:
    view = await created(university, resource)

    answer = await university.client.get(resource.path, headers=at_home(resource, view))

    assert answer.status_code == 200
    assert view in answer.json()["items"]
    assert answer.json()["next_cursor"] is None


@each_resource
async def test_head_has_the_headers_of_get_and_no_content(resource: Resource[Any, Any], university: University) -> None:
    view = await created(university, resource)
    header = at_home(resource, view)

    for path in (resource.path, f"{resource.path}/{view['id']}"):
        head, get = (
            await university.client.head(path, headers=header),
            await university.client.get(path, headers=header),
        )
        assert head.status_code == 200
        assert head.content == b""
        for name in ("etag", "content-length", "content-type", "cache-control"):
            assert head.headers[name] == get.headers[name]


@each_replaced
async def test_a_replaced_record_has_the_new_fields_and_the_next_version(
    resource: Resource[Any, Any], university: University
) -> None:
    view = await created(university, resource)
    fields = resource.fields.model_validate(view, extra="ignore").model_dump(mode="json")
    changed = {**fields, **{name: value for name, value in resource.example_patch.items() if value is not None}}

    path = f"{resource.path}/{view['id']}"
    header = {"If-Match": '"1"', **at_home(resource, view)}
    answer = await university.client.put(path, json=changed, headers=header)

    assert answer.status_code == 200, answer.text
    assert answer.json()["version"] == 2
    assert answer.json() == (await university.client.get(path, headers=header)).json() != view
    assert answer.headers["etag"].startswith('"2')


@each_replaced
async def test_a_patched_record_has_the_changed_fields_and_keeps_the_others(
    resource: Resource[Any, Any], university: University
) -> None:
    view = await created(university, resource)

    answer = await university.client.patch(
        f"{resource.path}/{view['id']}",
        json=resource.example_patch,
        headers={
            "If-Match": '"1"',
            "Content-Type": "application/merge-patch+json",
            **at_home(resource, view),
        },
    )

    assert answer.status_code == 200, answer.text
    changed = answer.json()
    assert changed["version"] == 2
    kept = view.keys() - resource.example_patch.keys() - {"version", "seats_free"}
    assert {name: changed[name] for name in kept} == {name: view[name] for name in kept}
    assert any(changed[name] != view[name] for name in resource.example_patch)


@each_deleted
async def test_a_deleted_record_is_gone(resource: Resource[Any, Any], university: University) -> None:
    view = await created(university, resource)
    path, header = f"{resource.path}/{view['id']}", at_home(resource, view)

    answer = await university.client.delete(path, headers={"If-Match": '"1"', **header})

    assert (answer.status_code, answer.content) == (204, b"")
    again = await university.client.get(path, headers=header if resource.name != "institution" else {})
    assert again.status_code == 404


@pytest.mark.parametrize(("name", "ended"), [("hold", "released_at"), ("permission", "revoked_at")])
async def test_what_has_a_history_is_ended_by_delete_and_stays_readable(
    name: str, ended: str, university: University
) -> None:
    resource = next(resource for resource in RESOURCES if resource.name == name)
    view = await created(university, resource)
    path = f"{resource.path}/{view['id']}"

    answer = await university.client.delete(path, headers={"If-Match": '"1"'})

    assert (answer.status_code, answer.content) == (204, b"")
    after = (await university.client.get(path)).json()
    assert (view[ended], after[ended]) == (None, "2026-01-20T15:00:00Z")
    again = await university.client.delete(path, headers={"If-Match": "*"})
    assert (again.status_code, (await university.client.get(path)).json()) == (204, after)


@each_resource
async def test_a_record_that_is_not_there_is_not_found_by_any_operation(
    resource: Resource[Any, Any], university: University
) -> None:
    path = f"{resource.path}/{uuid4()}"
    change = {"If-Match": '"1"'}

    answers = [await university.client.get(path), await university.client.delete(path, headers=change)]
    if resource.replaceable:
        answers += [
            await university.client.put(path, json=renewed(resource), headers=change),
            await university.client.patch(path, json=resource.example_patch, headers=change),
        ]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(404, "not_found")}


@each_coded
async def test_a_code_that_is_taken_is_refused(resource: Resource[Any, Any], university: University) -> None:
    answer = await university.client.post(resource.path, json=resource.example)

    assert (answer.status_code, answer.json()["code"]) == (409, "already_exists")


@each_resource
async def test_a_listed_field_can_be_sorted_by_and_filtered_by(
    resource: Resource[Any, Any], university: University
) -> None:
    view = await created(university, resource)
    header = at_home(resource, view)

    for field in resource.listing.sorts:
        for direction in ("", "-"):
            answer = await university.client.get(resource.path, params={"sort": direction + field}, headers=header)
            assert answer.status_code == 200, answer.text
    for name in resource.listing.filters:
        wanted = view["advisors"][0] if name == "advisor" else view[name]
        if wanted is not None:
            answer = await university.client.get(resource.path, params={name: wanted}, headers=header)
            assert answer.status_code == 200, answer.text
            assert view in answer.json()["items"]


@pytest.mark.parametrize("name", ["holds", "offerings"])
def test_what_a_collection_says_it_can_be_asked_is_what_its_use_cases_know(name: str, container: Container) -> None:
    (resource,) = (resource for resource in RESOURCES if resource.collection == name)

    assert resource.listing == container.providers[name]().kind.listing


async def test_what_is_not_replaced_says_which_methods_there_are(university: University) -> None:
    for resource in RESOURCES:
        if not resource.replaceable:
            view = await created(university, resource)
            for method in ("PUT", "PATCH"):
                answer = await university.client.request(method, f"{resource.path}/{view['id']}", json={})
                assert (answer.status_code, answer.headers["allow"]) == (405, "DELETE, GET, HEAD, OPTIONS")


async def test_a_record_in_use_cannot_be_deleted(university: University) -> None:
    for path, by in (
        ("departments/code:CS", "program"),
        ("courses/code:CS-101", "offering"),
        ("terms/code:2026-1", ""),
    ):
        answer = await university.client.delete(f"/v1/{path}", headers={"If-Match": "*"})
        assert (answer.status_code, answer.json()["code"]) == (409, "still_referenced"), by


async def test_an_unknown_reference_names_the_field(university: University) -> None:
    fields = {"code": "X", "name": "X", "department": "code:NOPE"}

    answer = await university.client.post("/v1/programs", json=fields)

    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_reference")
    assert answer.json()["errors"] == [{"field": "department", "message": "there is no record code:NOPE"}]


async def test_the_sections_of_a_term_are_listed_under_it(university: University) -> None:
    path = "/v1/terms/code:2026-1/sections"
    all_of_it, none_of_it = await university.client.get(path), await university.client.get(path, params={"code": "X"})
    unknown, twice = (
        await university.client.get("/v1/terms/code:1999-1/sections"),
        await university.client.get(f"{path}?term=x"),
    )

    assert [section["code"] for section in all_of_it.json()["items"]] == ["CS-101-A"]
    assert none_of_it.json()["items"] == []
    assert (unknown.status_code, twice.status_code) == (httpx.codes.NOT_FOUND, httpx.codes.BAD_REQUEST)
