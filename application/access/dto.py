"""What goes in and out of the use cases of access. A password or secret goes in and is never shown."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, SecretStr

from application.shared.dto import IN_ORDER, Dto, Email, Moment, Name, ReferenceText
from application.shared.paging import Listing
from domain.access.account import normalised_email
from domain.shared.role import Role

ACCOUNT_LISTING = Listing(sorts=("email", "created_at"), filters=("email",), searches=("email",))
CLIENT_LISTING = Listing(sorts=("name", "created_at"), searches=("name",))

AccountEmail = Annotated[Email, AfterValidator(normalised_email), Field(examples=["registrar@example.edu"])]
Roles = Annotated[frozenset[Role], Field(min_length=1), IN_ORDER]
Scopes = Annotated[frozenset[str], Field(min_length=1), IN_ORDER]


class AccountFields(Dto):
    """What is given to open an account.

    `student` names the student whose account it is, exactly if `student` is among the roles; `instructor` likewise for
    the roles `instructor` and `advisor`. Without a password only another provider signs its person in.
    """

    email: AccountEmail
    roles: Roles
    password: Annotated[SecretStr | None, Field(max_length=200)] = None
    student: ReferenceText | None = None
    instructor: ReferenceText | None = None


class AccountView(Dto):
    """An account as it is stored; people are given by id."""

    id: UUID
    email: str
    roles: Roles
    student: UUID | None
    instructor: UUID | None
    has_password: bool
    created_at: Moment
    disabled_at: Moment | None


class ClientFields(Dto):
    """What is given to let a program in: its name, and the scopes within which it may act."""

    name: Name
    scopes: Scopes


class ClientView(ClientFields):
    """A client as it is stored."""

    id: UUID
    created_at: Moment
    disabled_at: Moment | None


class NewClient(ClientView):
    """A client that was just made, or given another secret, which is told now and never again.

    It is null when the answer is given once more, to a request with an idempotency key that came again.
    """

    secret: Annotated[str | None, Field(repr=False)]


class Tokens(Dto):
    """What who came in gets; `expires_in` is in seconds, `refresh_token` None for clients."""

    access_token: Annotated[str, Field(repr=False)]
    expires_in: int
    refresh_token: Annotated[str | None, Field(repr=False)]
    scope: str | None
