"""Keeping accounts: opening them, closing them, and giving them another password."""

import re
from uuid import UUID

from pydantic import SecretStr

from application.access.attempts import Attempts, digest
from application.access.deeds import Deeds
from application.access.dto import AccountFields, AccountView
from application.access.ports import AccessUnitOfWork, AccessWork, Passwords, SignInOutcome
from application.access.sign_in import Lifetimes, end_everything, own_account
from application.shared.access import authorise
from application.shared.caller import Caller
from application.shared.clock import Clock, IdGenerator
from application.shared.dto import reference
from application.shared.errors import AccessDenied, AlreadyExists, NotFound, UnknownReference
from application.shared.idempotency import Answer, KeyedRequest, answer_once, require_key
from application.shared.paging import Page, PageQuery
from domain.access.account import Account, normalised_email
from domain.people.instructor import Instructor
from domain.people.student import Student
from domain.shared.identifiers import AccountId, InstructorId, StudentId

KIND = "account"


class KeepAccounts:
    """The use cases. Whoever closes an account or changes its password ends all its sessions.

    `origin` is the address that the caller asks from. What is done to an account is in the audit, with who did it.
    """

    def __init__(
        self,
        unit_of_work: AccessUnitOfWork,
        passwords: Passwords,
        clock: Clock,
        ids: IdGenerator,
        lifetimes: Lifetimes,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._attempts = Attempts(unit_of_work, clock, ids)
        self._deeds = Deeds(clock, ids)
        self._passwords = passwords
        self._clock = clock
        self._ids = ids
        self._lifetimes = lifetimes

    async def open(self, caller: Caller, fields: AccountFields, origin: str = "local") -> AccountView:
        """Open an account.

        Raises `AlreadyExists`, `UnknownReference`, `InvalidField` for a weak password, `InvalidValue` for roles that do
        not go with the person, `AccessDenied`.
        """
        return (await self._open(caller, fields, origin, None)).view

    async def open_once(
        self, caller: Caller, fields: AccountFields, key: str, origin: str = "local"
    ) -> Answer[AccountView]:
        """Open an account, or give the answer that the same request with this idempotency `key` got before.

        Raises what `open` raises, and `KeyReused`, for another password as well.
        """
        require_key(key)
        return await self._open(caller, fields, origin, key)

    async def _open(self, caller: Caller, fields: AccountFields, origin: str, key: str | None) -> Answer[AccountView]:
        authorise(caller, "create_account")
        password_hash = None if fields.password is None else await self._hashed(fields.email, fields.password)
        request = None if key is None else await self._keyed(caller, fields, key)

        async def opened() -> AccountView:
            if await work.account_of(fields.email) is not None:
                raise AlreadyExists(KIND, "email")
            student = await _person(work, Student, "student", fields.student)
            instructor = await _person(work, Instructor, "instructor", fields.instructor)
            account = Account(
                id=AccountId(self._ids.new()),
                email=fields.email,
                roles=fields.roles,
                created_at=self._clock.now(),
                password_hash=password_hash,
                student_id=None if student is None else StudentId(student),
                instructor_id=None if instructor is None else InstructorId(instructor),
            )
            await work.add_account(account)
            await self._deeds.to_account(work, account, SignInOutcome.ACCOUNT_OPENED, caller, origin)
            return view_of(account)

        async with self._unit_of_work(caller.institution) as work:
            if request is None:
                return Answer(await opened())
            return await answer_once(work.kept_answers, request, AccountView, opened)

    async def _keyed(self, caller: Caller, fields: AccountFields, key: str) -> KeyedRequest:
        asked = fields.model_dump_json(exclude={"password"})
        if fields.password is not None:
            # What is kept of the request tells the password no sooner than the account's hash.
            about = "\0".join((str(caller.institution), caller.subject, key))
            asked += await self._passwords.digest(fields.password.get_secret_value(), about=about)
        return KeyedRequest.of(caller.subject, key, "create account", asked)

    async def list(self, caller: Caller, query: PageQuery) -> Page[AccountView]:
        """Read a page of the accounts. Raises `InvalidRequest`, `AccessDenied`."""
        authorise(caller, "list_accounts")
        async with self._unit_of_work(caller.institution) as work:
            return await work.accounts(query)

    async def get(self, caller: Caller, identifier: UUID) -> AccountView:
        """Read an account. Raises `NotFound`, `AccessDenied`."""
        authorise(caller, "get_account")
        async with self._unit_of_work(caller.institution) as work:
            return view_of(await _stored(work, identifier))

    async def own(self, caller: Caller) -> AccountView:
        """Read the caller's own account. Raises `AccessDenied` for callers who have none."""
        authorise(caller, "get_own_account")
        async with self._unit_of_work(caller.institution) as work:
            account = await work.account(own_account(caller))
        if account is None:
            raise AccessDenied
        return view_of(account)

    async def find(self, caller: Caller, email: str) -> AccountView:
        """The account with that address. Raises `NotFound`, `AccessDenied`."""
        authorise(caller, "list_accounts")
        async with self._unit_of_work(caller.institution) as work:
            account = await work.account_of(normalised_email(email))
        if account is None:
            raise NotFound(KIND, email)
        return view_of(account)

    async def disable(self, caller: Caller, identifier: UUID, origin: str = "local") -> AccountView:
        """Close an account and end all that its person has going. Raises `NotFound`, `AccessDenied`."""
        authorise(caller, "disable_account")
        async with self._unit_of_work(caller.institution) as work:
            stored = await _to_change(work, identifier)
            now = self._clock.now()
            account = stored.disabled(now)
            await work.save_account(account)
            await end_everything(work, account.id, now, self._lifetimes)
            await self._deeds.to_account(work, account, SignInOutcome.ACCOUNT_CLOSED, caller, origin)
            return view_of(account)

    async def enable(self, caller: Caller, identifier: UUID, origin: str = "local") -> AccountView:
        """Open a closed account again. Raises `NotFound`, `AccessDenied`."""
        authorise(caller, "enable_account")
        async with self._unit_of_work(caller.institution) as work:
            account = (await _to_change(work, identifier)).enabled()
            await work.save_account(account)
            await self._deeds.to_account(work, account, SignInOutcome.ACCOUNT_REOPENED, caller, origin)
            return view_of(account)

    async def reset_password(
        self, caller: Caller, identifier: UUID, password: SecretStr, origin: str = "local"
    ) -> AccountView:
        """Give an account another password, as an administrator. Raises `NotFound`, `InvalidField`, `AccessDenied`."""
        authorise(caller, "reset_password")
        async with self._unit_of_work(caller.institution) as work:
            email = (await _stored(work, identifier)).email
        password_hash = await self._hashed(email, password)
        async with self._unit_of_work(caller.institution) as work:
            account = await _to_change(work, identifier)
            await self._deeds.to_account(work, account, SignInOutcome.PASSWORD_RESET, caller, origin)
            return await self._replaced(work, account, password_hash)

    async def change_password(
        self, caller: Caller, old: SecretStr, new: SecretStr, origin: str = "local"
    ) -> AccountView:
        """Give the caller's own account another password; the old one proves who asks, at `origin`.

        Whoever has only the caller's token guesses at it no faster than at the door. Raises `AccessDenied` for a wrong
        one, and for callers who have no account; `TooManyAttempts`, `InvalidField`.
        """
        authorise(caller, "change_password")
        identifier = own_account(caller)
        async with self._unit_of_work(caller.institution) as work:
            account = await work.account(identifier)
        if account is None:
            raise AccessDenied
        await self._check(account.email, new)  # before the attempt: a weak one says nothing about who asks
        attempt = await self._attempts.admit(caller.institution, digest(account.email), origin)
        stored = account.password_hash
        if not await self._passwords.matches(old.get_secret_value(), stored):
            await self._attempts.refuse(caller.institution, attempt, account.id)
            raise AccessDenied
        password_hash = await self._passwords.hash(new.get_secret_value())
        async with self._unit_of_work(caller.institution) as work:
            now = await _to_change(work, identifier)
            if now.password_hash == stored:
                await self._attempts.succeed(work, attempt, account.id, SignInOutcome.PASSWORD_CHANGED)
                return await self._replaced(work, now, password_hash)
            # It was changed while it was looked at.
            await self._attempts.fail(work, attempt, account.id)
        raise AccessDenied

    async def _replaced(self, work: AccessWork, account: Account, password_hash: str) -> AccountView:
        changed = account.with_password(password_hash)
        await work.save_account(changed)
        await end_everything(work, changed.id, self._clock.now(), self._lifetimes)
        return view_of(changed)

    async def _hashed(self, email: str, password: SecretStr) -> str:
        await self._check(email, password)
        return await self._passwords.hash(password.get_secret_value())

    async def _check(self, email: str, password: SecretStr) -> None:
        about = {email, *email.split("@"), *re.findall(r"\w+", email)}
        await self._passwords.check(password.get_secret_value(), about=about)


async def _to_change(work: AccessWork, identifier: UUID) -> Account:
    account = await work.account_to_change(AccountId(identifier))
    if account is None:
        raise NotFound(KIND, str(identifier))
    return account


async def _stored(work: AccessWork, identifier: UUID) -> Account:
    account = await work.account(AccountId(identifier))
    if account is None:
        raise NotFound(KIND, str(identifier))
    return account


async def _person(work: AccessWork, entity: type[Student | Instructor], field: str, given: str | None) -> UUID | None:
    if given is None:
        return None
    found = await work.identify(entity, reference(given))
    if found is None:
        raise UnknownReference(field, given)
    return found


def view_of(account: Account) -> AccountView:
    """What is shown of an account."""
    return AccountView(
        id=account.id,
        email=account.email,
        roles=account.roles,
        student=account.student_id,
        instructor=account.instructor_id,
        has_password=account.password_hash is not None,
        created_at=account.created_at,
        disabled_at=account.disabled_at,
    )
