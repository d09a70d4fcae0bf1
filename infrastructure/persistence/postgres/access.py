"""The Postgres adapter of access: accounts, clients, sessions and failures in one transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from application.access.dto import ACCOUNT_LISTING, CLIENT_LISTING, AccountView, ClientView
from application.access.ports import SignIn
from application.shared.paging import Page, PageQuery
from domain.access.account import Account
from domain.access.client import ApiClient
from domain.access.session import RefreshToken
from domain.access.throttle import FORGOTTEN_AFTER, GIVEN_UP_AFTER, Failures
from domain.people.instructor import Instructor
from domain.people.student import Student
from domain.shared.identifiers import AccountId, ClientId, InstitutionId, InstructorId, SessionId, StudentId
from domain.shared.reference import Reference
from domain.shared.role import Role
from infrastructure.persistence.postgres.failures import storing
from infrastructure.persistence.postgres.kept_answers import PostgresKeptAnswers
from infrastructure.persistence.postgres.mapping.entities import mapper_for
from infrastructure.persistence.postgres.readers.paging import Columns, fetch_page
from infrastructure.persistence.postgres.records import TableRecords
from infrastructure.persistence.postgres.rows.access import (
    AccountRow,
    ApiClientRow,
    RefreshTokenRow,
    SignInFailureRow,
    SignInRow,
    TokenRevocationRow,
)

_REMOVED_AT_ONCE = 20
"""How many rows that nobody will ask for go with each write of their table: tables stay small without a sweeper."""


class PostgresAccessWork:
    """The `AccessWork` port in one transaction."""

    def __init__(self, session: AsyncSession, driver: asyncpg.Connection, institution: InstitutionId) -> None:
        self._session = session
        self._institution = institution
        self.kept_answers = PostgresKeptAnswers(driver, institution)

    async def account(self, identifier: AccountId) -> Account | None:
        """See `AccessWork.account`."""
        row = await self._session.get(AccountRow, (self._institution, identifier))
        return None if row is None else _account(row)

    async def account_to_change(self, identifier: AccountId) -> Account | None:
        """See `AccessWork.account_to_change`."""
        key = (self._institution, identifier)
        row = await self._session.get(AccountRow, key, with_for_update={"key_share": True}, populate_existing=True)
        return None if row is None else _account(row)

    async def account_of(self, email: str) -> Account | None:
        """See `AccessWork.account_of`."""
        found = select(AccountRow).where(AccountRow.institution_id == self._institution, AccountRow.email == email)
        row = await self._session.scalar(found)
        return None if row is None else _account(row)

    async def add_account(self, account: Account) -> None:
        """See `AccessWork.add_account`."""
        with storing("account", frozenset({AccountRow.__tablename__})):
            self._session.add(AccountRow(institution_id=self._institution, id=account.id, **_account_values(account)))
            await self._session.flush()

    async def save_account(self, account: Account) -> None:
        """See `AccessWork.save_account`."""
        row = await self._session.get_one(AccountRow, (self._institution, account.id))
        with storing("account", frozenset({AccountRow.__tablename__})):
            for name, value in _account_values(account).items():
                setattr(row, name, value)
            await self._session.flush()

    async def accounts(self, query: PageQuery) -> Page[AccountView]:
        """See `AccessWork.accounts`."""
        selected = select(
            AccountRow.id,
            AccountRow.email,
            AccountRow.roles,
            AccountRow.student_id.label("student"),
            AccountRow.instructor_id.label("instructor"),
            AccountRow.password_hash.is_not(None).label("has_password"),
            AccountRow.created_at,
            AccountRow.disabled_at,
        ).where(AccountRow.institution_id == self._institution)
        by_name = {"email": AccountRow.email, "created_at": AccountRow.created_at}
        columns = Columns(AccountRow.id, by_name)
        rows, cursor = await fetch_page(self._session, selected, columns, ACCOUNT_LISTING, query)
        return Page([AccountView.model_validate(row) for row in rows], cursor)

    async def client(self, identifier: ClientId) -> ApiClient | None:
        """See `AccessWork.client`."""
        row = await self._session.get(ApiClientRow, (self._institution, identifier))
        return None if row is None else _client(row)

    async def client_to_change(self, identifier: ClientId) -> ApiClient | None:
        """See `AccessWork.client_to_change`."""
        key = (self._institution, identifier)
        row = await self._session.get(ApiClientRow, key, with_for_update={"key_share": True}, populate_existing=True)
        return None if row is None else _client(row)

    async def add_client(self, client: ApiClient) -> None:
        """See `AccessWork.add_client`."""
        with storing("client", frozenset({ApiClientRow.__tablename__})):
            self._session.add(ApiClientRow(institution_id=self._institution, id=client.id, **_client_values(client)))
            await self._session.flush()

    async def save_client(self, client: ApiClient) -> None:
        """See `AccessWork.save_client`."""
        row = await self._session.get_one(ApiClientRow, (self._institution, client.id))
        for name, value in _client_values(client).items():
            setattr(row, name, value)
        await self._session.flush()

    async def clients(self, query: PageQuery) -> Page[ClientView]:
        """See `AccessWork.clients`."""
        selected = select(
            ApiClientRow.id,
            ApiClientRow.name,
            ApiClientRow.scopes,
            ApiClientRow.created_at,
            ApiClientRow.disabled_at,
        ).where(ApiClientRow.institution_id == self._institution)
        columns = Columns(ApiClientRow.id, {"name": ApiClientRow.name, "created_at": ApiClientRow.created_at})
        rows, cursor = await fetch_page(self._session, selected, columns, CLIENT_LISTING, query)
        return Page([ClientView.model_validate(row) for row in rows], cursor)

    async def refresh_token(self, digest: str) -> RefreshToken | None:
        """See `AccessWork.refresh_token`."""
        # The account first, as everybody who changes its sessions does; then what the lock was waited for is seen.
        owner = select(RefreshTokenRow.account_id).where(
            RefreshTokenRow.institution_id == self._institution, RefreshTokenRow.digest == digest
        )
        locked = select(AccountRow.id).where(
            AccountRow.institution_id == self._institution, AccountRow.id == owner.scalar_subquery()
        )
        await self._session.execute(locked.with_for_update(key_share=True))
        row = await self._session.get(RefreshTokenRow, (self._institution, digest))
        if row is None:
            return None
        return RefreshToken(
            row.digest, SessionId(row.session_id), AccountId(row.account_id), row.issued_at, row.expires_at, row.used_at
        )

    async def add_refresh_token(self, token: RefreshToken) -> None:
        """See `AccessWork.add_refresh_token`."""
        expired = delete(RefreshTokenRow).where(
            RefreshTokenRow.institution_id == self._institution,
            RefreshTokenRow.account_id == token.account,
            RefreshTokenRow.expires_at < token.issued_at,
        )
        await self._session.execute(expired)
        self._session.add(
            RefreshTokenRow(
                institution_id=self._institution,
                digest=token.digest,
                session_id=token.session,
                account_id=token.account,
                issued_at=token.issued_at,
                expires_at=token.expires_at,
                used_at=token.used_at,
            )
        )
        await self._session.flush()

    async def save_refresh_token(self, token: RefreshToken) -> None:
        """See `AccessWork.save_refresh_token`."""
        row = await self._session.get_one(RefreshTokenRow, (self._institution, token.digest))
        row.used_at = token.used_at
        await self._session.flush()

    async def end_session(self, session: SessionId) -> None:
        """See `AccessWork.end_session`."""
        ended = delete(RefreshTokenRow).where(
            RefreshTokenRow.institution_id == self._institution, RefreshTokenRow.session_id == session
        )
        await self._session.execute(ended)

    async def end_sessions(self, account: AccountId) -> None:
        """See `AccessWork.end_sessions`."""
        ended = delete(RefreshTokenRow).where(
            RefreshTokenRow.institution_id == self._institution, RefreshTokenRow.account_id == account
        )
        await self._session.execute(ended)

    async def void_tokens(self, subject: UUID, before: datetime, until: datetime) -> None:
        """See `AccessWork.void_tokens`."""
        over = delete(TokenRevocationRow).where(
            TokenRevocationRow.institution_id == self._institution, TokenRevocationRow.until < before
        )
        await self._session.execute(over)
        added = insert(TokenRevocationRow).values(
            institution_id=self._institution, subject=subject, before=before, until=until
        )
        later = {name: func.greatest(getattr(TokenRevocationRow, name), added.excluded[name]) for name in _VOID}
        key = [TokenRevocationRow.institution_id, TokenRevocationRow.subject]
        await self._session.execute(added.on_conflict_do_update(index_elements=key, set_=later))

    async def void(self) -> Mapping[UUID, datetime]:
        """See `AccessWork.void`."""
        found = select(TokenRevocationRow.subject, TokenRevocationRow.before).where(
            TokenRevocationRow.institution_id == self._institution
        )
        return {row.subject: row.before for row in await self._session.execute(found)}

    async def failures(self, key: str) -> Failures:
        """See `AccessWork.failures`."""
        # A row that is not there could not be locked: it is made.
        none = insert(SignInFailureRow).values(institution_id=self._institution, key=key, **_failure_values(Failures()))
        locked = none.on_conflict_do_update(
            index_elements=[SignInFailureRow.institution_id, SignInFailureRow.key],
            set_={"count": SignInFailureRow.count},
        ).returning(SignInFailureRow.count, SignInFailureRow.last_at, SignInFailureRow.under_way)
        count, last_at, under_way = (await self._session.execute(locked)).one()
        return Failures(count, last_at, tuple(under_way))

    async def save_failures(self, key: str, failures: Failures) -> None:
        """See `AccessWork.save_failures`."""
        own = (SignInFailureRow.institution_id == self._institution, SignInFailureRow.key == key)
        if failures.are_none():
            await self._session.execute(delete(SignInFailureRow).where(*own))
            return
        values = _failure_values(failures)
        stored = insert(SignInFailureRow).values(institution_id=self._institution, key=key, **values)
        conflict = [SignInFailureRow.institution_id, SignInFailureRow.key]
        await self._session.execute(stored.on_conflict_do_update(index_elements=conflict, set_=values))
        forgotten = (
            select(SignInFailureRow.key)
            .where(
                SignInFailureRow.institution_id == self._institution,
                SignInFailureRow.last_at < failures.last_at - FORGOTTEN_AFTER - GIVEN_UP_AFTER,
            )
            .limit(_REMOVED_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        gone = delete(SignInFailureRow).where(
            SignInFailureRow.institution_id == self._institution, SignInFailureRow.key.in_(forgotten)
        )
        await self._session.execute(gone)

    async def record_sign_in(self, line: SignIn) -> None:
        """See `AccessWork.record_sign_in`."""
        self._session.add(
            SignInRow(
                institution_id=self._institution,
                id=line.id,
                outcome=line.outcome.value,
                subject=line.subject,
                name=line.name,
                origin=line.origin,
                occurred_at=line.occurred_at,
                actor=line.actor,
            )
        )
        await self._session.flush()

    async def identify(self, entity: type[Student | Instructor], reference: Reference) -> UUID | None:
        """See `AccessWork.identify`."""
        records: TableRecords[Any, Any] = TableRecords(self._session, self._institution, mapper_for(entity))
        return await records.identify(reference)


_VOID = ("before", "until")


def _failure_values(failures: Failures) -> dict[str, Any]:
    return {"count": failures.count, "last_at": failures.last_at, "under_way": list(failures.under_way)}


def _account(row: AccountRow) -> Account:
    return Account(
        id=AccountId(row.id),
        email=row.email,
        roles=frozenset(Role(role) for role in row.roles),
        created_at=row.created_at,
        password_hash=row.password_hash,
        student_id=None if row.student_id is None else StudentId(row.student_id),
        instructor_id=None if row.instructor_id is None else InstructorId(row.instructor_id),
        disabled_at=row.disabled_at,
    )


def _account_values(account: Account) -> dict[str, Any]:
    return {
        "email": account.email,
        "roles": sorted(account.roles),
        "password_hash": account.password_hash,
        "student_id": account.student_id,
        "instructor_id": account.instructor_id,
        "created_at": account.created_at,
        "disabled_at": account.disabled_at,
    }


def _client(row: ApiClientRow) -> ApiClient:
    return ApiClient(
        ClientId(row.id), row.name, row.secret_hash, frozenset(row.scopes), row.created_at, row.disabled_at
    )


def _client_values(client: ApiClient) -> dict[str, Any]:
    return {
        "name": client.name,
        "secret_hash": client.secret_hash,
        "scopes": sorted(client.scopes),
        "created_at": client.created_at,
        "disabled_at": client.disabled_at,
    }
