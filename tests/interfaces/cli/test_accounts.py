"""`matricula accounts …`, `clients …` and `keys new`: who may come in, and what a command ends with."""

import asyncio
import getpass
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from application.people.students import StudentFields
from domain.shared.reference import Reference
from infrastructure.security.keys import read_keys
from interfaces.inprocess import Matricula as Door
from tests.interfaces.cli.conftest import Matricula, Outcome
from tests.interfaces.cli.test_replay import replay
from tests.interfaces.registration_day.fake_server import ENROLLED, FakeServer, a_token
from tests.support.accounts import ANOTHER, EMAIL, PASSWORD

Typed = Callable[[str], None]
REGISTRAR = ("accounts", "add", EMAIL, "--role", "registrar")
NOBODY = "0192f0c1-2f5a-7c3e-9d59-2b9f3a6f1c01"


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Typed:
    """What comes from standard input."""

    def text(text: str) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO(text))

    text("")
    return text


@pytest.fixture
def ada(door: Door, matricula: Matricula, typed: Typed) -> Outcome:
    """A registrar with an account."""
    typed(f"{PASSWORD}\n")
    outcome = matricula(*REGISTRAR, "--password-stdin", "--json")
    assert outcome.code == 0, outcome.errors
    return outcome


def listed(matricula: Matricula, what: str = "accounts") -> list[dict[str, Any]]:
    return [json.loads(line) for line in matricula(what, "list", "--json").output.splitlines()]


def test_an_account_is_opened_with_a_password_from_standard_input(ada: Outcome, matricula: Matricula) -> None:
    account = json.loads(ada.output)

    assert (account["email"], account["roles"], account["has_password"]) == (EMAIL, ["registrar"], True)
    assert listed(matricula) == [account]
    assert PASSWORD not in ada.output + ada.errors


def test_accounts_are_listed_for_people(ada: Outcome, matricula: Matricula) -> None:
    assert re.fullmatch(rf"[0-9a-f-]{{36}}  open    {EMAIL}  registrar\n", matricula("accounts", "list").output)


@pytest.mark.usefixtures("door")
def test_an_account_for_another_provider_has_no_password(matricula: Matricula) -> None:
    outcome = matricula(*REGISTRAR, "--role", "administrator", "--no-password", "--json")

    account = json.loads(outcome.output)
    assert (account["has_password"], account["roles"]) == (False, ["administrator", "registrar"])


def test_an_account_names_its_student(door: Door, matricula: Matricula) -> None:
    async def enter() -> UUID:
        caller = await door.founding_caller()
        await door.students.create(caller, StudentFields(code="S1", given_name="Ada", family_name="Student"))
        return (await door.students.get(caller, Reference(code="S1"))).id

    identity = asyncio.run(enter())

    def opened(email: str, student: str) -> Outcome:
        return matricula("accounts", "add", email, "--role", "student", "--no-password", "--student", student, "--json")

    assert json.loads(opened(EMAIL, "code:S1").output)["student"] == str(identity)
    nobody = opened("bob@uni.example", "code:S2")
    assert (nobody.code, nobody.output) == (3, "")
    assert "code:S2" in nobody.errors


def test_an_address_has_one_account_and_once_is_content(ada: Outcome, matricula: Matricula, typed: Typed) -> None:
    typed(f"{ANOTHER}\n")
    again = matricula(*REGISTRAR, "--password-stdin")
    typed(f"{ANOTHER}\n")
    once = matricula(*REGISTRAR, "--password-stdin", "--once")

    assert (again.code, once.code) == (3, 0)
    assert once.output == ""
    assert "There is an account" in once.errors
    assert len(listed(matricula)) == 1


@pytest.mark.usefixtures("door")
@pytest.mark.parametrize(
    ("arguments", "given", "said"),
    [
        (REGISTRAR, "password1234\n", "too easily guessed"),
        (REGISTRAR, "short\n", "12 to 200 characters"),
        (REGISTRAR, "", "12 to 200 characters"),
        (REGISTRAR, f"{'secret word ' * 20}\n", "of 200 or less"),
        (("accounts", "add", EMAIL, "--role", "emperor"), f"{PASSWORD}\n", ": roles: must be 'student', 'instructor'"),
        (
            ("accounts", "add", "nobody", "--role", "registrar"),
            f"{PASSWORD}\n",
            ": email: must be an e-mail address, such as ada@uni.edu\n",
        ),
        ((*REGISTRAR, "--student", "S-1"), f"{PASSWORD}\n", ": student: must be an id (UUID) or code:CODE"),
        (("accounts", "add", EMAIL, "--role", "student"), f"{PASSWORD}\n", "student"),
    ],
)
def test_what_makes_no_account_is_refused_without_the_password(
    arguments: tuple[str, ...], given: str, said: str, matricula: Matricula, typed: Typed
) -> None:
    typed(given)

    outcome = matricula(*arguments, "--password-stdin")

    assert (outcome.code, outcome.output) == (3, "")
    assert said in outcome.errors
    assert not given.strip() or given.strip()[:20] not in outcome.errors
    assert listed(matricula) == []


@pytest.mark.usefixtures("door")
def test_without_a_terminal_nobody_is_asked(matricula: Matricula, typed: Typed) -> None:
    outcome = matricula(*REGISTRAR)

    assert outcome.code == 2
    assert "--password-stdin" in outcome.errors


@pytest.mark.usefixtures("door")
@pytest.mark.parametrize(("again", "code"), [(PASSWORD, 0), (ANOTHER, 2)])
def test_at_a_terminal_a_password_is_typed_twice(
    again: str, code: int, matricula: Matricula, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", terminal)
    answers = iter([PASSWORD, again])
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: next(answers))

    outcome = matricula(*REGISTRAR)

    assert outcome.code == code
    assert PASSWORD not in outcome.output + outcome.errors


