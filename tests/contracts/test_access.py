"""What is stored of access, on both adapters: accounts, clients, sessions, what is void, and failures."""

from dataclasses import replace
from datetime import timedelta

import pytest

from application.shared.errors import AlreadyExists, InvalidRequest, UnknownReference
from application.shared.paging import PageQuery
from domain.access.account import Account
from domain.access.session import RefreshToken
from domain.access.throttle import FORGOTTEN_AFTER, GIVEN_UP_AFTER, Failures
from domain.people.instructor import Instructor
from domain.people.student import Student
from domain.shared.identifiers import AccountId, ClientId, InstructorId, SessionId
from domain.shared.reference import Reference
from domain.shared.role import Role
from infrastructure.bootstrap.persistence import Persistence
from tests.contracts.arranging import Stored
from tests.support.access import ADA, ONE, a_client, a_token, an_account
from tests.support.builders import a_student, an_institution, an_instructor
from tests.support.domain_builders import NOON, identifier, student_id

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
OTHER = SessionId(identifier("session", "other"))
SUBJECT = identifier("account", "anybody")


EVERYTHING = replace(
    ADA,
    roles=frozenset({Role.STUDENT, Role.ADVISOR}),
    student_id=student_id("s1"),
    instructor_id=InstructorId(identifier("instructor", "i1")),
    disabled_at=NOON + MINUTE,
)


@pytest.fixture
async def other(stored: Stored) -> Stored:
    """Another institution beside the first."""
    institution = an_institution("other", "Other University")
    await stored.persistence.directory.add(institution)
    return Stored(stored.persistence, institution.id)


async def add(stored: Stored, *accounts: Account) -> None:
    async with stored.persistence.access(stored.institution) as work:
        for account in accounts:
            await work.add_account(account)


async def tokens(stored: Stored, *digits: str) -> list[RefreshToken | None]:
    async with stored.persistence.access(stored.institution) as work:
        return [await work.refresh_token(digit * 64) for digit in digits]


async def test_an_account_comes_back_as_it_was_stored(stored: Stored) -> None:
    await stored.add(a_student("s1"), an_instructor("i1"))
    await add(stored, EVERYTHING)

    async with stored.persistence.access(stored.institution) as work:
        assert await work.account(ADA.id) == EVERYTHING
        assert await work.account_to_change(ADA.id) == EVERYTHING
        assert await work.account_of(ADA.email) == EVERYTHING
        assert await work.account(AccountId(SUBJECT)) is None
        assert await work.account_to_change(AccountId(SUBJECT)) is None
        assert await work.account_of("nobody@uni.example") is None


async def test_an_account_that_was_changed_comes_back_so(stored: Stored) -> None:
    await stored.add(a_student("s1"), an_instructor("i1"))
    await add(stored, ADA)

    async with stored.persistence.access(stored.institution) as work:
        await work.save_account(replace(EVERYTHING, password_hash=None))

    async with stored.persistence.access(stored.institution) as work:
        assert await work.account(ADA.id) == replace(EVERYTHING, password_hash=None)


async def test_an_address_has_one_account(stored: Stored) -> None:
    await add(stored, ADA)

    with pytest.raises(AlreadyExists) as refused:
        await add(stored, replace(ADA, id=AccountId(SUBJECT)))

    assert refused.value.parameters == {"kind": "account", "key": "email"}


@pytest.mark.parametrize(
    ("account", "field"),
    [
        (replace(ADA, roles=frozenset({Role.STUDENT}), student_id=student_id("s1")), "student"),
        (replace(ADA, roles=frozenset({Role.ADVISOR}), instructor_id=InstructorId(SUBJECT)), "instructor"),
    ],
    ids=["student", "instructor"],
)
async def test_an_account_names_people_who_exist(account: Account, field: str, stored: Stored) -> None:
    with pytest.raises(UnknownReference) as added:
        await add(stored, account)
    await add(stored, ADA)
    with pytest.raises(UnknownReference) as saved:
        async with stored.persistence.access(stored.institution) as work:
            await work.save_account(account)

    assert added.value.parameters["field"] == saved.value.parameters["field"] == field


async def test_people_are_found_by_their_references(stored: Stored) -> None:
    await stored.add(a_student("s1"), an_instructor("i1"))

    async with stored.persistence.access(stored.institution) as work:
        assert await work.identify(Student, Reference.parse("code:s1")) == student_id("s1")
        assert await work.identify(Instructor, Reference.parse("code:i1")) == identifier("instructor", "i1")
        assert await work.identify(Student, Reference.parse("code:nobody")) is None


