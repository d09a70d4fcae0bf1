"""Pages that are kept take no more memory than they may: those that nobody has asked for longest go first."""

from dataclasses import replace

from application.shared.paging import Listing, PageQuery
from application.shared.written import WrittenPage
from infrastructure.persistence.postgres.kept_pages import Asked, KeptPage, KeptPages, Mark
from infrastructure.persistence.postgres.readers.written_sections import WRITTEN_SECTION
from tests.support.builders import an_institution

MARK = Mark("1", "1")
A, B, C, D = (
    Asked.by(an_institution().id, WRITTEN_SECTION, Listing(sorts=("code",)), PageQuery(search=text)) for text in "ABCD"
)


def a_page(length: int) -> KeptPage:
    """A page of that many letters."""
    return KeptPage(MARK, {}, WrittenPage("x" * length))


def kept(pages: KeptPages) -> list[Asked]:
    """Which of the questions have a page that is kept; asking puts them in this order."""
    return [asked for asked in (A, B, C, D) if pages.get(asked) is not None]


def test_whoever_was_not_asked_for_longest_makes_way() -> None:
    page = a_page(1000)
    pages = KeptPages(3 * page.size)
    for asked in (A, B, C):
        pages.keep(asked, page)

    pages.get(A)
    pages.keep(D, page)

    assert kept(pages) == [A, C, D]


def test_a_page_takes_the_place_of_the_one_before() -> None:
    page, longer = a_page(1000), a_page(1500)
    pages = KeptPages(longer.size + page.size)
    pages.keep(A, page)
    for _ in range(10):
        pages.keep(B, longer)

    assert kept(pages) == [A, B]
    assert pages.get(B) is longer


def test_a_page_that_does_not_fit_is_not_kept() -> None:
    pages = KeptPages(a_page(1000).size)
    pages.keep(A, a_page(1000))
    pages.keep(B, a_page(1001))

    assert kept(pages) == []


def test_pages_without_an_item_take_memory_too() -> None:
    room = 1_000_000
    pages = KeptPages(room)
    every = [replace(A, search=str(number)) for number in range(1000)]
    for asked in every:
        pages.keep(asked, a_page(0))

    assert 100 < sum(pages.get(asked) is not None for asked in every) < room / 4000


def test_a_question_is_the_same_whoever_asks_it() -> None:
    query = PageQuery(filters={"status": "open"}, search="A")
    one, other = (
        Asked.by(an_institution().id, WRITTEN_SECTION, Listing(sorts=("code",), filters=("status",)), query)
        for _ in range(2)
    )

    assert one == other
    assert hash(one) == hash(other)
    assert one.query == query
    assert one not in (A, replace(one, cursor="x"), replace(one, institution=an_institution("there").id))
