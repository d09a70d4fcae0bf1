"""The `WrittenViews` port: kinds that PostgreSQL writes are read in one round trip, others as their views."""

from collections.abc import Mapping
from typing import Any

from application.shared.paging import PageQuery
from application.shared.written import Kind, WrittenPage, WrittenViews
from domain.scheduling.section import Section
from domain.shared.identifiers import InstitutionId
from domain.shared.reference import Reference
from infrastructure.persistence.postgres.failures import reaching_the_database
from infrastructure.persistence.postgres.readers.lines import Lines
from infrastructure.persistence.postgres.readers.written import Question, WrittenSelection, one, page, page_of
from infrastructure.persistence.postgres.readers.written_sections import WRITTEN_SECTION

_SELECTIONS: Mapping[type[Any], WrittenSelection] = {Section: WRITTEN_SECTION}


class PostgresWrittenViews:
    """The port on `lines`; `others` reads the kinds that PostgreSQL does not write."""

    def __init__(self, lines: Lines, others: WrittenViews) -> None:
        self._lines = lines
        self._others = others

    async def one(self, institution: InstitutionId, kind: Kind, reference: Reference) -> str | None:
        """See `WrittenViews.one`."""
        selection = _SELECTIONS.get(kind.entity)
        if selection is None:
            return await self._others.one(institution, kind, reference)
        question = one(selection, institution, reference)
        return None if question is None else await self._answer(question)

    async def page(self, institution: InstitutionId, kind: Kind, query: PageQuery) -> WrittenPage:
        """See `WrittenViews.page`."""
        selection = _SELECTIONS.get(kind.entity)
        if selection is None:
            return await self._others.page(institution, kind, query)
        question = page(selection, institution, kind.listing, query)
        return WrittenPage([]) if question is None else page_of(await self._answer(question), kind.listing, query)

    async def _answer(self, question: Question) -> Any:  # noqa: ANN401 - what the query selects
        with reaching_the_database():
            return await self._lines.value(question.statement, question.institution, *question.arguments)
