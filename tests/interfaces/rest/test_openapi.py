"""The OpenAPI document: complete, consistent, and true in what its examples say."""

import json
import re
from collections.abc import Iterator
from typing import Any, get_args

import httpx
import openapi_spec_validator
import pytest
from pydantic import BaseModel

from application.registration.audit import EnrollmentHistory
from application.registration.dto import (
    Action,
    RegistrationRequestFields,
    RegistrationRequestView,
    RosterView,
    ScheduleView,
)
from application.registration.eligibility import EligibilityView
from application.registration.import_attempts import AttemptsReport
from application.scheduling.timetable import ImportReport, Timetable
from application.shared.imports import ImportView
from application.shared.paging import Listing
from interfaces.rest import import_examples
from interfaces.rest import registration_examples as examples
from interfaces.rest.app import READINGS, RESOURCES
from interfaces.rest.problems import PROBLEMS
from interfaces.rest.readings import Reading
from interfaces.rest.resources import Resource
from tests.interfaces.rest.university import University

Json = Any


@pytest.fixture
async def document(client: httpx.AsyncClient) -> Json:
    return (await client.get("/openapi.json")).json()


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Method, path and description of every operation."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def nodes(value: Json) -> Iterator[Json]:
    """Every object in a JSON value."""
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from nodes(part)
    elif isinstance(value, list):
        for part in value:
            yield from nodes(part)


TOKENS = "/v1/oauth/token"
OF_TOKENS = {"invalid_credentials", "too_many_attempts"}
"""What is met at the token endpoint alone."""

WITHOUT_VERSIONS = ("account", "accounts", "clients", "sessions")
"""What is never replaced: it is opened and closed."""


def resolve(document: Json, node: Json) -> Json:
    """What a node is, or refers to."""
    while "$ref" in node:
        found = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        node = found
    return node


def test_the_document_is_of_the_version_that_it_says(document: Json) -> None:
    assert document["openapi"].startswith("3.1.")
    assert document["info"]["title"] == "Matrícula"


def test_the_document_is_valid(document: Json) -> None:
    openapi_spec_validator.validate(document)


def test_every_tag_is_described_and_used(document: Json) -> None:
    used = {tag for _, _, operation in operations(document) for tag in operation["tags"]}

    assert used == {tag["name"] for tag in document["tags"] if tag["description"]}


def test_every_operation_names_its_security_or_is_declared_public(document: Json) -> None:
    schemes = document["components"]["securitySchemes"]
    public = {path for _, path, operation in operations(document) if operation["security"] == []}
    named = {name for _, _, operation in operations(document) for one in operation["security"] for name in one}

    assert public == {
        *("/", "/livez", "/readyz", "/problems/{code}", "/v1/institutions", "/v1/institutions/{ref}"),
        *(TOKENS, "/v1/oauth/revoke", "/.well-known/jwks.json", "/.well-known/oauth-authorization-server"),
    }
    assert named == schemes.keys()
    assert all(scheme["description"] for scheme in schemes.values())


def test_every_reference_in_the_document_leads_somewhere(document: Json) -> None:
    for node in nodes(document):
        if isinstance(node.get("$ref"), str):
            assert resolve(document, node) is not None


def test_every_schema_is_used(document: Json) -> None:
    used = {node["$ref"] for node in nodes(document) if isinstance(node.get("$ref"), str)}

    assert {f"#/components/schemas/{name}" for name in document["components"]["schemas"]} <= used


def test_every_operation_has_a_name_of_its_own_a_summary_and_a_tag(document: Json) -> None:
    named = [operation["operationId"] for _, _, operation in operations(document)]

    assert len(named) == len(set(named)) == 130
    for method, path, operation in operations(document):
        assert operation["summary"], (method, path)
        assert operation["tags"], (method, path)


def test_every_operation_names_the_parameters_of_its_path_and_each_parameter_once(document: Json) -> None:
    for method, path, operation in operations(document):
        parameters = [resolve(document, parameter) for parameter in operation["parameters"]]
        keys = [(parameter["in"], parameter["name"]) for parameter in parameters]
        assert len(keys) == len(set(keys)), (method, path)
        assert {name for place, name in keys if place == "path"} == set(re.findall(r"{(\w+)}", path))
        assert ("header", "X-Request-ID") in keys
        assert (("header", "X-Matricula-Actor") in keys) == (path.startswith("/v1/") and "/oauth/" not in path)
        for parameter in parameters:
            assert parameter["description"], (method, path, parameter["name"])


def test_every_answer_has_an_example_or_no_content(document: Json) -> None:
    for method, path, operation in operations(document):
        for status, given in operation["responses"].items():
            answer = resolve(document, given)
            assert answer["description"], (method, path, status)
            assert "X-Request-ID" in answer["headers"], (method, path, status)
            if status in ("204", "303", "304") or (path == "/v1/oauth/revoke" and status == "200"):
                assert "content" not in answer
                continue
            for media_type, content in answer["content"].items():
                assert content["schema"], (method, path, status)
                assert content["examples"], (method, path, status)
                # RFC 6749 says how the token endpoint refuses.
                if path.startswith("/v1/oauth/") and status in ("400", "401", "429"):
                    continue
                assert (media_type == "application/problem+json") == (int(status) >= 400)


def test_every_body_has_an_example(document: Json) -> None:
    for method, path, operation in operations(document):
        has_body = method in ("post", "put", "patch") and path not in ("/v1/queue-reviews", "/v1/clients/{id}/secret")
        assert ("requestBody" in operation) == has_body, (method, path)
        for content in operation.get("requestBody", {"content": {}})["content"].values():
            assert content["schema"]
            assert content["examples"]


