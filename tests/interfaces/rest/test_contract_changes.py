"""Changes of the contract: each kind that breaks a client is told from those that do not."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from interfaces.rest.contract.changes import changes
from interfaces.rest.contract.snapshot import render_contract

Json = Any

COURSE: Json = {
    "type": "object",
    "title": "Course",
    "properties": {
        "code": {"type": "string", "maxLength": 10},
        "level": {"enum": ["low", "high"], "type": "string"},
        "credits": {"anyOf": [{"type": "number", "minimum": 0}, {"type": "null"}]},
        "tags": {"type": "array", "items": {"type": "string"}},
        "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Part"}},
    },
    "required": ["code"],
}
PART: Json = {"type": "object", "title": "Part", "properties": {"name": {"type": "string"}}, "required": ["name"]}
OLD: Json = {
    "paths": {
        "/courses": {
            "get": {
                "parameters": [{"$ref": "#/components/parameters/Limit"}],
                "responses": {
                    "200": {
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/CourseView"}},
                            "text/csv": {},
                        },
                        "headers": {"ETag": {}},
                    },
                    "304": {},
                    "404": {"$ref": "#/components/responses/NotFound"},
                },
            },
            "post": {
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Course"}},
                        "application/xml": {"schema": {}},
                    }
                },
                "responses": {"201": {}},
                "security": [{}],
            },
        }
    },
    "components": {
        "parameters": {"Limit": {"in": "query", "name": "limit", "schema": {"type": "integer", "maximum": 100}}},
        "responses": {"NotFound": {}},
        "schemas": {"Course": COURSE, "CourseView": copy.deepcopy(COURSE), "Part": PART},
    },
}

Edit = Callable[[Json], object]


def get(document: Json) -> Json:
    return document["paths"]["/courses"]["get"]


def post(document: Json) -> Json:
    return document["paths"]["/courses"]["post"]


def limit(document: Json) -> Json:
    return document["components"]["parameters"]["Limit"]


def sent(document: Json) -> Json:
    return document["components"]["schemas"]["Course"]


def received(document: Json) -> Json:
    return document["components"]["schemas"]["CourseView"]


def field(schema: Json, name: str) -> Json:
    return schema["properties"][name]


def found(edit: Edit) -> list[str]:
    new = copy.deepcopy(OLD)
    edit(new)
    return [str(change) for change in changes(OLD, new)]


def test_the_same_contract_has_not_changed() -> None:
    assert found(lambda _: None) == []


BREAKING: dict[str, tuple[Edit, str]] = {
    "a path is gone": (lambda d: d["paths"].pop("/courses"), "GET /courses: is gone"),
    "an operation is gone": (lambda d: d["paths"]["/courses"].pop("post"), "POST /courses: is gone"),
    "a parameter is gone": (lambda d: get(d).update(parameters=[]), "GET /courses query parameter limit: is gone"),
    "a required parameter is new": (
        lambda d: get(d)["parameters"].append({"in": "header", "name": "Key", "required": True}),
        "GET /courses header parameter Key: is new and required",
    ),
    "a parameter becomes required": (
        lambda d: limit(d).update(required=True),
        "GET /courses query parameter limit: is required now",
    ),
    "a parameter gets another type": (
        lambda d: limit(d).update(schema={"type": "boolean"}),
        "GET /courses query parameter limit: can no more be integer",
    ),
    "a limit of a parameter gets closer": (
        lambda d: limit(d)["schema"].update(maximum=10),
        "GET /courses query parameter limit: maximum is 10 now",
    ),
    "a body becomes required": (
        lambda d: post(d)["requestBody"].update(required=True),
        "POST /courses body: is required now",
    ),
    "a media type of a body is gone": (
        lambda d: post(d)["requestBody"]["content"].pop("application/xml"),
        "POST /courses body application/xml: is gone",
    ),
    "a field of a body is gone": (lambda d: sent(d)["properties"].pop("tags"), "Course.tags: is gone"),
    "a required field of a body is new": (
        lambda d: sent(d).update(required=["code", "title"]) or sent(d)["properties"].update(title={"type": "string"}),
        "Course.title: is new and required",
    ),
    "a field of a body becomes required": (
        lambda d: sent(d).update(required=["code", "level"]),
        "Course.level: is required now",
    ),
    "a field of a body has fewer values": (
        lambda d: field(sent(d), "level").update(enum=["low"]),
        "Course.level: is no more high",
    ),
    "a field of a body gets a list of values": (
        lambda d: field(sent(d), "code").update(enum=["x"]),
        "Course.code: is one of x now",
    ),
    "a field of a body may no more be null": (
        lambda d: field(sent(d), "credits").update(anyOf=[{"type": "number", "minimum": 0}]),
        "Course.credits: can no more be null",
    ),
    "a limit inside a union gets closer": (
        lambda d: field(sent(d), "credits")["anyOf"][0].update(minimum=1),
        "Course.credits: minimum is 1 now",
    ),
    "a field of a body gets a pattern": (
        lambda d: field(sent(d), "code").update(pattern="^x"),
        "Course.code: pattern is ^x now",
    ),
    "items of a body get another type": (
        lambda d: field(sent(d), "tags").update(items={"type": "integer"}),
        "Course.tags[]: can no more be string",
    ),
    "a body takes no unknown fields any more": (
        lambda d: sent(d).update(additionalProperties=False),
        "Course: takes no further properties now",
    ),
    "a successful answer is gone": (lambda d: get(d)["responses"].pop("304"), "GET /courses 304: is gone"),
    "a media type of an answer is gone": (
        lambda d: get(d)["responses"]["200"]["content"].pop("text/csv"),
        "GET /courses 200 text/csv: is gone",
    ),
    "a header of an answer is gone": (
        lambda d: get(d)["responses"]["200"].pop("headers"),
        "GET /courses 200 header ETag: is gone",
    ),
    "a field of an answer is gone": (lambda d: received(d)["properties"].pop("tags"), "CourseView.tags: is gone"),
    "a field of an answer may be absent": (
        lambda d: received(d).update(required=[]),
        "CourseView.code: is no more required",
    ),
    "a field of an answer may be null": (
        lambda d: received(d)["properties"].update(code={"anyOf": [{"type": "string"}, {"type": "null"}]}),
        "CourseView.code: can be null now",
    ),
    "a field of an answer is no more one of a list": (
        lambda d: field(received(d), "level").pop("enum"),
        "CourseView.level: is no more one of a list",
    ),
    "a field deep in an answer is gone": (
        lambda d: d["components"]["schemas"]["Part"].update(properties={}),
        "Part.name: is gone",
    ),
    "callers need credentials": (
        lambda d: post(d).update(security=[{"Bearer": []}]),
        "POST /courses: can no more be called with no credentials",
    ),
}


@pytest.mark.parametrize(("edit", "expected"), BREAKING.values(), ids=BREAKING.keys())
def test_a_change_that_breaks_clients_is_found(edit: Edit, expected: str) -> None:
    assert f"BREAKING: {expected}" in found(edit)


HARMLESS: dict[str, tuple[Edit, str]] = {
    "an operation is new": (lambda d: d["paths"].update({"/x": {"get": {}}}), "GET /x: is new"),
    "an optional parameter is new": (
        lambda d: get(d)["parameters"].append({"in": "query", "name": "q"}),
        "GET /courses query parameter q: is new",
    ),
    "a limit of a parameter gets wider": (
        lambda d: limit(d)["schema"].update(maximum=500),
        "GET /courses query parameter limit: maximum is 500 now",
    ),
    "an optional field of a body is new": (
        lambda d: sent(d)["properties"].update(title={"type": "string"}),
        "Course.title: is new",
    ),
    "a field of a body is no more required": (
        lambda d: sent(d).update(required=[]),
        "Course.code: is no more required",
    ),
    "a field of a body may be null": (
        lambda d: sent(d)["properties"].update(code={"anyOf": [{"type": "string", "maxLength": 10}, {"type": "null"}]}),
        "Course.code: can be null now",
    ),
    "a limit of a field is gone": (lambda d: field(sent(d), "code").pop("maxLength"), "Course.code: maxLength is gone"),
    "an error is new": (lambda d: get(d)["responses"].update({"429": {}}), "GET /courses 429: is new"),
    "an error is gone": (lambda d: get(d)["responses"].pop("404"), "GET /courses 404: is gone"),
    "a media type of an answer is new": (
        lambda d: get(d)["responses"]["200"]["content"].update({"text/calendar": {}}),
        "GET /courses 200 text/calendar: is new",
    ),
    "a header of an answer is new": (
        lambda d: get(d)["responses"]["200"]["headers"].update(Link={}),
        "GET /courses 200 header Link: is new",
    ),
    "a field of an answer is new": (
        lambda d: received(d)["properties"].update(title={"type": "string"}),
        "CourseView.title: is new",
    ),
    "a field of an answer is always there": (
        lambda d: received(d).update(required=["code", "level"]),
        "CourseView.level: is required now",
    ),
    "a field of an answer has more values": (
        lambda d: field(received(d), "level").update(enum=["low", "high", "higher"]),
        "CourseView.level: may be higher now",
    ),
    "callers have another way to say who they are": (
        lambda d: post(d).update(security=[{}, {"Bearer": []}]),
        "POST /courses: can be called with Bearer now",
    ),
}


@pytest.mark.parametrize(("edit", "expected"), HARMLESS.values(), ids=HARMLESS.keys())
def test_a_change_that_breaks_nobody_is_listed(edit: Edit, expected: str) -> None:
    assert found(edit) == [f"change: {expected}"]


def test_breaking_changes_come_first() -> None:
    def edit(document: Json) -> None:
        get(document)["responses"]["429"] = {}
        document["paths"]["/courses"].pop("post")

    assert [line.partition(":")[0] for line in found(edit)] == ["BREAKING", "change"]


def test_a_schema_that_holds_itself_is_compared_once() -> None:
    def edit(document: Json) -> None:
        document["components"]["schemas"]["Part"]["properties"]["parts"] = {
            "type": "array",
            "items": {"$ref": "#/components/schemas/Part"},
        }

    new = copy.deepcopy(OLD)
    edit(new)
    newer = copy.deepcopy(new)
    newer["components"]["schemas"]["Part"]["properties"]["name"] = {"type": "integer"}

    assert [str(change) for change in changes(new, newer)].count("BREAKING: Part.name: can no more be string") == 1


def test_the_contract_is_written_the_same_every_time() -> None:
    assert render_contract() == render_contract()
