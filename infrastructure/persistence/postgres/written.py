"""The `WrittenViews` port: kinds that PostgreSQL writes are read in one round trip, others as their views."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from application.shared.paging import PageQuery
from application.shared.rounds import Rounds
from application.shared.written import Kind, WrittenPage, WrittenViews
from domain.scheduling.section import Section
from domain.shared.identifiers import InstitutionId
from domain.shared.reference import Reference
from infrastructure.persistence.postgres.failures import reaching_the_database
from infrastructure.persistence.postgres.kept_pages import Asked
from infrastructure.persistence.postgres.readers.lines import Lines
from infrastructure.persistence.postgres.readers.written import Question, WrittenSelection, one, some
from infrastructure.persistence.postgres.readers.written_sections import WRITTEN_SECTION, WRITTEN_SECTION_IN_PART
from infrastructure.persistence.postgres.written_pages import WrittenPages

_Shown = tuple[type[Any], bool]
"""What is shown: an entity, and whether only in part."""

_SELECTIONS: Mapping[_Shown, WrittenSelection] = {
    (Section, False): WRITTEN_SECTION,
    (Section, True): WRITTEN_SECTION_IN_PART,
}
_ID_LENGTH = 36

Query = tuple[str, InstitutionId, tuple[Any, ...]]
"""A query, the institution in which it is asked, and its other arguments."""


class PostgresWrittenViews:
    """The port on `lines`; `others` reads the kinds that PostgreSQL does not write."""

    def __init__(self, lines: Lines, others: WrittenViews) -> None:
        self._lines = lines
        self._others = others
        self._by_id: Rounds[tuple[InstitutionId, _Shown], UUID, str] = Rounds(self._documents)
        self._alike: Rounds[Query, None, Any] = Rounds(self._found)
        self._pages = WrittenPages(self._ask)

    async def one(
        self, institution: InstitutionId, kind: Kind, reference: Reference, *, in_part: bool = False
    ) -> str | None:
        """See `WrittenViews.one`."""
        shown = (kind.entity, in_part)
        selection = _SELECTIONS.get(shown)
        if selection is None:
            return await self._others.one(institution, kind, reference, in_part=in_part)
        if reference.id is not None:
            return await self._by_id.answer((institution, shown), reference.id)
        question = one(selection, institution, reference)
        if question is None:
            return None
        written: str | None = await self._alike.answer((question.query, institution, tuple(question.arguments)), None)
        return written

    async def page(
        self, institution: InstitutionId, kind: Kind, query: PageQuery, *, in_part: bool = False
    ) -> WrittenPage:
        """See `WrittenViews.page`."""
        selection = _SELECTIONS.get((kind.entity, in_part))
        if selection is None:
            return await self._others.page(institution, kind, query, in_part=in_part)
        return await self._pages.page(Asked.by(institution, selection, kind.listing, query))

    async def _documents(
        self, subject: tuple[InstitutionId, _Shown], identifiers: Sequence[UUID]
    ) -> Mapping[UUID, str]:
        institution, shown = subject
        found = await self._ask(some(_SELECTIONS[shown], institution, identifiers))
        return {UUID(document[:_ID_LENGTH]): document[_ID_LENGTH:] for document in found or ()}

    async def _found(self, asked: Query, _: Sequence[None]) -> Mapping[None, Any]:
        query, institution, arguments = asked
        with reaching_the_database():
            return {None: await self._lines.value(institution, query, *arguments)}

    async def _ask(self, question: Question) -> Any:  # noqa: ANN401 - whatever the query selects
        with reaching_the_database():
            return await self._lines.value(question.institution, question.query, *question.arguments)
