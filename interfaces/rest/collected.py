"""What the OpenAPI document says of collections: items that the query may thin, and links to operations on records."""

import re
from typing import Any

Json = dict[str, Any]

_OF_A_RECORD = re.compile(r"(?P<collection>/v1/[a-z-]+)/{(?P<parameter>\w+)}(?:/[a-z-]+)?")


def thin_items(schemas: Json) -> None:
    """Let the items of pages lack fields: `fields=` asks for some alone."""
    for name in [name for name in schemas if name.endswith("Page")]:
        items = schemas[name]["properties"]["items"]["items"]
        view = schemas[items["$ref"].rpartition("/")[2]]
        item = f"{name.removesuffix('Page')}Item"
        about = f"A {view['title']}, or those of its fields that the query asked for."
        schemas[item] = {**view, "title": item, "description": about}
        schemas[item].pop("required", None)
        items["$ref"] = f"#/components/schemas/{item}"


def link_records(paths: Json) -> None:
    """Let what creates or lists records lead to the operations on one of them."""
    for path, item in paths.items():
        record = _OF_A_RECORD.fullmatch(path)
        if record is not None:
            collection = paths.get(record["collection"], {})
            for operation in item.values():
                _link(collection, operation, record["parameter"])


def _link(collection: Json, operation: Json, parameter: str) -> None:
    name = operation["operationId"]
    changes = any(given.get("$ref", "").endswith("/IfMatch") for given in operation["parameters"])
    version = {"header.If-Match": "$response.header.ETag"} if changes else {}
    created = collection.get("post", {}).get("responses", {}).get("201")
    if created is not None:
        parameters = {f"path.{parameter}": "$response.body#/id", **version}
        created.setdefault("links", {})[name] = {"operationId": name, "parameters": parameters}
    if "get" in collection:
        first = {f"path.{parameter}": "$response.body#/items/0/id"}
        collection["get"]["responses"]["200"].setdefault("links", {})[name] = {"operationId": name, "parameters": first}
