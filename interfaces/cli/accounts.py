"""`matricula accounts …` and `matricula clients …`: who, and which programs, may come in."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Annotated, TypeVar
from uuid import UUID

import typer

from application.shared.access_table import SCOPES
from domain.shared.role import Role
from interfaces.cli.options import DEFAULT_INSTITUTION, InstitutionOption, JsonOption
from interfaces.cli.output import note, say
from interfaces.cli.passwords import new_password

if TYPE_CHECKING:
    from application.access.dto import AccountView, ClientView, NewClient
    from application.shared.caller import Caller
    from interfaces.inprocess import Matricula

accounts = typer.Typer(help="Keep the accounts of people.", no_args_is_help=True)
clients = typer.Typer(help="Keep the clients that programs come in by.", no_args_is_help=True)

T = TypeVar("T")

_REPEATED = "May be given more than once."

_EmailArgument = Annotated[str, typer.Argument(metavar="EMAIL", help="The account's address.")]
_PasswordOption = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input, a line, instead of asking.")
]
_ClientArgument = Annotated[UUID, typer.Argument(metavar="ID", help="The client's id.")]


@accounts.command("add")
def add_account(
    *,
    email: _EmailArgument,
    role: Annotated[list[str], typer.Option("--role", help=f"What its person is: {', '.join(Role)}. {_REPEATED}")],
    password_stdin: _PasswordOption = False,
    no_password: Annotated[
        bool, typer.Option("--no-password", help="For people whom another provider signs in.")
    ] = False,
    student: Annotated[
        str | None, typer.Option(metavar="REF", help="The student whose account it is: code:CODE, or the id.")
    ] = None,
    instructor: Annotated[
        str | None, typer.Option(metavar="REF", help="The instructor or advisor whose account it is.")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Change nothing if there is such an account already.")] = False,
    institution: InstitutionOption = DEFAULT_INSTITUTION,
    as_json: JsonOption = False,
) -> None:
    """Open an account. The institution is founded if there is none of that code."""
    from application.access.dto import AccountFields
    from application.shared.errors import AlreadyExists

    if no_password and password_stdin:
        raise typer.BadParameter("--no-password and --password-stdin exclude each other")
    password = None if no_password else new_password(from_input=password_stdin)
    fields = AccountFields.model_validate(
        {"email": email, "roles": role, "password": password, "student": student, "instructor": instructor}
    )
    try:
        view = _within(institution, lambda matricula, caller: matricula.accounts.open(caller, fields), founding=True)
    except AlreadyExists:
        if not once:
            raise
        note(f"There is an account {email} already.")
        return
    _show_accounts([view], as_json=as_json)


@accounts.command("list")
def list_accounts(institution: InstitutionOption = DEFAULT_INSTITUTION, as_json: JsonOption = False) -> None:
    """List the accounts."""

    async def every(matricula: "Matricula", caller: "Caller") -> "list[AccountView]":
        from application.shared.paging import MAXIMUM_LIMIT, PageQuery

        found: list[AccountView] = []
        cursor = None
        while True:
            page = await matricula.accounts.list(caller, PageQuery(limit=MAXIMUM_LIMIT, cursor=cursor))
            found += page.items
            cursor = page.next_cursor
            if cursor is None:
                return found

    _show_accounts(_within(institution, every), as_json=as_json)


@accounts.command("disable")
def disable_account(email: _EmailArgument, institution: InstitutionOption = DEFAULT_INSTITUTION) -> None:
    """Close an account, and sign its person out everywhere."""

    async def disable(matricula: "Matricula", caller: "Caller") -> None:
        account = await matricula.accounts.find(caller, email)
        await matricula.accounts.disable(caller, account.id)

    _within(institution, disable)
    note(f"{email} is closed.")


@accounts.command("enable")
def enable_account(email: _EmailArgument, institution: InstitutionOption = DEFAULT_INSTITUTION) -> None:
    """Open a closed account again."""

    async def enable(matricula: "Matricula", caller: "Caller") -> None:
        account = await matricula.accounts.find(caller, email)
        await matricula.accounts.enable(caller, account.id)

    _within(institution, enable)
    note(f"{email} is open.")


@accounts.command("reset")
def reset_password(
    email: _EmailArgument, password_stdin: _PasswordOption = False, institution: InstitutionOption = DEFAULT_INSTITUTION
) -> None:
    """Give an account another password, and sign its person out everywhere."""
    from pydantic import SecretStr

    password = SecretStr(new_password(from_input=password_stdin))

    async def reset(matricula: "Matricula", caller: "Caller") -> None:
        account = await matricula.accounts.find(caller, email)
        await matricula.accounts.reset_password(caller, account.id, password)

    _within(institution, reset)
    note(f"{email} has another password.")


@clients.command("add")
def add_client(
    name: Annotated[str, typer.Argument(help="What the program is called.")],
    scope: Annotated[
        list[str], typer.Option("--scope", help=f"What it may do: {', '.join(sorted(SCOPES))}. {_REPEATED}")
    ],
    institution: InstitutionOption = DEFAULT_INSTITUTION,
    as_json: JsonOption = False,
) -> None:
    """Let a program in. Its secret is shown this once."""
    from application.access.dto import ClientFields

    fields = ClientFields.model_validate({"name": name, "scopes": scope})
    client = _within(institution, lambda matricula, caller: matricula.clients.add(caller, fields), founding=True)
    _show_secret(client, as_json=as_json)


@clients.command("list")
def list_clients(institution: InstitutionOption = DEFAULT_INSTITUTION, as_json: JsonOption = False) -> None:
    """List the clients, up to 500 of them."""

    async def some(matricula: "Matricula", caller: "Caller") -> "Sequence[ClientView]":
        from application.shared.paging import MAXIMUM_LIMIT, PageQuery

        return (await matricula.clients.list(caller, PageQuery(limit=MAXIMUM_LIMIT))).items

    for client in _within(institution, some):
        if as_json:
            say(client.model_dump_json())
        else:
            state = "open" if client.disabled_at is None else "closed"
            say(f"{client.id}  {state:<6}  {client.name}  {' '.join(sorted(client.scopes))}")


@clients.command("rotate")
def rotate_secret(
    client: _ClientArgument, institution: InstitutionOption = DEFAULT_INSTITUTION, as_json: JsonOption = False
) -> None:
    """Give a client another secret, shown this once; the old one lets nobody in any more."""
    rotated = _within(institution, lambda matricula, caller: matricula.clients.rotate(caller, client))
    _show_secret(rotated, as_json=as_json)


@clients.command("disable")
def disable_client(client: _ClientArgument, institution: InstitutionOption = DEFAULT_INSTITUTION) -> None:
    """Shut a program out."""
    _within(institution, lambda matricula, caller: matricula.clients.disable(caller, client))
    note(f"{client} is closed.")


def _within(institution: str, task: "Callable[[Matricula, Caller], Awaitable[T]]", *, founding: bool = False) -> T:
    """Do something at an institution as its administrator."""

    async def done() -> T:
        from interfaces.inprocess import open_matricula

        async with open_matricula() as matricula:
            finding = matricula.founding_caller if founding else matricula.caller
            return await task(matricula, await finding(institution))

    return asyncio.run(done())


def _show_accounts(views: "Sequence[AccountView]", *, as_json: bool) -> None:
    for view in views:
        if as_json:
            say(view.model_dump_json())
        else:
            state = "open" if view.disabled_at is None else "closed"
            say(f"{view.id}  {state:<6}  {view.email}  {', '.join(sorted(view.roles))}")


def _show_secret(client: "NewClient", *, as_json: bool) -> None:
    if as_json:
        say(client.model_dump_json())
    else:
        say(f"client_id:     {client.id}")
        say(f"client_secret: {client.secret}")
