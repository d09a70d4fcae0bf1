"""Accounts and clients as resources: opened, listed, read, closed, and given other passwords and secrets."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.interfaces.rest.conftest import SettableClock
from tests.interfaces.rest.doors import IN_MEMORY, Seconds, container_of, on_postgres, opened
from tests.support.accounts import ANOTHER, EMAIL, OWN, PASSWORD, Doors, granted
from tests.support.builders import a_student, an_instructor

ROOT = "root@uni.example"
NOBODY = "0192f0c1-2f5a-7c3e-9d59-2b9f3a6f1c01"
REGISTRAR = {"email": EMAIL, "roles": ["registrar"], "password": PASSWORD}
Json = dict[str, Any]


class Root:
    """What the administrator does, who came in."""

    def __init__(self, doors: Doors, tokens: Json) -> None:
        self.doors = doors
        self.tokens = tokens

    async def get(self, path: str, **query: str | int) -> httpx.Response:
        return await self.doors.call(self.tokens, path=f"/v1/{path}", params=query)

    async def send(self, method: str, path: str, body: object = None) -> httpx.Response:
        more = {} if body is None else {"json": body}
        return await self.doors.call(self.tokens, method, f"/v1/{path}", **more)

    async def opened(self, **changes: Any) -> Json:
        """An account that was opened."""
        answer = await self.send("POST", "accounts", {**REGISTRAR, **changes})
        assert answer.status_code == 201, answer.text
        account: Json = answer.json()
        return account


@pytest.fixture(params=["memory", "postgres"])
async def root(request: pytest.FixtureRequest, app: FastAPI, clock: SettableClock) -> AsyncIterator[Root]:
    """The administrator, on each adapter."""
    settings = IN_MEMORY
    if request.param == "postgres":
        settings = on_postgres(request.getfixturevalue("postgres_database"))
    async with opened(app, container_of(clock, Seconds(), **settings)) as doors:
        await doors.account(ROOT, "administrator")
        yield Root(doors, await doors.sign_in(ROOT))


def assert_problem(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


async def test_an_account_is_opened_and_read_and_never_shows_its_password(root: Root) -> None:
    answer = await root.send("POST", "accounts", {**REGISTRAR, "email": "Ada@Uni.Example"})

    account = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/v1/accounts/{account['id']}"
    assert answer.headers["Cache-Control"] == "no-store"
    assert account == {
        "id": account["id"],
        "email": EMAIL,
        "roles": ["registrar"],
        "student": None,
        "instructor": None,
        "has_password": True,
        "created_at": "2026-01-20T15:00:00Z",
        "disabled_at": None,
    }
    read = await root.get(f"accounts/{account['id']}")
    assert read.json() == account
    assert read.headers["Cache-Control"] == "no-store"


async def test_accounts_of_people_name_them(root: Root) -> None:
    async with root.doors.container.persistence().work(root.doors.administrator.institution) as work:
        await work.records(type(a_student("s1"))).add([a_student("s1")])
        await work.records(type(an_instructor("i1"))).add([an_instructor("i1")])

    both = await root.opened(roles=["student", "advisor"], student="code:s1", instructor="code:i1")

    assert both["student"] == str(a_student("s1").id)
    assert both["instructor"] == str(an_instructor("i1").id)
    tokens = await root.doors.sign_in()
    assert (await root.doors.call(tokens, path="/v1/students/code:s1")).status_code == 200
    assert (await root.doors.call(tokens, path="/v1/students")).status_code == 403


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"roles": ["student"]}, "invalid_field", "student"),
        ({"roles": ["instructor"]}, "invalid_field", "instructor"),
        ({"roles": ["student"], "student": "code:nobody"}, "unknown_reference", "student"),
        ({"roles": ["advisor"], "instructor": NOBODY}, "unknown_reference", "instructor"),
        ({"roles": []}, "invalid_field", "/roles"),
        ({"roles": ["emperor"]}, "invalid_field", "/roles/0"),
        ({"email": "no address"}, "invalid_field", "/email"),
        ({"password": "short"}, "invalid_field", "password"),
        ({"password": "password1234"}, "invalid_field", "password"),
        ({"password": "x" * 201}, "invalid_field", "/password"),
        ({"password": f"{PASSWORD}\x00"}, "invalid_field", "password"),
        ({"password_hash": "$argon2id$"}, "invalid_field", "/password_hash"),
        ({"disabled_at": None}, "invalid_field", "/disabled_at"),
    ],
)
async def test_what_makes_no_account_is_pointed_at(changes: Json, code: str, field: str, root: Root) -> None:
    answer = await root.send("POST", "accounts", {**REGISTRAR, **changes})

    assert_problem(answer, 422, code)
    part = answer.json()["errors"][0]
    assert field in {part.get("field"), part.get("pointer")}
    assert (await root.get("accounts", email=EMAIL)).json()["items"] == []


async def test_an_address_has_one_account_however_it_is_written(root: Root) -> None:
    await root.opened()

    assert_problem(await root.send("POST", "accounts", {**REGISTRAR, "email": EMAIL.upper()}), 409, "already_exists")


async def test_the_same_key_with_another_password_is_another_request(root: Root) -> None:
    async def create(password: str | None) -> httpx.Response:
        body = {**REGISTRAR, "password": password}
        return await root.doors.call(root.tokens, "POST", "/v1/accounts", json=body, headers={"Idempotency-Key": "1"})

    first, again = await create(PASSWORD), await create(PASSWORD)
    assert (again.status_code, again.json(), again.headers["Idempotency-Replayed"]) == (201, first.json(), "true")
    for other in (ANOTHER, None):
        assert_problem(await create(other), 422, "idempotency_key_reused")
    assert (await root.doors.attempt(PASSWORD)).status_code == 200


async def test_accounts_are_listed_found_and_turned_page_by_page(root: Root) -> None:
    for name in "cab":
        await root.opened(email=f"{name}@uni.example", password=None)

    first = (await root.get("accounts", limit=3, sort="email")).json()
    rest = (await root.get("accounts", limit=3, sort="email", cursor=first["next_cursor"])).json()

    assert [item["email"][0] for item in first["items"] + rest["items"]] == ["a", "b", "c", "r"]
    assert rest["next_cursor"] is None
    found = (await root.get("accounts", q="root")).json()["items"]
    assert [item["email"] for item in found] == [ROOT]
    assert_problem(await root.get("accounts", password_hash="x"), 400, "invalid_request")
    assert_problem(await root.get("accounts", sort="password_hash"), 400, "invalid_request")


async def test_what_is_not_there_is_not_found(root: Root) -> None:
    for method, path, body in (
        ("GET", f"accounts/{NOBODY}", None),
        ("DELETE", f"accounts/{NOBODY}", None),
        ("PUT", f"accounts/{NOBODY}/password", {"password": PASSWORD}),
        ("GET", f"clients/{NOBODY}", None),
        ("DELETE", f"clients/{NOBODY}", None),
        ("PUT", f"clients/{NOBODY}/secret", None),
    ):
        assert_problem(await root.send(method, path, body), 404, "not_found")


async def test_an_account_is_closed_and_stays(root: Root) -> None:
    account = await root.opened()

    assert (await root.send("DELETE", f"accounts/{account['id']}")).status_code == 204

    closed = (await root.get(f"accounts/{account['id']}")).json()
    assert closed == {**account, "disabled_at": "2026-01-20T15:00:00Z"}
    assert (await root.doors.attempt()).json()["error"] == "invalid_grant"
    assert (await root.send("DELETE", f"accounts/{account['id']}")).status_code == 204


async def test_an_administrator_gives_an_account_another_password(root: Root) -> None:
    account = await root.opened()
    path = f"accounts/{account['id']}/password"

    assert_problem(await root.send("PUT", path, {"password": "password1234"}), 422, "invalid_field")
    assert_problem(await root.send("PUT", path, {"password": "ada@uni.example"}), 422, "invalid_field")
    assert (await root.send("PUT", path, {"password": ANOTHER})).status_code == 204

    assert (await root.doors.attempt()).status_code == 400
    assert (await root.doors.attempt(ANOTHER)).status_code == 200


async def test_whoever_came_in_reads_their_own_account(root: Root) -> None:
    account = await root.opened()
    tokens = await root.doors.sign_in()

    answer = await root.doors.call(tokens)

    assert (answer.status_code, answer.json()) == (200, account)
    assert answer.headers["Cache-Control"] == "no-store"
    again = await root.doors.call(tokens, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_the_old_password_proves_who_changes_it(root: Root) -> None:
    await root.opened()
    tokens = await root.doors.sign_in()

    async def change(old: str, new: str) -> httpx.Response:
        return await root.doors.call(tokens, "PUT", f"{OWN}/password", json={"old": old, "new": new})

    assert_problem(await change("wrong", ANOTHER), 403, "access_denied")
    assert_problem(await change(PASSWORD, "password1234"), 422, "invalid_field")
    assert (await root.doors.attempt()).status_code == 200
    assert (await change(PASSWORD, ANOTHER)).status_code == 204
    assert (await root.doors.attempt()).status_code == 400
    assert (await root.doors.attempt(ANOTHER)).status_code == 200


@pytest.mark.parametrize("role", ["registrar", "student"])
async def test_nobody_but_administrators_keeps_accounts(role: str, root: Root) -> None:
    person: Json = {}
    if role == "student":
        async with root.doors.container.persistence().work(root.doors.administrator.institution) as work:
            await work.records(type(a_student("s1"))).add([a_student("s1")])
        person = {"student": "code:s1"}
    account = await root.opened(roles=[role], **person)
    other = Root(root.doors, await root.doors.sign_in())
    identity = account["id"]

    for method, path, body in (
        ("GET", "accounts", None),
        ("GET", f"accounts/{identity}", None),
        ("POST", "accounts", {**REGISTRAR, "email": "eve@uni.example", "roles": ["administrator"]}),
        ("DELETE", f"accounts/{identity}", None),
        ("PUT", f"accounts/{identity}/password", {"password": ANOTHER}),
        ("GET", "clients", None),
        ("POST", "clients", {"name": "mine", "scopes": ["people:read"]}),
        ("PUT", f"clients/{NOBODY}/secret", None),
        ("DELETE", f"clients/{NOBODY}", None),
    ):
        assert_problem(await other.send(method, path, body), 403, "access_denied")


async def test_no_scope_lets_a_program_keep_accounts(root: Root) -> None:
    program = await root.doors.program("access:read", "access:write", "account")
    form = {"grant_type": "client_credentials", "client_id": str(program.id), "client_secret": str(program.secret)}
    client = Root(root.doors, granted(await root.doors.ask(**form)))

    assert_problem(await client.get("accounts"), 403, "access_denied")
    assert_problem(await client.send("POST", "accounts", REGISTRAR), 403, "access_denied")
    assert_problem(await client.get("account"), 403, "access_denied")


async def test_another_institutions_accounts_and_clients_are_not_there(root: Root) -> None:
    there = await Doors(root.doors.client, root.doors.container, "there").found()
    account, program = await there.account(), await there.program()

    assert_problem(await root.get(f"accounts/{account.id}"), 404, "not_found")
    assert_problem(await root.send("DELETE", f"accounts/{account.id}"), 404, "not_found")
    reset = await root.send("PUT", f"accounts/{account.id}/password", {"password": ANOTHER})
    assert_problem(reset, 404, "not_found")
    assert_problem(await root.send("PUT", f"clients/{program.id}/secret"), 404, "not_found")
    assert_problem(await root.send("DELETE", f"clients/{program.id}"), 404, "not_found")
    assert [item["email"] for item in (await root.get("accounts")).json()["items"]] == [ROOT]
    assert (await root.get("clients")).json()["items"] == []
    assert (await there.attempt()).status_code == 200


async def test_a_clients_secret_is_shown_once(root: Root) -> None:
    made = await root.send("POST", "clients", {"name": "timetabling", "scopes": ["scheduling:read", "catalog:read"]})

    client = made.json()
    assert (made.status_code, made.headers["Location"]) == (201, f"/v1/clients/{client['id']}")
    assert made.headers["Cache-Control"] == "no-store"
    assert len(client["secret"]) == 43
    read = await root.get(f"clients/{client['id']}")
    assert read.json() == {name: value for name, value in client.items() if name != "secret"}
    assert read.json()["scopes"] == ["catalog:read", "scheduling:read"]
    assert client["secret"] not in (await root.get("clients")).text


async def test_a_client_with_another_secret_has_that_alone(root: Root) -> None:
    client = (await root.send("POST", "clients", {"name": "p", "scopes": ["catalog:read"]})).json()

    rotated = (await root.send("PUT", f"clients/{client['id']}/secret")).json()

    assert rotated == {**client, "secret": rotated["secret"]}
    form = {"grant_type": "client_credentials", "client_id": client["id"]}
    assert (await root.doors.ask(**form, client_secret=client["secret"])).status_code == 401
    assert (await root.doors.ask(**form, client_secret=rotated["secret"])).status_code == 200


async def test_a_client_that_is_shut_out_stays(root: Root) -> None:
    client = (await root.send("POST", "clients", {"name": "p", "scopes": ["catalog:read"]})).json()

    assert (await root.send("DELETE", f"clients/{client['id']}")).status_code == 204

    assert (await root.get(f"clients/{client['id']}")).json()["disabled_at"] == "2026-01-20T15:00:00Z"
    form = {"grant_type": "client_credentials", "client_id": client["id"], "client_secret": client["secret"]}
    assert (await root.doors.ask(**form)).status_code == 401


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"name": "p", "scopes": ["nonsense"]}, 400, "invalid_scope"),
        ({"name": "p", "scopes": []}, 422, "invalid_field"),
        ({"name": " ", "scopes": ["catalog:read"]}, 422, "invalid_field"),
        ({"name": "p", "scopes": ["catalog:read"], "secret": "mine"}, 422, "invalid_field"),
        ({"name": "taken", "scopes": ["catalog:read"]}, 409, "already_exists"),
    ],
)
async def test_what_makes_no_client_is_refused(fields: Json, status: int, code: str, root: Root) -> None:
    await root.doors.program(name="taken")

    assert_problem(await root.send("POST", "clients", fields), status, code)
    assert len((await root.get("clients")).json()["items"]) == 1


@pytest.mark.parametrize("root", ["postgres"], indirect=True)
async def test_a_student_with_an_account_does_not_go(root: Root) -> None:
    async with root.doors.container.persistence().work(root.doors.administrator.institution) as work:
        await work.records(type(a_student("s1"))).add([a_student("s1")])
    await root.opened(roles=["student"], student="code:s1")

    answer = await root.doors.call(root.tokens, "DELETE", "/v1/students/code:s1", headers={"If-Match": "*"})

    assert_problem(answer, 409, "still_referenced")
