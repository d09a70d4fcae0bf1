"""Collections: what can be asked of them in the query, and their pages."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model
from pydantic_core import from_json, to_json
from starlette.responses import Response

from application.shared.dto import Dto, Text
from application.shared.paging import DEFAULT_LIMIT, MAXIMUM_LIMIT, Listing, Page, PageQuery
from application.shared.written import WrittenPage
from interfaces.rest.answers import json_answer, not_modified, path_in_header
from interfaces.rest.preconditions import is_known_to_client, tag_of_digest
from interfaces.rest.problems import InvalidPart, RestError

QueryText = Annotated[Text, Field(max_length=300)]


@dataclass(frozen=True, slots=True)
class Asked:
    """A page that is asked for; `fields` are those that the client wants, None for all."""

    query: PageQuery
    fields: set[str] | None = None


class PageParameters(BaseModel):
    """What can be asked of every collection; unknown parameters are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAXIMUM_LIMIT, description="How many items a page has at most.")
    cursor: Annotated[str | None, Field(description="The `next_cursor` of the page before.", max_length=2000)] = None


def page_parameters(view: type[Dto], listing: Listing) -> Callable[..., Awaitable[Asked]]:
    """A dependency that reads the query of a collection of `view`s, listed as `listing` says."""
    model = _model(view, listing)

    async def asked(parameters: Annotated[model, Query()]) -> Asked:  # type: ignore[valid-type]  # made for the kind
        return _asked(parameters, view, listing)

    return asked


def asked_by(view: type[Dto], listing: Listing) -> Callable[[Request], Asked]:
    """What reads the query as the dependency `page_parameters` does, in a lean operation."""
    model = _model(view, listing)

    def asked(request: Request) -> Asked:
        try:
            parameters = model.model_validate(dict(request.query_params))
        except ValidationError as error:
            raise RequestValidationError(error.errors(include_url=False)) from None
        return _asked(parameters, view, listing)

    return asked


def _asked(parameters: PageParameters, view: type[Dto], listing: Listing) -> Asked:
    given: dict[str, Any] = dict(parameters)
    filters = {name: given[name] for name in listing.filters if given[name] is not None}
    query = PageQuery(given["limit"], given["cursor"], given["sort"], filters, given.get("q") or None)
    return Asked(query, _wanted(given["fields"], view))


@cache
def _model(view: type[Dto], listing: Listing) -> type[PageParameters]:
    sorts = [name for field in listing.sorts for name in (field, f"-{field}")]
    sort = f"The field to sort by, with `-` before it for descending order; `{sorts[0]}` when none is given."
    thin = "The fields that each item shall have, separated by commas; all when none are given."
    optional: dict[str, Any] = {
        "sort": _optional(sort, json_schema_extra={"examples": [sorts[0]], "enum": sorts}),
        "fields": _optional(thin, examples=[f"id,{listing.sorts[0]}"]),
        **{name: _optional(f"Only items whose `{name}` is this.") for name in listing.filters},
    }
    if listing.searches:
        optional["q"] = _optional(f"A text to find in {', '.join(f'`{name}`' for name in listing.searches)}.")
    name = f"{view.__name__.removesuffix('View')}PageParameters"
    return create_model(name, __base__=PageParameters, **optional)


def _optional(description: str, **more: Any) -> Any:  # noqa: ANN401 - arguments of `Field`, a definition for `create_model`
    return (QueryText | None, Field(default=None, description=description, **more))


def _wanted(fields: str | None, view: type[Dto]) -> set[str] | None:
    if fields is None:
        return None
    wanted = {name.strip() for name in fields.split(",")}
    unknown = wanted - view.model_fields.keys()
    if unknown:
        known = ", ".join(view.model_fields)
        part = InvalidPart(parameter="fields", message=f"may name {known}")
        raise RestError("invalid_request", f"fields: an item has no {', '.join(sorted(unknown))}.", errors=[part])
    return wanted


def page_answer(request: Request, page: Page[Any], asked: Asked, caching: str) -> Response:
    """A page of views, as `written_page_answer` shows it."""
    items = ",".join(item.model_dump_json(include=asked.fields) for item in page.items)
    return _answer(request, WrittenPage(items, page.next_cursor), caching)


def written_page_answer(request: Request, page: WrittenPage, asked: Asked, caching: str) -> Response:
    """A page as `{"items": […], "next_cursor": …}`, with a link to the next one."""
    if asked.fields is not None:
        page = WrittenPage(_thinned(page.items, asked.fields), page.next_cursor)
    return _answer(request, page, caching)


def _thinned(items: str, fields: set[str]) -> str:
    whole: list[dict[str, Any]] = from_json(f"[{items}]")
    return to_json([{name: item[name] for name in item if name in fields} for item in whole])[1:-1].decode()


def _answer(request: Request, page: WrittenPage, caching: str) -> Response:
    tag = tag_of_digest(page.digest)
    if is_known_to_client(request, tag):
        return not_modified(tag, caching)
    body = b'{"items":[%b],"next_cursor":%b}' % (page.items.encode(), to_json(page.next_cursor))
    if page.next_cursor is None:
        return json_answer(body, ETag=tag, Cache_Control=caching)
    following = {**request.query_params, "cursor": page.next_cursor}
    link = f'<{path_in_header(request.scope["path"])}?{urlencode(following)}>; rel="next"'
    return json_answer(body, ETag=tag, Cache_Control=caching, Link=link)
