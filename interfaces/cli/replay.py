"""`matricula replay …`: every student registers over REST, many at once."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from interfaces.cli.options import DEFAULT_INSTITUTION, InstitutionOption, JsonOption, SeedOption, TermOption
from interfaces.cli.output import writing
from interfaces.cli.passwords import password_of
from interfaces.cli.registration_day import Order, hold, print_report
from interfaces.cli.sample import DEFAULT_STUDENTS, StudentsOption, made_up

if TYPE_CHECKING:
    from interfaces.registration_day.demand import Demand
    from interfaces.registration_day.report import Report
    from interfaces.registration_day.sign_in import Token

_HERE = "http://127.0.0.1:8000"
_AT_ONCE = 64


def _address(url: str) -> str:
    """An option's value that leads to a server. Raises `typer.BadParameter`."""
    try:
        parts = urlsplit(url)
        leads_somewhere = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        leads_somewhere = False
    if not leads_somewhere:
        raise typer.BadParameter("must be an address such as https://matricula.example.edu, http:// or https:// first")
    return url


UrlOption = Annotated[str, typer.Option("--url", callback=_address, help="The server's address.")]
ConcurrencyOption = Annotated[
    int, typer.Option("--concurrency", min=1, max=1024, help="How many students act at the same time.")
]
OrderOption = Annotated[Order, typer.Option("--order", help="In which order students come.")]
CartsOption = Annotated[bool, typer.Option("--carts", help="One request a student instead of one a course.")]
TokenOption = Annotated[str | None, typer.Option("--token", help="The bearer token that registers the students.")]
SignInOption = Annotated[
    str | None, typer.Option("--sign-in", metavar="EMAIL", help="The account that registers the students.")
]
PasswordOption = Annotated[
    bool, typer.Option("--password-stdin", help="Read the account's password from standard input instead of asking.")
]
ReportOption = Annotated[
    Path | None,
    typer.Option("--report", metavar="FILE", dir_okay=False, help="Also write the report there, as JSON."),
]


def replay_itc2019(
    *,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", exists=True, dir_okay=False, readable=True, help="The instance, .xml or .xml.gz."
        ),
    ],
    term: TermOption,
    url: UrlOption = _HERE,
    concurrency: ConcurrencyOption = _AT_ONCE,
    order: OrderOption = Order.RANDOM,
    seed: SeedOption = 0,
    carts: CartsOption = False,
    report: ReportOption = None,
    token: TokenOption = None,
    sign_in: SignInOption = None,
    password_stdin: PasswordOption = False,
    institution: InstitutionOption = DEFAULT_INSTITUTION,
    as_json: JsonOption = False,
) -> None:
    """Register every student of an instance for the courses that the file lists.

    Ends with 1 when a request got no decision, with 3 when the server refuses all, with 4 when none answers.
    """
    from interfaces.itc2019.parser import read_demands

    who = _who(url, institution, token, sign_in, password_stdin=password_stdin)
    _print(_held(read_demands(file), url, term, institution, concurrency, order, seed, carts, who), report, as_json)


def replay_sample(
    *,
    term: TermOption,
    students: StudentsOption = DEFAULT_STUDENTS,
    url: UrlOption = _HERE,
    concurrency: ConcurrencyOption = _AT_ONCE,
    order: OrderOption = Order.RANDOM,
    seed: SeedOption = 1,
    carts: CartsOption = False,
    report: ReportOption = None,
    token: TokenOption = None,
    sign_in: SignInOption = None,
    password_stdin: PasswordOption = False,
    institution: InstitutionOption = DEFAULT_INSTITUTION,
    as_json: JsonOption = False,
) -> None:
    """Register the students of the made-up university, given the --students and --seed that it was imported with.

    Ends with 1 when a request got no decision, with 3 when the server refuses all, with 4 when none answers.
    """
    who = _who(url, institution, token, sign_in, password_stdin=password_stdin)
    _, demands = made_up(students, seed, term, datetime.now(UTC))
    _print(_held(demands, url, term, institution, concurrency, order, seed, carts, who), report, as_json)


def _who(url: str, institution: str, token: str | None, email: str | None, *, password_stdin: bool) -> "Token | None":
    """Who registers the students; nobody in particular at a server for development."""
    from interfaces.registration_day.sign_in import by_password, given

    if token is not None and email is not None:
        raise typer.BadParameter("--token and --sign-in exclude each other")
    if email is not None:
        return by_password(url, institution, email, password_of(from_input=password_stdin))
    return None if token is None else given(token)


def _held(  # noqa: PLR0917 - the options of a replay, in the order of the commands
    demands: "Sequence[Demand]",
    url: str,
    term: str,
    institution: str,
    concurrency: int,
    order: Order,
    seed: int,
    carts: bool,
    token: "Token | None",
) -> "Report":
    """The day, at a server that has the term."""
    from interfaces.registration_day.before import expect_term

    async def held() -> "Report":
        await expect_term(url, term, institution, token)
        return await hold(
            demands,
            url=url,
            term=term,
            institution=institution,
            concurrency=concurrency,
            order=order,
            seed=seed,
            carts=carts,
            token=token,
        )

    return asyncio.run(held())


def _print(held: "Report", report: Path | None, as_json: bool) -> None:
    document = held.to_json().decode()
    if report is not None:
        with writing(report) as stream:
            stream.write(f"{document}\n")
    if as_json:
        typer.echo(document)
    else:
        print_report(held)
    if held.errors:
        raise typer.Exit(1)