async def test_accounts_are_listed_by_pages_without_their_hashes(stored: Stored) -> None:
    await add(stored, *(an_account(f"{name}@uni.example") for name in "cab"))

    async with stored.persistence.access(stored.institution) as work:
        first = await work.accounts(PageQuery(limit=2, sort="email"))
        rest = await work.accounts(PageQuery(limit=2, sort="email", cursor=first.next_cursor))
        found = await work.accounts(PageQuery(filters={"email": "b@uni.example"}))
        with pytest.raises(InvalidRequest):
            await work.accounts(PageQuery(sort="password_hash"))

    assert [view.email[0] for view in (*first.items, *rest.items)] == ["a", "b", "c"]
    assert rest.next_cursor is None
    assert [(view.email, view.has_password) for view in found.items] == [("b@uni.example", True)]
    assert "argon2" not in repr(first.items)


async def test_accounts_and_clients_are_found_in_any_case(stored: Stored) -> None:
    await add(stored, an_account("ÑuÑo@uni.example"), ADA)

    async with stored.persistence.access(stored.institution) as work:
        await work.add_client(a_client("HORÁRIOS"))
        accounts = await work.accounts(PageQuery(search="ñuño"))
        clients = await work.clients(PageQuery(search="horários"))

    assert [view.email for view in accounts.items] == ["ÑuÑo@uni.example"]
    assert [view.name for view in clients.items] == ["HORÁRIOS"]


async def test_a_client_comes_back_as_it_was_stored_and_changed(stored: Stored) -> None:
    changed = replace(a_client(), secret_hash="1" * 64, disabled_at=NOON + MINUTE)
    async with stored.persistence.access(stored.institution) as work:
        await work.add_client(a_client())
    async with stored.persistence.access(stored.institution) as work:
        assert await work.client(a_client().id) == await work.client_to_change(a_client().id) == a_client()
        await work.save_client(changed)

    async with stored.persistence.access(stored.institution) as work:
        assert await work.client(a_client().id) == changed
        assert await work.client(ClientId(SUBJECT)) is None
        assert await work.client_to_change(ClientId(SUBJECT)) is None


async def test_a_name_has_one_client(stored: Stored) -> None:
    async with stored.persistence.access(stored.institution) as work:
        await work.add_client(a_client())

    with pytest.raises(AlreadyExists) as refused:
        async with stored.persistence.access(stored.institution) as work:
            await work.add_client(replace(a_client(), id=ClientId(SUBJECT)))

    assert refused.value.parameters == {"kind": "client", "key": "name"}


async def test_clients_are_listed_by_pages_without_their_digests(stored: Stored) -> None:
    async with stored.persistence.access(stored.institution) as work:
        for name in "cab":
            await work.add_client(a_client(name))
        first = await work.clients(PageQuery(limit=2, sort="-name"))
        rest = await work.clients(PageQuery(limit=2, sort="-name", cursor=first.next_cursor))

    assert [view.name for view in (*first.items, *rest.items)] == ["c", "b", "a"]
    assert first.items[0].scopes == {"catalog:read", "audit:read"}
    assert "0" * 64 not in repr(first.items)


async def test_a_refresh_token_is_found_by_its_digest_and_stays_when_it_was_used(stored: Stored) -> None:
    await add(stored, ADA)
    used = a_token("a").used(NOON + MINUTE)
    async with stored.persistence.access(stored.institution) as work:
        await work.add_refresh_token(a_token("a"))
    async with stored.persistence.access(stored.institution) as work:
        assert await work.refresh_token("a" * 64) == a_token("a")
        await work.save_refresh_token(used)

    assert await tokens(stored, "a", "b") == [used, None]


async def test_a_new_token_removes_what_expired_of_its_account(stored: Stored) -> None:
    bob = an_account("bob@uni.example")
    await add(stored, ADA, bob)
    late = replace(a_token("c"), issued_at=NOON + 2 * DAY, expires_at=NOON + 3 * DAY)
    async with stored.persistence.access(stored.institution) as work:
        await work.add_refresh_token(a_token("a"))
        await work.add_refresh_token(a_token("b", account=bob))
        await work.add_refresh_token(late)

    assert await tokens(stored, "a", "b", "c") == [None, a_token("b", account=bob), late]


async def test_a_session_ends_alone_and_all_of_an_account_end_together(stored: Stored) -> None:
    bob = an_account("bob@uni.example")
    await add(stored, ADA, bob)
    async with stored.persistence.access(stored.institution) as work:
        for token in (a_token("a"), a_token("b"), a_token("c", OTHER), a_token("d", SessionId(SUBJECT), bob)):
            await work.add_refresh_token(token)
        await work.end_session(ONE)
    assert [token is not None for token in await tokens(stored, *"abcd")] == [False, False, True, True]

    async with stored.persistence.access(stored.institution) as work:
        await work.end_sessions(ADA.id)
    assert [token is not None for token in await tokens(stored, *"abcd")] == [False, False, False, True]