def test_every_problem_is_documented_where_it_may_be_met(document: Json) -> None:
    documented = OF_TOKENS
    for method, path, operation in operations(document):
        if path.startswith("/v1/oauth/"):
            continue
        codes = {
            code
            for status, answer in operation["responses"].items()
            if int(status) >= 400
            for code in resolve(document, answer)["content"]["application/problem+json"]["examples"]
        }
        assert {"invalid_request", "not_acceptable", "internal_error", "unavailable"} <= codes, (method, path)
        if any(resolve(document, given)["name"] == "X-Matricula-Institution" for given in operation["parameters"]):
            assert "unknown_institution" in codes, (method, path)
        if method in ("put", "patch", "delete") and path.split("/")[2] not in WITHOUT_VERSIONS:
            assert {"not_found", "stale_write", "precondition_required"} <= codes
        if "requestBody" in operation:
            assert {"invalid_field", "unsupported_media_type", "body_too_large"} <= codes
            # What an upload holds is looked at in the background: its import tells what is wrong with it.
            assert "malformed_json" in codes or path == "/v1/imports"
        documented |= codes
    assert documented == PROBLEMS.keys() - {"method_not_allowed"}


def test_every_filter_is_a_parameter(document: Json) -> None:
    listings: list[tuple[str, Listing]] = [(r.path, r.listing) for r in RESOURCES]
    listings += [(reading.path, reading.listing) for reading in READINGS]
    for path, listing in listings:
        parameters = document["paths"][path]["get"]["parameters"]
        queries = {parameter["name"] for parameter in parameters if parameter.get("in") == "query"}
        search = {"q"} if listing.searches else set()
        assert queries == {"limit", "cursor", "sort", "fields", *search, *listing.filters}


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_the_examples_of_a_resource_are_valid(resource: Resource[Any, Any]) -> None:
    assert_is_example(resource.fields, resource.example)
    assert_is_example(resource.view, resource.example_view)
    assert resource.example_patch.keys() <= resource.fields.model_fields.keys()


@pytest.mark.parametrize(
    ("model", "example"),
    [
        *((RegistrationRequestFields, example) for example in examples.REGISTRATION_REQUESTS.values()),
        (RegistrationRequestView, examples.REGISTRATION_ANSWER),
        (ScheduleView, examples.SCHEDULE),
        (RosterView, examples.ROSTER),
        (EligibilityView, examples.ELIGIBILITY),
        (EnrollmentHistory, examples.HISTORY),
        (Timetable, import_examples.TIMETABLE),
        (ImportReport, import_examples.TIMETABLE_REPORT),
        (AttemptsReport, import_examples.ATTEMPTS_REPORT),
        (ImportView, import_examples.IMPORT),
        (ImportView, import_examples.FAILED_IMPORT),
    ],
)
def test_the_examples_of_registration_are_valid(model: type[BaseModel], example: Json) -> None:
    assert_is_example(model, example)


@pytest.mark.parametrize("reading", READINGS, ids=lambda reading: reading.name)
def test_the_examples_of_what_is_only_read_are_valid(reading: Reading[Any]) -> None:
    assert_is_example(reading.view, reading.example)


def test_there_is_an_example_of_every_action_and_mode() -> None:
    requests = examples.REGISTRATION_REQUESTS.values()
    shown = {action["action"] for request in requests for action in request["actions"]}
    variants = get_args(get_args(Action)[0])

    assert shown == {get_args(variant.model_fields["action"].annotation)[0] for variant in variants}
    assert {request.get("mode") for request in requests} == {None, "atomic"}


def assert_is_example(model: type[BaseModel], example: Json) -> None:
    """The example is valid, and written as the server writes it."""
    written = json.loads(model.model_validate_json(json.dumps(example)).model_dump_json(exclude_unset=True))
    assert written == json.loads(json.dumps(example))


async def test_the_documented_schema_of_an_answer_names_the_fields_that_it_has(
    document: Json, university: University
) -> None:
    for resource in RESOURCES:
        page = (await university.client.get(resource.path)).json()
        if not page["items"]:
            continue
        schema = document["components"]["schemas"][resource.view.__name__]
        assert list(page["items"][0]) == list(schema["properties"])


def test_the_items_of_a_page_may_lack_what_the_query_did_not_ask_for(document: Json) -> None:
    schemas = document["components"]["schemas"]
    item, view = schemas["CourseItem"], schemas["CourseView"]

    assert schemas["CoursePage"]["properties"]["items"]["items"] == {"$ref": "#/components/schemas/CourseItem"}
    assert item["properties"] == view["properties"]
    assert "required" not in item
    assert "required" in view


def test_a_record_leads_to_all_that_can_be_done_with_it(document: Json) -> None:
    rooms = document["paths"]["/v1/rooms"]
    done = {operation["operationId"] for operation in document["paths"]["/v1/rooms/{ref}"].values()}
    created, listed = rooms["post"]["responses"]["201"]["links"], rooms["get"]["responses"]["200"]["links"]

    assert created.keys() == listed.keys() == done
    assert created["patch_room"] == {
        "operationId": "patch_room",
        "parameters": {"path.ref": "$response.body#/id", "header.If-Match": "$response.header.ETag"},
    }
    assert listed["get_room"]["parameters"] == {"path.ref": "$response.body#/items/0/id"}
    assert "get_roster" in document["paths"]["/v1/sections"]["post"]["responses"]["201"]["links"]


def test_a_time_of_day_has_no_offset(document: Json) -> None:
    starts_at = document["components"]["schemas"]["MeetingFields"]["properties"]["starts_at"]

    assert re.fullmatch(starts_at["pattern"], "10:00:00")
    assert "format" not in starts_at
