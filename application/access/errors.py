"""What can go wrong at the door. Nobody learns from it which accounts there are."""

from math import ceil

from application.shared.errors import ApplicationError


class InvalidCredentials(ApplicationError):  # noqa: N818 - these are the words of the catalogue
    """Address and password, token, or client and secret do not let anybody in."""

    code = "invalid_credentials"

    def __init__(self) -> None:
        super().__init__("These credentials let nobody in.")


class TooManyAttempts(ApplicationError):  # noqa: N818
    """Too many attempts failed lately, or come at once; `seconds` says when the next one is looked at."""

    code = "too_many_attempts"

    def __init__(self, seconds: float) -> None:
        self.seconds = max(1, ceil(seconds))
        super().__init__(f"Too many attempts: try again in {self.seconds} seconds.", seconds=self.seconds)


class NoSession(ApplicationError):  # noqa: N818
    """An access token that belongs to no session, which could be ended: a client's."""

    code = "invalid_request"

    def __init__(self) -> None:
        super().__init__("A client's access token ends by itself, or when the client gets another secret.")


class InvalidScope(ApplicationError):  # noqa: N818
    """A scope that there is not, or that the client was not given."""

    code = "invalid_scope"
