"""Coming in: with address and password, with a refresh token, or with a client's secret; and going out again."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from application.access.attempts import Attempt, Attempts, digest
from application.access.dto import Tokens
from application.access.errors import InvalidCredentials, InvalidScope, NoSession
from application.access.ports import (
    AccessTokens,
    AccessUnitOfWork,
    AccessWork,
    Claims,
    Passwords,
    Secrets,
    SignInOutcome,
)
from application.shared.access import authorise
from application.shared.caller import Caller
from application.shared.clock import Clock, IdGenerator
from application.shared.errors import AccessDenied
from domain.access.account import Account, normalised_email
from domain.access.session import RefreshToken
from domain.shared.identifiers import AccountId, ClientId, InstitutionId, SessionId
from domain.shared.role import Role

ROLES_OF_CLIENTS = frozenset({Role.REGISTRAR})
"""What a program acts as; its scopes say how much of that."""


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long tokens are good, and how long it is remembered that some are `void`: as long as any may last."""

    access: timedelta
    refresh: timedelta
    void: timedelta


class Door:
    """The use cases. Every attempt is in the audit of sign-ins, those that failed too."""

    def __init__(
        self,
        unit_of_work: AccessUnitOfWork,
        passwords: Passwords,
        secrets: Secrets,
        tokens: AccessTokens,
        clock: Clock,
        ids: IdGenerator,
        lifetimes: Lifetimes,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._attempts = Attempts(unit_of_work, clock, ids)
        self._passwords = passwords
        self._secrets = secrets
        self._tokens = tokens
        self._clock = clock
        self._ids = ids
        self._lifetimes = lifetimes

    async def sign_in(self, institution: InstitutionId, email: str, password: str, origin: str) -> Tokens:
        """Let a person in who knows an account's password. Raises `InvalidCredentials`, `TooManyAttempts`."""
        address = normalised_email(email)
        attempt = await self._attempts.admit(institution, digest(address), origin)
        async with self._unit_of_work(institution) as work:
            account = await work.account_of(address)
        # Between the transactions: hashing takes long, and nobody should wait for it with a connection in hand.
        stored = account.password_hash if account is not None and account.is_open() else None
        if not await self._passwords.matches(password, stored) or account is None:
            await self._attempts.refuse(institution, attempt, None if account is None else account.id)
            raise InvalidCredentials
        better = await self._passwords.hash(password) if self._passwords.is_outdated(str(stored)) else None
        async with self._unit_of_work(institution) as work:
            now = await work.account_to_change(account.id)
            if now is not None and now.is_open() and now.password_hash == stored:
                if better is not None:
                    await work.save_account(now.with_password(better))
                await self._attempts.succeed(work, attempt, account.id, SignInOutcome.SIGNED_IN)
                return await self._stay(work, institution, now, SessionId(self._ids.new()))
            # It was closed, or its password changed, while it was looked at.
            await self._attempts.fail(work, attempt, account.id)
        raise InvalidCredentials

    async def refresh(self, institution: InstitutionId, token: str, origin: str) -> Tokens:
        """Trade a refresh token in for new tokens. One that was traded in before ends its session.

        Raises `InvalidCredentials`.
        """
        name = digest(token)
        async with self._unit_of_work(institution) as work:
            known = await work.refresh_token(name)
            # After the lock was waited for: what ends is void as of now, with all that others were given meanwhile.
            attempt = Attempt(name, origin, self._clock.now())
            account = None if known is None else await work.account(known.account)
            if known is not None and account is not None and account.is_open() and known.is_good(attempt.at):
                await work.save_refresh_token(known.used(attempt.at))
                await self._attempts.record(work, attempt, SignInOutcome.REFRESHED, account.id)
                return await self._stay(work, institution, account, known.session)
            if known is not None and known.used_at is not None:
                # Somebody else has it: neither may go on (RFC 9700, 4.14.2).
                await self._end(work, known.session, attempt.at)
                await self._attempts.record(work, attempt, SignInOutcome.REUSED, known.account)
            else:
                await self._attempts.record(
                    work, attempt, SignInOutcome.REFUSED, None if known is None else known.account
                )
        raise InvalidCredentials

    async def sign_in_client(
        self, institution: InstitutionId, client: str, secret: str, scopes: Collection[str], origin: str
    ) -> Tokens:
        """Let a program in that knows a client's secret, with some of its scopes, or all of them for none named.

        Raises `InvalidCredentials`, `TooManyAttempts`, `InvalidScope`.
        """
        identifier = _client_id(client)
        # One name however the id is written; what is none may be anything, a secret in the wrong field for one.
        name = digest(client) if identifier is None else str(identifier)
        attempt = await self._attempts.admit(institution, name, origin)
        async with self._unit_of_work(institution) as work:
            known = None if identifier is None else await work.client_to_change(identifier)
            if known is None or not known.is_open() or not self._secrets.are_equal(known.secret_hash, digest(secret)):
                await self._attempts.fail(work, attempt, None if known is None else known.id)
                refusal: InvalidCredentials | InvalidScope = InvalidCredentials()
            elif unknown := sorted(set(scopes) - known.scopes):
                # Whoever knows the secret guesses nothing: it is no failure that lets others wait.
                await self._attempts.succeed(work, attempt, known.id, SignInOutcome.REFUSED)
                refusal = InvalidScope(f"The client was not given: {' '.join(unknown)}.")
            else:
                granted = frozenset(scopes) or known.scopes
                await self._attempts.succeed(work, attempt, known.id, SignInOutcome.SIGNED_IN)
                return self._issued(self._claims(institution, known.id, ROLES_OF_CLIENTS, scopes=granted), None)
        raise refusal

    async def sign_out(self, institution: InstitutionId, token: str, origin: str) -> None:
        """End the session that a token belongs to; what nobody knows is as good as ended (RFC 7009).

        An access token says itself at which institution. Raises `NoSession` for that of a client.
        """
        name = digest(token)
        issued = self._tokens.issued_to(token)
        if issued is None:
            async with self._unit_of_work(institution) as work:
                known = await work.refresh_token(name)
                if known is not None:
                    await self._sign_out(work, known.session, known.account, name, origin)
        elif issued.session is None:
            raise NoSession
        else:
            async with self._unit_of_work(issued.institution) as work:
                account = AccountId(issued.subject)
                if await work.account_to_change(account) is not None:
                    await self._sign_out(work, issued.session, account, name, origin)

    async def _sign_out(self, work: AccessWork, session: SessionId, account: AccountId, name: str, origin: str) -> None:
        """End a session of an account, which is locked."""
        attempt = Attempt(name, origin, self._clock.now())
        await self._end(work, session, attempt.at)
        await self._attempts.record(work, attempt, SignInOutcome.SIGNED_OUT, account)

    async def sign_out_everywhere(self, caller: Caller, origin: str) -> None:
        """End all sessions of the caller's account, and make all its access tokens void. Raises `AccessDenied`."""
        authorise(caller, "sign_out_everywhere")
        account = own_account(caller)
        async with self._unit_of_work(caller.institution) as work:
            if await work.account_to_change(account) is None:  # a client, which comes in without one
                raise AccessDenied
            attempt = Attempt("", origin, self._clock.now())
            await end_everything(work, account, attempt.at, self._lifetimes)
            await self._attempts.record(work, attempt, SignInOutcome.SIGNED_OUT_EVERYWHERE, account)

    async def _stay(self, work: AccessWork, institution: InstitutionId, account: Account, session: SessionId) -> Tokens:
        claims = self._claims(institution, account.id, account.roles, session=session, account=account)
        secret = self._secrets.new()
        expires_at = claims.issued_at + self._lifetimes.refresh
        token = RefreshToken(digest(secret), session, account.id, claims.issued_at, expires_at)
        await work.add_refresh_token(token)
        return self._issued(claims, secret)

    def _claims(
        self,
        institution: InstitutionId,
        subject: UUID,
        roles: frozenset[Role],
        *,
        session: SessionId | None = None,
        scopes: frozenset[str] | None = None,
        account: Account | None = None,
    ) -> Claims:
        now = self._clock.now()
        return Claims(
            institution=institution,
            subject=subject,
            session=session,
            issued_at=now,
            expires_at=now + self._lifetimes.access,
            roles=frozenset(role.value for role in roles),
            scopes=scopes,
            student=None if account is None else account.student_id,
            instructor=None if account is None else account.instructor_id,
        )

    def _issued(self, claims: Claims, refresh_token: str | None) -> Tokens:
        return Tokens(
            access_token=self._tokens.issue(claims),
            expires_in=int(self._lifetimes.access.total_seconds()),
            refresh_token=refresh_token,
            scope=None if claims.scopes is None else " ".join(sorted(claims.scopes)),
        )

    async def _end(self, work: AccessWork, session: SessionId, now: datetime) -> None:
        await work.end_session(session)
        await work.void_tokens(session, now, now + self._lifetimes.void)


async def end_everything(work: AccessWork, account: AccountId, now: datetime, lifetimes: Lifetimes) -> None:
    """End all sessions of an account, and make all tokens void that were issued to it.

    The account is locked, and `now` was read since: nobody comes in, or trades a token in, meanwhile.
    """
    await work.end_sessions(account)
    await work.void_tokens(account, now, now + lifetimes.void)


def own_account(caller: Caller) -> AccountId:
    """The account that the caller came in with. Raises `AccessDenied` for who came in another way."""
    try:
        return AccountId(UUID(caller.subject))
    except ValueError:
        raise AccessDenied from None


def _client_id(text: str) -> ClientId | None:
    try:
        return ClientId(UUID(text))
    except ValueError:
        return None