def test_an_account_is_closed_and_opened_again(ada: Outcome, matricula: Matricula) -> None:
    assert matricula("accounts", "disable", EMAIL.upper()).code == 0
    assert listed(matricula)[0]["disabled_at"] is not None
    assert "  closed  " in matricula("accounts", "list").output

    assert matricula("accounts", "enable", EMAIL).code == 0
    assert listed(matricula) == [json.loads(ada.output)]


def test_an_account_gets_another_password(ada: Outcome, matricula: Matricula, typed: Typed) -> None:
    typed(f"{ANOTHER}\n")
    outcome = matricula("accounts", "reset", EMAIL, "--password-stdin")
    typed("password1234\n")
    weak = matricula("accounts", "reset", EMAIL, "--password-stdin")

    assert (outcome.code, weak.code) == (0, 3)
    assert ANOTHER not in outcome.output + outcome.errors


@pytest.mark.parametrize("command", ["disable", "enable", "reset"])
def test_an_account_that_is_not_there_is_refused(
    command: str, ada: Outcome, matricula: Matricula, typed: Typed
) -> None:
    typed(f"{PASSWORD}\n")
    more = ("--password-stdin",) if command == "reset" else ()

    assert matricula("accounts", command, "nobody@uni.example", *more).code == 3


@pytest.mark.usefixtures("door")
def test_a_client_shows_its_secret_when_it_is_made_and_when_that_is_replaced(matricula: Matricula) -> None:
    made = json.loads(matricula("clients", "add", "p", "--scope", "catalog:read", "--json").output)
    rotated = matricula("clients", "rotate", made["id"]).output

    shown = re.fullmatch(rf"client_id:     {made['id']}\nclient_secret: ([\w-]{{43}})\n", rotated)
    assert shown is not None
    assert shown[1] != made["secret"]
    assert listed(matricula, "clients") == [{name: value for name, value in made.items() if name != "secret"}]


@pytest.mark.usefixtures("door")
def test_a_client_is_shut_out_and_stays(matricula: Matricula) -> None:
    made = json.loads(matricula("clients", "add", "p", "--scope", "catalog:read", "--json").output)

    assert matricula("clients", "disable", made["id"]).code == 0
    assert matricula("clients", "list").output == f"{made['id']}  closed  p  catalog:read\n"


@pytest.mark.usefixtures("door")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("clients", "add", "p", "--scope", "nonsense"), 3),
        (("clients", "add", " ", "--scope", "catalog:read"), 3),
        (("clients", "add", "p"), 2),
        (("clients", "rotate", NOBODY), 3),
        (("clients", "disable", NOBODY), 3),
        (("clients", "rotate", "p"), 2),
        (("accounts", "add", EMAIL), 2),
        ((*REGISTRAR, "--no-password", "--password-stdin"), 2),
    ],
)
def test_what_makes_no_sense_ends_with_its_code(arguments: tuple[str, ...], code: int, matricula: Matricula) -> None:
    assert matricula("clients", "add", "there", "--scope", "catalog:read").code == 0

    assert matricula(*arguments).code == code


def test_a_new_key_signs(matricula: Matricula) -> None:
    first, second = matricula("keys", "new"), matricula("keys", "new")

    assert (first.code, first.errors) == (0, "")
    both = read_keys(first.output + second.output)
    assert list(both.by_id) == [*read_keys(first.output).by_id, *read_keys(second.output).by_id]


async def test_a_replay_shows_the_token_that_it_was_given(matricula: Matricula, tmp_path: Path) -> None:
    async with FakeServer(lambda _student, courses: [ENROLLED] * len(courses)).running() as server:
        outcome = await replay(matricula, tmp_path, server.url, "--token", "mine")

    assert outcome.code == 0
    assert {headers["Authorization"] for headers in server.headers} == {"Bearer mine"}
    assert server.forms == []


async def test_a_replay_signs_in(matricula: Matricula, tmp_path: Path, typed: Typed) -> None:
    typed(f"{PASSWORD}\n")
    async with FakeServer(lambda _student, courses: [ENROLLED] * len(courses)).running() as server:
        server.tokens = [a_token("fetched")]
        outcome = await replay(matricula, tmp_path, server.url, "--sign-in", EMAIL, "--password-stdin")

    assert outcome.code == 0, outcome.errors
    assert {headers["Authorization"] for headers in server.headers} == {"Bearer fetched"}
    assert [form["password"] for form, _ in server.forms] == [PASSWORD]
    assert PASSWORD not in outcome.output + outcome.errors


async def test_a_replay_that_may_not_come_in_registers_nobody(
    matricula: Matricula, tmp_path: Path, typed: Typed
) -> None:
    typed(f"{PASSWORD}\n")
    async with FakeServer(lambda _student, courses: [ENROLLED] * len(courses)).running() as server:
        server.tokens = [a_token("x", 900)]
        server.tokens[0].set_status(400)
        outcome = await replay(matricula, tmp_path, server.url, "--sign-in", EMAIL, "--password-stdin")

    assert (outcome.code, server.asked) == (3, [])
    assert PASSWORD not in outcome.errors


async def test_a_replay_is_somebody_or_has_a_token(matricula: Matricula, tmp_path: Path) -> None:
    outcome = await replay(matricula, tmp_path, "http://127.0.0.1:1", "--sign-in", EMAIL, "--token", "mine")

    assert outcome.code == 2
