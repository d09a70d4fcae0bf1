"""Who the fuzzer is: each kind of caller with an account of its own, and how a request says that it comes from them."""

from collections.abc import Mapping

import httpx

from application.access.dto import AccountFields
from application.shared.caller import Role
from interfaces.inprocess import Matricula
from interfaces.rest import examples
from interfaces.rest.callers import INSTITUTION_HEADER

CALLERS: tuple[Role | None, ...] = (
    Role.STUDENT,
    Role.INSTRUCTOR,
    Role.ADVISOR,
    Role.REGISTRAR,
    Role.ADMINISTRATOR,
    None,
)
"""Those who may change less come first, so that they find the university as it was built; None says nothing of itself,
or nonsense.
"""

_PASSWORD = "five words that nobody guesses"

Headers = Mapping[Role | None, Mapping[str, str]]
"""For each caller, the headers of a request that comes from them."""


async def open_accounts(matricula: Matricula) -> None:
    """Open an account for each role, for the people of the examples."""
    administrator = await matricula.caller(examples.INSTITUTION["code"])
    for role in Role:
        fields = {
            "email": _email(role),
            "roles": [role],
            "password": _PASSWORD,
            "student": f"code:{examples.STUDENT['code']}" if role is Role.STUDENT else None,
            "instructor": f"code:{examples.INSTRUCTOR['code']}" if role in (Role.INSTRUCTOR, Role.ADVISOR) else None,
        }
        await matricula.accounts.open(administrator, AccountFields.model_validate(fields))


async def come_in(url: str) -> Headers:
    """Get a token for each role from the server."""
    institution = {INSTITUTION_HEADER: examples.INSTITUTION["code"]}
    headers: dict[Role | None, Mapping[str, str]] = {None: {}}
    async with httpx.AsyncClient(base_url=url, headers=institution) as client:
        for role in Role:
            form = {"grant_type": "password", "username": _email(role), "password": _PASSWORD}
            answer = await client.post("/v1/oauth/token", data=form)
            assert answer.status_code == 200, answer.text
            headers[role] = {**institution, "Authorization": f"Bearer {answer.json()['access_token']}"}
    return headers


def _email(role: Role) -> str:
    return f"{role}@example.edu"
