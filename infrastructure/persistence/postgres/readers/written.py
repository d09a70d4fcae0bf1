"""Questions about views that PostgreSQL itself writes as JSON: each is one query, of one value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from application.shared.cursor import check, decode_cursor, order_of
from application.shared.errors import InvalidRequest
from application.shared.paging import Listing, PageQuery
from application.shared.records import Entity
from domain.scheduling.term import Term
from domain.shared.identifiers import InstitutionId
from domain.shared.invalid import InvalidValue
from domain.shared.reference import Reference
from infrastructure.persistence.postgres.mapping.entities import mapper_for
from infrastructure.persistence.postgres.mapping.mapper import Mapper
from infrastructure.persistence.postgres.readers.paging import WITH_CASE


@dataclass(frozen=True, slots=True)
class WrittenSelection:
    """How a kind of record is written: SQL about the row `r` of its table.

    `document` is a SELECT of one column, the view's JSON as text, and `seats` one of the part of it that registration
    changes: what stands between `before_seats` and `after_seats`. `columns` are texts by which the collection can be
    filtered, sorted and searched; for the filters in `references` the value names a record.
    """

    entity: type[Entity]
    document: str
    seats: str
    before_seats: str
    after_seats: str
    columns: Mapping[str, str]
    references: Mapping[str, type[Entity]] = field(default_factory=dict)

    @property
    def table(self) -> str:
        """The table's name."""
        return str(mapper_for(self.entity).row.__tablename__)


@dataclass(slots=True)
class Question:
    """A query and its arguments after `$1`, which is the institution."""

    institution: InstitutionId
    arguments: list[Any] = field(default_factory=list)
    query: str = ""

    def given(self, value: object, sql_type: str) -> str:
        """The place of an argument in the query."""
        self.arguments.append(value)
        return f"${len(self.arguments) + 1}::{sql_type}"


def some(selection: WrittenSelection, institution: InstitutionId, identifiers: Sequence[UUID]) -> Question:
    """Ask for the records with these ids: each answer is an id, then the document."""
    question = Question(institution)
    question.query = f"""
        SELECT array_agg(r.id::text || d.document)
          FROM {selection.table} r CROSS JOIN LATERAL ({selection.document}) d
         WHERE r.institution_id = $1::uuid AND r.id = ANY ({question.given(identifiers, "uuid[]")})
    """  # noqa: S608 - values are arguments
    return question


def one(selection: WrittenSelection, institution: InstitutionId, reference: Reference) -> Question | None:
    """Ask for the record that `reference` names; None when such a reference names none."""
    question = Question(institution)
    identifier = _identifier(question, selection.entity, reference)
    if identifier is None:
        return None
    question.query = f"""
        SELECT d.* FROM {selection.table} r CROSS JOIN LATERAL ({selection.document}) d
         WHERE r.institution_id = $1::uuid AND r.id = {identifier}
    """  # noqa: S608 - values are arguments
    return question


def mark(institution: InstitutionId, term: UUID | None) -> Question:
    """Ask for the mark of a term, or of all terms: the version of its static facts, and the number that is next.

    There is none when the term is not there, or one has never been opened for registration.
    """
    question = Question(institution)
    question.query = _mark(None if term is None else question.given(term, "uuid"))
    return question


def _mark(term: str | None) -> str:
    if term is not None:
        return f"""
            SELECT ARRAY[v.facts_version::text, v.next_number::text] FROM term_registrations v
             WHERE v.institution_id = $1::uuid AND v.term_id = {term}
        """  # noqa: S608 - values are arguments
    return """
        SELECT CASE WHEN bool_and(v.term_id IS NOT NULL) THEN
                   ARRAY[string_agg(t.id || ' ' || v.facts_version, ' ' ORDER BY t.id),
                         string_agg(v.next_number::text, ' ' ORDER BY t.id)]
               END
          FROM terms t
          LEFT JOIN term_registrations v ON v.institution_id = t.institution_id AND v.term_id = t.id
         WHERE t.institution_id = $1::uuid
    """


def _marked(term: str | None) -> str:
    return f"coalesce(({_mark(term)}), ARRAY[NULL, NULL])"


