"""Every order of every listing, on every adapter: page after page of one, forwards and backwards."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from application.access.dto import ACCOUNT_LISTING, CLIENT_LISTING
from application.catalog.grading_schemes import GRADING_SCHEMES
from application.registration.audit import AUDIT_EVENTS
from application.registration.course_attempts import COURSE_ATTEMPTS
from application.registration.desk import RegistrationDesk
from application.registration.permissions import PERMISSIONS
from application.registration.submission import Submission
from application.registration.waitlists import WAITLIST_ENTRIES
from application.shared.caller import Caller, Role
from application.shared.institutions import INSTITUTION_LISTING
from application.shared.paging import Listing, Page, PageQuery
from application.shared.records import RecordKind
from domain.registration.codes import RejectionCode
from interfaces.rest.app import READINGS, RESOURCES
from interfaces.rest.readings import Reading
from interfaces.rest.resources import Resource
from tests.contracts.arranging import TERM_ID, Stored
from tests.contracts.queueing import a_crowded_university, a_permission, giving, taking, waiting
from tests.contracts.test_course_attempts import an_attempt
from tests.contracts.test_pages import KINDS
from tests.support.access import a_client, an_account
from tests.support.builders import SequentialIds, a_course, a_student, an_institution
from tests.support.domain_builders import NOON
from tests.support.grading import LETTERS, NUMBERS

Ask = Callable[[PageQuery], Awaitable[Page[Any]]]

OTHERS: Sequence[RecordKind[Any, Any, Any]] = (
    GRADING_SCHEMES,
    COURSE_ATTEMPTS,
    PERMISSIONS,
    WAITLIST_ENTRIES,
    AUDIT_EVENTS,
)
"""The kinds that the walks through many records leave out."""


@pytest.fixture
async def busy(stored: Stored) -> Stored:
    """An institution that has at least two of each of them, of accounts, of clients, and a sister."""
    await stored.add(*a_crowded_university(), LETTERS, NUMBERS, a_course(), a_student("t1"), a_student("t2"))
    await stored.add(an_attempt("t1"), an_attempt("t2", term="2025-2"), an_attempt("t1", term="2025-1"))
    caller = Caller(stored.institution, "office-1", frozenset({Role.REGISTRAR}))
    desk = RegistrationDesk(stored.persistence.work, SequentialIds(1000))
    for command in (
        taking("s1", "X1"),
        waiting("s2", "X1"),
        waiting("s3", "X1"),
        giving(a_permission("s4", RejectionCode.HOLD)),
        giving(replace(a_permission("s5", RejectionCode.HOLD, name="later"), given_at=NOON + timedelta(1))),
    ):
        await desk.decide(TERM_ID, Submission(caller, command))
    async with stored.persistence.access(stored.institution) as work:
        for number, name in enumerate("cab"):
            await work.add_account(replace(an_account(f"{name}@uni.example"), created_at=NOON + timedelta(number % 2)))
            await work.add_client(replace(a_client(name), created_at=NOON + timedelta(number % 2)))
    await stored.persistence.directory.add(an_institution("other", "Another University"))
    return stored


async def walk(ask: Ask, sort: str) -> list[Any]:
    """All items, page after page of one."""
    page = await ask(PageQuery(limit=1, sort=sort))
    found = [*page.items]
    while page.next_cursor is not None:
        page = await ask(PageQuery(limit=1, sort=sort, cursor=page.next_cursor))
        found += page.items
    return found


async def assert_ordered(ask: Ask, listing: Listing) -> None:
    """Whether each order is that of the field, ties by id, and the descending one its reverse."""
    for sort in listing.sorts:
        ascending = await walk(ask, sort)

        assert len(ascending) > 1
        assert ascending == sorted(ascending, key=lambda view: (getattr(view, sort), view.id))
        assert await walk(ask, f"-{sort}") == ascending[::-1]


@pytest.mark.parametrize("kind", OTHERS, ids=lambda kind: kind.name)
async def test_every_order_of_a_kind_goes_on_from_page_to_page(busy: Stored, kind: RecordKind[Any, Any, Any]) -> None:
    await assert_ordered(lambda query: busy.page(kind, query), kind.listing)


async def test_every_order_of_accounts_and_clients_goes_on_from_page_to_page(busy: Stored) -> None:
    async with busy.persistence.access(busy.institution) as work:
        await assert_ordered(work.accounts, ACCOUNT_LISTING)
        await assert_ordered(work.clients, CLIENT_LISTING)


async def test_every_order_of_institutions_goes_on_from_page_to_page(busy: Stored) -> None:
    await assert_ordered(busy.persistence.directory.page, INSTITUTION_LISTING)


def test_no_collection_is_left_out() -> None:
    walked: Mapping[str, Listing] = {
        **{kind.name: kind.listing for kind in (*KINDS, *OTHERS)},
        "account": ACCOUNT_LISTING,
        "client": CLIENT_LISTING,
        "institution": INSTITUTION_LISTING,
    }

    collections: Sequence[Resource[Any, Any] | Reading[Any]] = (*RESOURCES, *READINGS)

    assert walked == {collection.name: collection.listing for collection in collections}
