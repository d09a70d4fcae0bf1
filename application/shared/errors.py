"""What can go wrong in a use case, as stable codes that every driving adapter translates into its own protocol."""

from collections.abc import Mapping


class ApplicationError(Exception):
    """A use case that could not be done.

    Attributes:
        code: stable code, listed in the error catalogue.
        detail: one sentence for people.
        parameters: what the sentence is about, by name.
    """

    code = "application_error"

    def __init__(self, detail: str, **parameters: str | int | None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.parameters: Mapping[str, str | int | None] = parameters


class InvalidRequest(ApplicationError):  # noqa: N818 - these are the words of the catalogue
    """The question itself makes no sense: an unknown filter, a broken cursor, a wrong kind of reference."""

    code = "invalid_request"


class InvalidField(ApplicationError):  # noqa: N818
    """A field's value is not valid; `field` in the parameters names it."""

    code = "invalid_field"

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}", field=field, reason=reason)


class UnknownReference(ApplicationError):  # noqa: N818
    """A field names a record that does not exist."""

    code = "unknown_reference"

    def __init__(self, field: str, reference: str) -> None:
        super().__init__(f"{field}: there is no record {reference}.", field=field, reference=reference)


class NotFound(ApplicationError):  # noqa: N818
    """The record that the request is about does not exist."""

    code = "not_found"

    def __init__(self, kind: str, reference: str) -> None:
        super().__init__(f"There is no {kind} {reference}.", kind=kind, reference=reference)


class AlreadyExists(ApplicationError):  # noqa: N818
    """Another record already has what must be unique."""

    code = "already_exists"

    def __init__(self, kind: str, key: str) -> None:
        super().__init__(f"Another {kind} already has this {key}.", kind=kind, key=key)


class StillReferenced(ApplicationError):  # noqa: N818
    """A record cannot go (or change) while others point to it."""

    code = "still_referenced"

    def __init__(self, kind: str, by: str) -> None:
        super().__init__(f"The {kind} is still in use by {by}.", kind=kind, by=by)


class Conflict(ApplicationError):  # noqa: N818
    """The request contradicts the present state of the record."""

    code = "conflict"


class KeyReused(ApplicationError):  # noqa: N818
    """An idempotency key came before, with another request."""

    code = "idempotency_key_reused"

    def __init__(self, key: str) -> None:
        super().__init__(f"The idempotency key {key} was used for another request.", key=key)


class StaleWrite(ApplicationError):  # noqa: N818
    """The record has changed since the caller read it."""

    code = "stale_write"

    def __init__(self, kind: str) -> None:
        super().__init__(f"The {kind} has changed since it was read.", kind=kind)


class AccessDenied(ApplicationError):  # noqa: N818
    """The caller may not do this."""

    code = "access_denied"

    def __init__(self) -> None:
        super().__init__("The caller's roles, or the client's scopes, do not allow this.")


class Unavailable(ApplicationError):  # noqa: N818
    """Something that the use case needs is away for now; the caller may try again.

    Attributes:
        cause: a sentence that tells whoever runs the server why, without secrets; it is no caller's business.
    """

    code = "unavailable"

    def __init__(self, detail: str, cause: str | None = None) -> None:
        super().__init__(detail)
        self.cause = cause


class Collision(Unavailable):
    """The transaction was undone because another one stood in its way; nothing speaks against it."""
