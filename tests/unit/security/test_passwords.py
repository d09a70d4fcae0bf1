"""Passwords: how they are hashed, which ones are good enough, and that nobody learns who has one."""

from hashlib import sha256

import pytest
from argon2 import PasswordHasher, Type, extract_parameters
from argon2.low_level import hash_secret_raw

from application.shared.errors import InvalidField
from infrastructure.security.passwords import ArgonPasswords

GOOD = "violet anchors hum in march"


@pytest.fixture
def passwords() -> ArgonPasswords:
    return ArgonPasswords()


async def test_a_hash_is_argon2id_with_the_parameters_of_rfc_9106(passwords: ArgonPasswords) -> None:
    parameters = extract_parameters(await passwords.hash(GOOD))

    assert parameters.type is Type.ID
    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (65_536, 3, 4)
    assert (parameters.salt_len, parameters.hash_len) == (16, 32)


async def test_equal_passwords_have_different_hashes_which_match_them_alone(passwords: ArgonPasswords) -> None:
    one, other = await passwords.hash(GOOD), await passwords.hash(GOOD)

    assert one != other
    assert GOOD not in one
    assert await passwords.matches(GOOD, one)
    assert await passwords.matches(GOOD, other)
    assert not await passwords.matches(GOOD + " ", one)


async def test_a_digest_is_the_same_each_time_and_costs_what_a_hash_costs(passwords: ArgonPasswords) -> None:
    digest = await passwords.digest(GOOD, about="one")
    salt = sha256(b"one").digest()[:16]
    raw = hash_secret_raw(
        GOOD.encode(), salt, time_cost=3, memory_cost=65_536, parallelism=4, hash_len=32, type=Type.ID
    )

    assert digest == await passwords.digest(GOOD, about="one") == raw.hex()
    assert digest != await passwords.digest(GOOD, about="another")
    assert digest != await passwords.digest(GOOD + " ", about="one")


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("", "12 to 200 characters"),
        ("v1olet!mrch", "12 to 200 characters"),
        ("ab cd " * 34, "12 to 200 characters"),
        ("password1234", "too easily guessed"),
        ("aaaaaaaaaaaaaaaaaaaaaaaa", "too easily guessed"),
        ("qwertyuiop123", "too easily guessed"),
        ("ada.lovelace@uni.example", "too easily guessed"),
        ("lovelace2026", "too easily guessed"),
        ("Ada.Lovelace", "too easily guessed"),
        (f"{GOOD}\x00", "without NUL"),
        (f"{GOOD}\udc80", "without NUL"),
    ],
)
async def test_a_password_that_is_easily_guessed_is_refused_and_not_shown(
    password: str, said: str, passwords: ArgonPasswords
) -> None:
    about = ("ada.lovelace@uni.example", "ada.lovelace", "uni.example", "ada", "lovelace", "uni", "example")

    with pytest.raises(InvalidField) as refused:
        await passwords.check(password, about=about)

    assert said in refused.value.detail
    assert not password or password not in refused.value.detail


@pytest.mark.parametrize("password", [GOOD, "x7$Kq!vR2#pL", "la montaña duerme tarde", "4@8({[</36!1|05$+7%2" * 10])
async def test_a_good_password_is_taken(password: str, passwords: ArgonPasswords) -> None:
    await passwords.check(password, about=("ada@uni.example",))

    assert await passwords.matches(password, await passwords.hash(password))


async def test_for_unknown_accounts_a_hash_of_the_same_cost_is_verified(
    passwords: ArgonPasswords, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str] = []
    verify = PasswordHasher.verify

    def noted(hasher: PasswordHasher, password_hash: str, password: str) -> bool:
        verified.append(password_hash)
        return verify(hasher, password_hash, password)

    monkeypatch.setattr(PasswordHasher, "verify", noted)
    known = await passwords.hash(GOOD)

    answers = [await passwords.matches(GOOD, known), *[await passwords.matches(GOOD, None) for _ in range(2)]]

    assert answers == [True, False, False]
    assert verified[0] == known
    assert verified[1] == verified[2] != known
    assert extract_parameters(verified[1]) == extract_parameters(known)


async def test_nobody_comes_in_with_the_password_of_the_hash_for_unknown_accounts(passwords: ArgonPasswords) -> None:
    assert not await passwords.matches("nobody's password", None)


@pytest.mark.parametrize("broken", ["", "x", "$argon2id$v=19$m=65536,t=3,p=4$x", "$2b$12$abcdefghijklmnopqrstuv"])
async def test_a_hash_that_cannot_be_read_matches_nothing(broken: str, passwords: ArgonPasswords) -> None:
    assert not await passwords.matches(GOOD, broken)


async def test_a_hash_with_weaker_parameters_is_outdated(passwords: ArgonPasswords) -> None:
    weaker = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(GOOD)

    assert await passwords.matches(GOOD, weaker)
    assert passwords.is_outdated(weaker)
    assert not passwords.is_outdated(await passwords.hash(GOOD))
