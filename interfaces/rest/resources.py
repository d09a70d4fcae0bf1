"""What a resource is: its names, its models, how it is listed, and an example of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, create_model

from application.shared.dto import Dto
from application.shared.paging import Listing
from interfaces.rest.answers import SHARED

BASE_PATH = "/v1"

F = TypeVar("F", bound=Dto)
V = TypeVar("V", bound=Dto)

Example = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Resource(Generic[F, V]):
    """A kind of record as a resource.

    `name` is its noun (`grading scheme`), `collection` its place under the base path (`grading-schemes`), `about` a
    sentence on it; `example` is an example of `fields`, `example_patch` of a merge patch and `example_view` of `view`.
    `caching` is a Cache-Control header. `removal` says what DELETE does. What is not `replaceable` has no PUT and no
    PATCH, and its `example_patch` is empty.
    """

    name: str
    collection: str
    about: str
    fields: type[F]
    view: type[V]
    listing: Listing
    example: Example
    example_patch: Example
    example_view: Example
    caching: str = SHARED
    removal: str = "Delete"
    replaceable: bool = True

    @property
    def path(self) -> str:
        """Where the collection is."""
        return f"{BASE_PATH}/{self.collection}"

    @property
    def identifier(self) -> str:
        """The noun as part of operation ids."""
        return self.name.replace(" ", "_")

    @property
    def a_name(self) -> str:
        """The noun with its article."""
        return f"an {self.name}" if self.name[0] in "aeio" else f"a {self.name}"


class PageBody(BaseModel):
    """A page of a collection; `next_cursor` is null on the last one."""

    next_cursor: str | None


def page_name(view: type[Dto]) -> str:
    """What the model of a page of `view`s is called."""
    return f"{view.__name__.removesuffix('View')}Page"


def page_model(view: type[Dto]) -> type[BaseModel]:
    """The model of a page of `view`s, for the documentation."""
    items: Any = (list[view], ...)  # type: ignore[valid-type]  # made for the kind
    return create_model(page_name(view), __base__=PageBody, items=items)
