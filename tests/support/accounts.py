"""An institution whose people and programs come in by the doors of REST."""

from dataclasses import dataclass
from typing import Any

import httpx
from pydantic import SecretStr

from application.access.dto import AccountFields, AccountView, ClientFields, NewClient
from application.shared.caller import Caller, Role
from infrastructure.bootstrap.container import Container
from tests.support.builders import an_institution

PASSWORD = "violet anchors hum in march"
ANOTHER = "quiet rivers bend at noon"
EMAIL = "ada@uni.example"
TOKEN = "/v1/oauth/token"
REVOKE = "/v1/oauth/revoke"
OWN = "/v1/account"


@dataclass(frozen=True, slots=True)
class Doors:
    """What tests do at the doors of an institution."""

    client: httpx.AsyncClient
    container: Container
    code: str = "main"

    @property
    def administrator(self) -> Caller:
        """Who opens accounts in process."""
        return Caller(an_institution(self.code).id, "test", frozenset({Role.ADMINISTRATOR}))

    async def found(self) -> "Doors":
        """Make the institution."""
        await self.container.persistence().directory.add(an_institution(self.code, f"University {self.code}"))
        return self

    async def account(self, email: str = EMAIL, role: str = "registrar", **fields: Any) -> AccountView:
        """Open an account, with the password unless the fields say otherwise."""
        given = {"email": email, "roles": [role], "password": PASSWORD, **fields}
        return await self.container.accounts().open(self.administrator, AccountFields.model_validate(given))

    async def program(self, *scopes: str, name: str = "timetabling") -> NewClient:
        """Let a program in."""
        fields = ClientFields.model_validate({"name": name, "scopes": scopes or ["catalog:read"]})
        return await self.container.clients().add(self.administrator, fields)

    async def ask(self, **form: str) -> httpx.Response:
        """Ask for a token."""
        return await self.client.post(TOKEN, data=form, headers={"X-Matricula-Institution": self.code})

    async def as_program(self, program: NewClient, **form: str) -> httpx.Response:
        """Ask for a token as a program."""
        identity = {"client_id": str(program.id), "client_secret": program.secret or ""}
        return await self.ask(grant_type="client_credentials", **identity, **form)

    async def attempt(self, password: str = PASSWORD, email: str = EMAIL) -> httpx.Response:
        """Try to come in with a password."""
        return await self.ask(grant_type="password", username=email, password=password)

    async def sign_in(self, email: str = EMAIL, password: str = PASSWORD) -> dict[str, Any]:
        """Come in with a password; answers the tokens."""
        return granted(await self.attempt(password, email))

    async def refresh(self, tokens: dict[str, Any]) -> httpx.Response:
        """Trade a refresh token in."""
        return await self.ask(grant_type="refresh_token", refresh_token=tokens["refresh_token"])

    async def reset(self, email: str, password: str) -> None:
        """Give an account another password, as an administrator."""
        accounts = self.container.accounts()
        account = await accounts.find(self.administrator, email)
        await accounts.reset_password(self.administrator, account.id, SecretStr(password))

    async def call(
        self, tokens: dict[str, Any] | str | None, method: str = "GET", path: str = OWN, **more: Any
    ) -> httpx.Response:
        """Call an operation with the token of an answer, or the one given, or none."""
        token = tokens["access_token"] if isinstance(tokens, dict) else tokens
        headers = {**more.pop("headers", {}), **({} if token is None else {"Authorization": f"Bearer {token}"})}
        return await self.client.request(method, path, headers=headers, **more)


def granted(answer: httpx.Response) -> dict[str, Any]:
    """The tokens of an answer that has some."""
    assert answer.status_code == 200, answer.text
    tokens: dict[str, Any] = answer.json()
    return tokens


def assert_refused(answer: httpx.Response, error: str, status: int = 400) -> None:
    """Whether an answer is an error of RFC 6749, 5.2, that is kept nowhere."""
    said = answer.json()
    assert (answer.status_code, said["error"]) == (status, error), answer.text
    assert said["status"] == status
    assert said["error_description"] == said["detail"] != ""
    assert said["request_id"] == answer.headers["X-Request-Id"]
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Pragma"] == "no-cache"
