"""The OpenAPI document as a file: the same text as long as the contract is the same."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
from fastapi import FastAPI

from interfaces.rest.app import rest_app

_FORMAT = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE


def render_contract() -> str:
    """The document, in JSON with sorted keys."""
    return orjson.dumps(rest_app(_not_served, lambda *_: None).openapi(), option=_FORMAT).decode()


@asynccontextmanager
async def _not_served(_app: FastAPI) -> AsyncIterator[None]:
    yield