async def test_of_what_is_void_the_latest_moment_counts(stored: Stored) -> None:
    async with stored.persistence.access(stored.institution) as work:
        await work.void_tokens(SUBJECT, NOON + MINUTE, NOON + 20 * MINUTE)
        await work.void_tokens(SUBJECT, NOON, NOON + 15 * MINUTE)
        assert await work.void() == {SUBJECT: NOON + MINUTE}
        await work.void_tokens(SUBJECT, NOON + 2 * MINUTE, NOON + 17 * MINUTE)
        assert await work.void() == {SUBJECT: NOON + 2 * MINUTE}

        # The greatest `until` counts as well: nothing that is void comes back.
        await work.void_tokens(ADA.id, NOON + 19 * MINUTE, NOON + 40 * MINUTE)
        assert set(await work.void()) == {SUBJECT, ADA.id}


async def test_what_would_have_expired_by_itself_is_void_no_longer(stored: Stored) -> None:
    async with stored.persistence.access(stored.institution) as work:
        await work.void_tokens(SUBJECT, NOON, NOON + 15 * MINUTE)
        await work.void_tokens(ADA.id, NOON + 15 * MINUTE, NOON + 30 * MINUTE)
        assert set(await work.void()) == {SUBJECT, ADA.id}
        await work.void_tokens(ADA.id, NOON + 16 * MINUTE, NOON + 31 * MINUTE)
        assert set(await work.void()) == {ADA.id}


async def test_failures_are_counted_under_their_key_until_they_are_forgotten(stored: Stored) -> None:
    tries = Failures(3, NOON, (NOON, NOON + timedelta(microseconds=1)))
    async with stored.persistence.access(stored.institution) as work:
        assert await work.failures("name:a") == Failures()
        await work.save_failures("name:a", tries)
    async with stored.persistence.access(stored.institution) as work:
        assert await work.failures("name:a") == tries
        assert await work.failures("name:b") == Failures()
        await work.save_failures("name:a", Failures(0, NOON))
    async with stored.persistence.access(stored.institution) as work:
        assert await work.failures("name:a") == Failures()


async def test_failures_of_more_than_a_day_ago_go_with_the_next_one(stored: Stored) -> None:
    async with stored.persistence.access(stored.institution) as work:
        await work.save_failures("name:old", Failures(3, NOON))
        await work.save_failures("name:kept", Failures(3, NOON + MINUTE))
        await work.save_failures("name:new", Failures(1, NOON + MINUTE + FORGOTTEN_AFTER + GIVEN_UP_AFTER))

        assert await work.failures("name:old") == Failures()
        assert await work.failures("name:kept") == Failures(3, NOON + MINUTE)


async def test_what_a_failed_transaction_did_is_undone(stored: Stored) -> None:
    await add(stored, ADA)

    async def fail() -> None:
        async with stored.persistence.access(stored.institution) as work:
            await work.save_account(ADA.disabled(NOON))
            await work.add_refresh_token(a_token("a"))
            await work.void_tokens(ADA.id, NOON, NOON + MINUTE)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()

    async with stored.persistence.access(stored.institution) as work:
        assert await work.account(ADA.id) == ADA
        assert await work.refresh_token("a" * 64) is None
        assert await work.void() == {}


async def test_institutions_know_nothing_of_each_others_access(stored: Stored, other: Stored) -> None:
    await add(stored, ADA)
    async with stored.persistence.access(stored.institution) as work:
        await work.add_client(a_client())
        await work.add_refresh_token(a_token("a"))
        await work.void_tokens(ADA.id, NOON, NOON + MINUTE)
        await work.save_failures("name:a", Failures(3, NOON))

    async with other.persistence.access(other.institution) as work:
        assert await work.account(ADA.id) is None
        assert await work.account_of(ADA.email) is None
        assert (await work.accounts(PageQuery())).items == []
        assert await work.client(a_client().id) is None
        assert (await work.clients(PageQuery())).items == []
        assert await work.refresh_token("a" * 64) is None
        assert await work.void() == {}
        assert await work.failures("name:a") == Failures()
        await work.end_sessions(ADA.id)
        await work.end_session(ONE)
        await work.save_failures("name:a", Failures())
    await add(other, ADA)

    async with stored.persistence.access(stored.institution) as work:
        assert await work.refresh_token("a" * 64) == a_token("a")
        assert await work.failures("name:a") == Failures(3, NOON)


async def test_a_server_has_accounts_when_somebody_anywhere_may_come_in(persistence: Persistence) -> None:
    institution = an_institution()
    await persistence.directory.add(institution)
    assert not await persistence.has_accounts()

    async with persistence.access(institution.id) as work:
        await work.add_account(ADA.disabled(NOON))
    assert not await persistence.has_accounts()

    async with persistence.access(institution.id) as work:
        await work.save_account(ADA)
    assert await persistence.has_accounts()
