"""What is done to accounts and clients by others than themselves: each deed is a line of the audit of sign-ins."""

from uuid import UUID

from application.access.attempts import digest
from application.access.ports import AccessWork, SignIn, SignInOutcome
from application.shared.caller import Caller
from application.shared.clock import Clock, IdGenerator
from domain.access.account import Account
from domain.access.client import ApiClient


class Deeds:
    """Writes the lines, in the transaction of the deed: who did what to whom, and from where."""

    def __init__(self, clock: Clock, ids: IdGenerator) -> None:
        self._clock = clock
        self._ids = ids

    async def to_account(
        self, work: AccessWork, account: Account, outcome: SignInOutcome, caller: Caller, origin: str
    ) -> None:
        """Write down what `caller` did to an account."""
        await self._write(work, account.id, digest(account.email), outcome, caller, origin)

    async def to_client(
        self, work: AccessWork, client: ApiClient, outcome: SignInOutcome, caller: Caller, origin: str
    ) -> None:
        """Write down what `caller` did to a client."""
        await self._write(work, client.id, str(client.id), outcome, caller, origin)

    async def _write(
        self, work: AccessWork, subject: UUID, name: str, outcome: SignInOutcome, caller: Caller, origin: str
    ) -> None:
        line = SignIn(self._ids.new(), outcome, subject, name, origin, self._clock.now(), actor=caller.subject)
        await work.record_sign_in(line)
