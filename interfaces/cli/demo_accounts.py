"""The accounts of the demo: one for each role, with passwords made up for this run."""

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interfaces.cli.output import say

if TYPE_CHECKING:
    from application.shared.caller import Caller
    from interfaces.inprocess import Matricula
    from interfaces.registration_day.demand import Demand

_DOMAIN = "example.edu"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A way in: its role, address and password."""

    role: str
    email: str
    password: str


async def open_accounts(
    matricula: "Matricula", caller: "Caller", demand: "Demand", instructor: str
) -> list[DemoAccount]:
    """Open an account for each role; the student's is that of `demand`, whom `instructor` advises from now on."""
    from application.access.dto import AccountFields
    from application.people.students import StudentFields
    from application.shared.caller import Role
    from domain.shared.reference import Reference

    student = await matricula.students.get(caller, Reference(code=demand.student_code))
    advised = student.model_dump(include=set(StudentFields.model_fields)) | {"advisors": [instructor]}
    await matricula.students.replace(
        caller, Reference(id=student.id), StudentFields.model_validate(advised), student.version
    )
    opened = []
    for role in Role:
        account = DemoAccount(role, f"{role}@{_DOMAIN}", secrets.token_urlsafe(15))
        fields = {
            "email": account.email,
            "roles": [role],
            "password": account.password,
            "student": str(student.id) if role is Role.STUDENT else None,
            "instructor": instructor if role in (Role.INSTRUCTOR, Role.ADVISOR) else None,
        }
        await matricula.accounts.open(caller, AccountFields.model_validate(fields))
        opened.append(account)
    return opened


def print_accounts(accounts: list[DemoAccount], url: str) -> None:
    """Print how to come in as each of them."""
    say("To come in (grant password, for as long as this demo lasts):")
    for account in accounts:
        say(f"  {account.role:<13}  {account.email:<25}  {account.password}")
    registrar = next(account for account in accounts if account.role == "registrar")
    say(f"  TOKEN=$(curl -s {url}/v1/oauth/token -d grant_type=password -d username={registrar.email} \\")
    say(f'    --data-urlencode password={registrar.password} | sed -E \'s/.*"access_token":"([^"]+)".*/\\1/\')')
