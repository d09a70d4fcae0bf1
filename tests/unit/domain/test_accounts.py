"""Accounts, clients and refresh tokens: what cannot exist, and what closing and opening does."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access.account import Account, normalised_email
from domain.access.client import ApiClient
from domain.access.session import RefreshToken
from domain.shared.identifiers import AccountId, ClientId, InstructorId, SessionId
from domain.shared.invalid import InvalidValue
from domain.shared.role import Role
from tests.support.domain_builders import NOON, identifier, student_id

LATER = NOON + timedelta(hours=1)
INSTRUCTOR = InstructorId(identifier("instructor", "i1"))
REGISTRAR = Account(AccountId(identifier("account", "a")), "a@b.example", frozenset({Role.REGISTRAR}), NOON)
CLIENT = ApiClient(ClientId(identifier("client", "c")), "timetabling", "0" * 64, frozenset({"catalog:read"}), NOON)


@pytest.mark.parametrize("email", ["", "a", "@b.example", "a@", "a b@c.example", "a@b@c", "a\x00@b.example", "A@b.edu"])
def test_what_is_no_normalised_address_makes_no_account(email: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        replace(REGISTRAR, email=email)

    assert refused.value.field == "email"


@given(st.text())
def test_a_normalised_address_stays_as_it_is(email: str) -> None:
    once = normalised_email(email)

    assert normalised_email(once) == once


def test_an_address_is_known_however_its_letters_are_cased() -> None:
    assert normalised_email("  Ada.Lovelace@Example.EDU ") == "ada.lovelace@example.edu"


@pytest.mark.parametrize(
    ("one", "other"),
    [("bob@straße.example", "bob@strasse.example"), ("\u017fam@x.edu", "sam@x.edu"), ("\u212aim@x.edu", "kim@x.edu")],
)
def test_addresses_of_different_people_stay_different(one: str, other: str) -> None:
    assert normalised_email(one) != normalised_email(other)


@pytest.mark.parametrize(
    ("roles", "people", "field"),
    [
        (frozenset(), {}, "roles"),
        ({Role.STUDENT}, {}, "student"),
        ({Role.REGISTRAR}, {"student_id": student_id("s1")}, "student"),
        ({Role.INSTRUCTOR}, {}, "instructor"),
        ({Role.ADVISOR}, {}, "instructor"),
        ({Role.STUDENT}, {"student_id": student_id("s1"), "instructor_id": INSTRUCTOR}, "instructor"),
    ],
)
def test_roles_go_with_the_person_that_the_account_names(
    roles: set[Role], people: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidValue) as refused:
        replace(REGISTRAR, roles=frozenset(roles), **people)  # type: ignore[arg-type]  # what must not be

    assert refused.value.field == field


def test_one_person_may_learn_teach_and_advise() -> None:
    roles = frozenset({Role.STUDENT, Role.INSTRUCTOR, Role.ADVISOR})

    account = replace(REGISTRAR, roles=roles, student_id=student_id("s1"), instructor_id=INSTRUCTOR)

    assert account.is_open()


@pytest.mark.parametrize("entity", [REGISTRAR, CLIENT], ids=["account", "client"])
def test_what_is_closed_stays_closed_since_the_first_time(entity: Account | ApiClient) -> None:
    closed = entity.disabled(NOON)

    assert not closed.is_open()
    assert closed.disabled(LATER).disabled_at == NOON


def test_an_account_that_is_opened_again_is_as_before() -> None:
    assert REGISTRAR.disabled(NOON).enabled() == REGISTRAR


def test_another_password_or_secret_changes_nothing_else() -> None:
    assert replace(REGISTRAR.with_password("hash"), password_hash=None) == REGISTRAR
    assert replace(CLIENT.with_secret("1" * 64), secret_hash="0" * 64) == CLIENT


@pytest.mark.parametrize(("changes", "field"), [({"name": "  "}, "name"), ({"scopes": frozenset()}, "scopes")])
def test_a_client_has_a_name_and_a_scope(changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        replace(CLIENT, **changes)  # type: ignore[arg-type]  # what must not be

    assert refused.value.field == field


def test_a_refresh_token_is_good_once_and_until_it_expires() -> None:
    token = RefreshToken("0" * 64, SessionId(identifier("session", "s")), REGISTRAR.id, NOON, LATER)

    assert token.is_good(NOON)
    assert not token.is_good(LATER)
    assert not token.used(NOON).is_good(NOON)
