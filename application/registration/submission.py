"""What is handed to the desk, and what it hands back."""

from application.registration.ports import AnswerKey
from application.shared.caller import Caller
from domain.registration.commands import Command
from domain.registration.outcomes import Decided
from domain.shared.value import value


@value(frozen=True, slots=True)
class Idempotency:
    """The name under which the caller wants the answer kept, with the digest of what was asked."""

    key: AnswerKey
    digest: str


@value(frozen=True, slots=True)
class Submission:
    """A command, who asks, and how to know it again if it comes twice."""

    caller: Caller
    command: Command
    idempotency: Idempotency | None = None


@value(frozen=True, slots=True)
class Settled:
    """A decision that is stored; `answer` is the view of a registration request or permission as JSON, `null` for other
    commands.
    """

    decided: Decided
    answer: str
