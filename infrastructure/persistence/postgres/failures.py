"""What the database refuses, in the application's words: read from the driver's fields, never from message text."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from socket import gaierror

import asyncpg
from sqlalchemy import URL, ForeignKeyConstraint, Index, Table, UniqueConstraint
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm.exc import StaleDataError

from application.shared.errors import (
    AlreadyExists,
    ApplicationError,
    Collision,
    Conflict,
    StaleWrite,
    StillReferenced,
    Unavailable,
    UnknownReference,
)
from infrastructure.persistence.postgres.rows.base import TENANT, Row

_PARTS: Mapping[str, str] = {
    "test_scores": "students",
    "student_advisors": "students",
    "sessions": "terms",
    "term_credit_limits": "terms",
    "time_tickets": "time-tickets",
    "time_ticket_students": "time-tickets",
    "time_ticket_programs": "time-tickets",
    "offering_courses": "offerings",
    "offering_programs": "offerings",
    "configurations": "offerings",
    "components": "offerings",
    "meetings": "sections",
    "section_instructors": "sections",
    "reserved_seats": "sections",
    "reserved_seats_students": "sections",
    "reserved_seats_programs": "sections",
    "seats": "sections",
    "section_seating": "sections",
    "term_registrations": "terms",
    "enrollment_sections": "enrollments",
    "waitlist_entries": "waitlist-entries",
    "waitlist_entry_sections": "waitlist-entries",
    "audit_events": "audit-events",
    "idempotency_keys": "terms",
    "course_attempts": "course-attempts",
    "api_clients": "clients",
    "refresh_tokens": "accounts",
}
"""The tables whose names callers do not know, and the collections that they know their rows by."""

_AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.InsufficientResourcesError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.DatabaseDroppedError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InvalidAuthorizationSpecificationError,
    # What the driver says of a connection that the server is about to close.
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)
"""The database, or the connection to it, is not there, or does not take what it took before."""

_PORT = 5432
"""Where PostgreSQL listens unless a URL says otherwise."""

_COLLIDED = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)


def driver_error(error: BaseException) -> BaseException:
    """The exception of asyncpg behind an exception of SQLAlchemy."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        return error.orig.__cause__ or error.orig
    return error


@cache
def _unique_keys() -> dict[str, str]:
    """For each primary key and unique constraint, as the database names it, the columns that a caller knows it by."""
    keys: dict[str, str] = {}
    for table in Row.metadata.tables.values():
        uniques: list[Index | UniqueConstraint] = [index for index in table.indexes if index.unique]
        uniques.extend(c for c in table.constraints if isinstance(c, UniqueConstraint))
        for unique in uniques:
            named = [column.name for column in unique.columns if column.name != TENANT]
            keys[_stored_name(table, "uq", unique)] = " and ".join(name.removesuffix("_id") for name in named)
        if "id" in table.primary_key.columns:
            keys[str(table.primary_key.name)] = "id"
    return keys


@cache
def _foreign_keys() -> dict[str, tuple[str, str]]:
    """For each foreign key, as the database names it, its table and the DTO field that it stands for."""
    return {
        name: (table.name, name.removeprefix(f"fk_{table.name}_"))
        for table in Row.metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, ForeignKeyConstraint)
        for name in (_stored_name(table, "fk", constraint),)
    }


def _stored_name(table: Table, prefix: str, constraint: Index | UniqueConstraint | ForeignKeyConstraint) -> str:
    """The name that the naming convention of the metadata gives a constraint; an index has the name it was given."""
    name = str(constraint.name)
    full = f"{prefix}_{table.name}_"
    return name if name.startswith(full) else f"{full}{name}"


@contextmanager
def storing(kind: str, own_tables: frozenset[str] = frozenset()) -> Iterator[None]:
    """Translate what the database refuses, through SQLAlchemy or the driver, while `kind` is stored in `own_tables`."""
    try:
        yield
    except StaleDataError as error:
        raise StaleWrite(kind) from error
    except (IntegrityError, asyncpg.IntegrityConstraintViolationError) as error:
        raise _refusal(kind, own_tables, driver_error(error)) from error


def _refusal(kind: str, own_tables: frozenset[str], cause: BaseException) -> ApplicationError:
    name = str(getattr(cause, "constraint_name", ""))
    if isinstance(cause, asyncpg.UniqueViolationError):
        return AlreadyExists(kind, _unique_keys().get(name, "key"))
    if isinstance(cause, asyncpg.ForeignKeyViolationError):
        table, field = _foreign_keys().get(name, (str(cause.table_name), name))
        if table in own_tables:
            return UnknownReference(field, "that the request names")
        return StillReferenced(kind, _PARTS.get(table, table))
    detail = f"The {kind} does not hold together."
    return Conflict(detail)


@contextmanager
def reaching_the_database(url: URL | None = None) -> Iterator[None]:
    """Turn the failure to reach the database, or the loss of the connection, into `Unavailable`; so a deadlock.

    Where `url` leads tells the cause.
    """
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeoutError, DBAPIError, *_COLLIDED, *_AWAY) as error:
        cause = driver_error(error)
        if isinstance(cause, _COLLIDED):
            detail = "Another transaction stood in the way."
            raise Collision(detail) from error
        lost = isinstance(error, DBAPIError) and error.connection_invalidated
        if lost or isinstance(cause, _AWAY) or isinstance(error, PoolTimeoutError):
            detail = "The database is away for now."
            raise Unavailable(detail, None if url is None else _cause(url, cause)) from error
        raise


def _cause(url: URL, error: BaseException) -> str | None:
    """Why nobody gets to where `url` leads, if that can be told; its password is in no sentence."""
    host = url.host or url.query.get("host")
    there = f"{host}:{url.port or url.query.get('port', _PORT)}"
    match error:
        case asyncpg.InvalidAuthorizationSpecificationError():
            return f"PostgreSQL at {there} refuses the role {url.username} or its password."
        case asyncpg.InvalidCatalogNameError():
            return f"There is no database {url.database} at {there}."
        case gaierror():
            return f"The host {host} of the database is not known."
        case ConnectionRefusedError() | FileNotFoundError() | TimeoutError():
            return f"No PostgreSQL listens at {there}."
        case OSError() if type(error) is OSError:  # of a host with several addresses, or of none that leads there
            return f"No PostgreSQL listens at {there}."
        case _:
            return None