def seats(
    selection: WrittenSelection, institution: InstitutionId, term: UUID | None, identifiers: Sequence[str]
) -> Question:
    """Ask for the mark, then the seats of records: each an id, then what stands in the record's document."""
    question = Question(institution)
    marked = _marked(None if term is None else question.given(term, "uuid"))
    question.query = f"""
        SELECT {marked} || array_agg(r.id::text || d.seats)
          FROM {selection.table} r CROSS JOIN LATERAL ({selection.seats}) d
         WHERE r.institution_id = $1::uuid AND r.id = ANY ({question.given(identifiers, "uuid[]")})
    """  # noqa: S608 - values are arguments
    return question


def page(
    selection: WrittenSelection, institution: InstitutionId, term: UUID | None, listing: Listing, query: PageQuery
) -> Question | None:
    """Ask for the mark, for the last item's sort value and id if there are more, then for the items of a page.

    Each item is an id, then the document. None when a filter names no record. Raises `InvalidRequest`.
    """
    question = Question(institution)
    conditions = ["r.institution_id = $1::uuid"]
    for name in sorted(query.filters.keys() & selection.references.keys() & set(listing.filters)):
        reference = reference_in(name, query.filters[name])
        identifier = _identifier(question, selection.references[name], reference)
        if identifier is None:
            return None
        conditions.append(f"{selection.columns[name]} = {identifier}")
    check(query, listing)
    order = order_of(query, listing)
    sorted_by, direction, beyond = (
        selection.columns[order.field],
        *(("DESC", "<") if order.descending else ("ASC", ">")),
    )
    conditions += [
        f"{selection.columns[name]} = {question.given(query.filters[name], 'text')}"
        for name in sorted(query.filters.keys() - selection.references.keys())
    ]
    if query.search:
        text = question.given(f"%{_escaped(query.search)}%", "text")
        searched = (
            f"""lower(({selection.columns[name]}) COLLATE "{WITH_CASE}") LIKE lower({text}) ESCAPE '/'"""
            for name in listing.searches
        )
        conditions.append(f"({' OR '.join(searched)})")
    if query.cursor is not None:
        value, last = decode_cursor(order, query.cursor, str)
        here = f"({question.given(value, 'text')}, {question.given(last, 'uuid')})"
        conditions.append(f"({sorted_by}, r.id) {beyond} {here}")
    limit = question.given(query.limit, "int")
    marked = _marked(None if term is None else question.given(term, "uuid"))
    question.query = f"""
        SELECT {marked}
               || max(r.sort_value) FILTER (WHERE r.place = {limit} AND r.place < r.last)
               || max(r.id::text) FILTER (WHERE r.place = {limit} AND r.place < r.last)
               || array_agg(r.id::text || d.document ORDER BY r.place) FILTER (WHERE r.place <= {limit})
          FROM (SELECT r.*, row_number() OVER by_place AS place, count(*) OVER () AS last
                  FROM (SELECT r.*, {sorted_by} AS sort_value FROM {selection.table} r
                         WHERE {" AND ".join(conditions)}
                         ORDER BY {sorted_by} {direction}, r.id {direction} LIMIT {limit} + 1) r
                WINDOW by_place AS (ORDER BY r.sort_value {direction}, r.id {direction})) r
         CROSS JOIN LATERAL ({selection.document}) d
    """  # noqa: S608 - values are arguments
    return question


def reference_in(name: str, text: str) -> Reference:
    """The record that a filter names. Raises `InvalidRequest`."""
    try:
        return Reference.parse(text)
    except InvalidValue as error:
        detail = f"The filter {name} {error.reason}."
        raise InvalidRequest(detail, filter=name) from error


def _identifier(question: Question, entity: type[Entity], reference: Reference) -> str | None:
    """SQL for the id of the record that `reference` names; None when such a reference names none."""
    if reference.id is not None:
        return question.given(reference.id, "uuid")
    mapper: Mapper[Any, Any] = mapper_for(entity)
    code: Any = mapper.code
    scope: Any = mapper.scope
    if code is None or (scope is None) != (reference.scope is None):
        return None
    named = f"n.institution_id = $1::uuid AND n.{code.key} = {question.given(reference.code, 'text')}"
    if scope is not None:
        term = _identifier(question, Term, Reference(code=reference.scope))
        named = f"{named} AND n.{scope.key} = {term}"
    return f"(SELECT n.id FROM {mapper.row.__tablename__} n WHERE {named})"  # noqa: S608 - values are arguments


def _escaped(text: str) -> str:
    return text.replace("/", "//").replace("%", "/%").replace("_", "/_")
