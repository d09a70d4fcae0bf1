"""Pages of a collection as they were last read, each with the mark that tells whether it still stands.

A mark is what PostgreSQL says of a term, or of all: the version of its static facts, and the number of the decision
that is next. Whatever changes what a page shows raises one of them in the same transaction.
"""

import sys
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self
from uuid import UUID

from application.shared.cursor import encode_cursor, order_of
from application.shared.paging import Listing, PageQuery
from application.shared.written import WrittenPage
from domain.shared.identifiers import InstitutionId
from infrastructure.persistence.postgres.readers.written import WrittenSelection, reference_in

_ID_LENGTH = 36
_BYTES_OF_A_PAGE = 4096
_BYTES_OF_AN_ITEM = 512
"""What keeping them takes beside their text: the question, the ids, and Python's own."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The state of a term, or of all: `facts` tells that of what registration does not change, `decided` the rest."""

    facts: str
    decided: str

    @classmethod
    def read(cls, found: Sequence[str | None] | None) -> Self | None:
        """The mark with which an answer begins, None when there is none."""
        facts, decided = (found or (None, None))[:2]
        return None if facts is None or decided is None else cls(facts, decided)


@dataclass(frozen=True, slots=True)
class Asked:
    """A page that is asked for: whatever it depends on but what is stored. `term` is the only one it can be about."""

    institution: InstitutionId
    selection: WrittenSelection = field(hash=False)
    listing: Listing
    term: UUID | None
    limit: int
    cursor: str | None
    sort: str | None
    filters: tuple[tuple[str, str], ...]
    search: str | None

    @classmethod
    def by(cls, institution: InstitutionId, selection: WrittenSelection, listing: Listing, query: PageQuery) -> Self:
        """What a query asks for. Raises `InvalidRequest`."""
        term = query.filters.get("term")
        return cls(
            institution,
            selection,
            listing,
            None if term is None else reference_in("term", term).id,
            query.limit,
            query.cursor,
            query.sort,
            tuple(query.filters.items()),
            query.search,
        )

    @property
    def query(self) -> PageQuery:
        """The query that asks for it."""
        return PageQuery(self.limit, self.cursor, self.sort, dict(self.filters), self.search)


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page, the mark at which it was read, and its items by id: what stands before their seats, and after."""

    mark: Mark | None
    items: Mapping[str, tuple[str, str]]
    page: WrittenPage

    @classmethod
    def read(cls, asked: Asked, found: Sequence[str | None]) -> Self:
        """The page that the answer to its question holds."""
        _, _, value, last, *documents = found
        items, written = {}, []
        for identified in filter(None, documents):
            document = identified[_ID_LENGTH:]
            head, before, rest = document.rpartition(asked.selection.before_seats)
            _, after, tail = rest.rpartition(asked.selection.after_seats)
            items[identified[:_ID_LENGTH]] = (head + before, after + tail)
            written.append(document)
        cursor = None
        if value is not None and last is not None:
            cursor = encode_cursor(order_of(asked.query, asked.listing), value, UUID(last))
        return cls(Mark.read(found), items, WrittenPage(",".join(written), cursor))

    def has_facts_of(self, mark: Mark | None) -> bool:
        """Whether nothing but seats can have changed until `mark`."""
        return mark is not None and self.mark is not None and mark.facts == self.mark.facts

    def with_seats(self, found: Sequence[str | None]) -> Self | None:
        """The same page with the seats that were found; None when more than seats may have changed."""
        mark = Mark.read(found)
        if not self.has_facts_of(mark):
            return None
        seats = {text[:_ID_LENGTH]: text[_ID_LENGTH:] for text in filter(None, found[2:])}
        items = ",".join([f"{before}{seats[item]}{after}" for item, (before, after) in self.items.items()])
        return type(self)(mark, self.items, WrittenPage(items, self.page.next_cursor))

    @property
    def size(self) -> int:
        """About how many bytes of memory it takes."""
        return 2 * sys.getsizeof(self.page.items) + _BYTES_OF_A_PAGE + _BYTES_OF_AN_ITEM * len(self.items)


class KeptPages:
    """The pages that were asked for last, as many as fit into `room` bytes."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._pages: OrderedDict[Asked, KeptPage] = OrderedDict()
        self._taken = 0

    def get(self, asked: Asked) -> KeptPage | None:
        """The page as it was last read, None when it is not kept."""
        kept = self._pages.get(asked)
        if kept is not None:
            self._pages.move_to_end(asked)
        return kept

    def keep(self, asked: Asked, page: KeptPage) -> None:
        """Keep a page instead of what was kept of it; those that nobody has asked for since make way."""
        self.forget(asked)
        self._pages[asked] = page
        self._taken += page.size
        while self._taken > self._room:
            self.forget(next(iter(self._pages)))

    def forget(self, asked: Asked) -> None:
        """Keep the page no longer."""
        page = self._pages.pop(asked, None)
        if page is not None:
            self._taken -= page.size
