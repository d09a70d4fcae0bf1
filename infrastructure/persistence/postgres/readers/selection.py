"""What a reader needs to know of a kind of record: the SELECT of its view, and how its collection can be asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, Text, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import QueryableAttribute

from application.shared.records import Entity
from infrastructure.persistence.postgres.rows.base import Row

Column = ColumnElement[Any] | QueryableAttribute[Any]


@dataclass(frozen=True, slots=True)
class Selection:
    """A view's SELECT, whose labels are the fields of the view.

    `columns` are what a collection can be filtered, sorted and searched by; for the filters in `references` the value
    names a record of that entity type; those in `conditions` are about a record, or an id of any kind, that no column
    of the view shows.
    `finish` makes of a row's dict what SQL could not.
    """

    query: Select[*tuple[Any, ...]]
    institution: Column
    identifier: Column
    columns: Mapping[str, Column]
    references: Mapping[str, type[Entity]] = field(default_factory=dict)
    conditions: Mapping[str, Callable[[UUID], ColumnElement[bool]]] = field(default_factory=dict)
    finish: Callable[[dict[str, Any]], dict[str, Any]] = dict


def flat(row: type[Row], **references: type[Entity]) -> Selection:
    """The selection of a table whose columns are the fields of its view; references lose their `_id`."""
    columns: dict[str, Column] = {}
    selected: list[Column] = []
    for column in row.__table__.c:
        if column.name == "institution_id":
            continue
        name = column.name.removesuffix("_id")
        columns[name] = column
        selected.append(cast(column, Text).label(name) if name in references else column.label(name))
    table = row.__table__.c
    return Selection(select(*selected), table.institution_id, table.id, columns, references)


def parts(owner: type[Row], order: Column, *owned: ColumnElement[bool], **fields: Column) -> ScalarSelect[Any]:
    """The parts of the `owner` in the enclosing SELECT, as a JSON array of objects of `fields`.

    `owned` tells which rows are parts of the owner, `order` in which order they come.
    """
    pairs = [argument for name, column in fields.items() for argument in (literal_column(f"'{name}'"), column)]
    listed = func.json_agg(aggregate_order_by(func.json_build_object(*pairs), order))
    query = select(func.coalesce(listed, literal_column("'[]'::json"))).where(*owned)
    return query.correlate(owner).scalar_subquery()


def ids(
    owner: type[Row], identifier: Column, *owned: ColumnElement[bool], order: Column | None = None
) -> ScalarSelect[Any]:
    """The ids with which the `owner` in the enclosing SELECT is linked, as an array ordered by `order` or by itself."""
    listed = func.array_agg(aggregate_order_by(cast(identifier, Text), identifier if order is None else order))
    query = select(func.coalesce(listed, literal_column("'{}'::text[]"))).where(*owned)
    return query.correlate(owner).scalar_subquery()
