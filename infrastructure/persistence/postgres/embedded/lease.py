"""A client's hold on a running server, which runs as long as anyone holds it; also its URLs and databases."""

import os
import weakref
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlencode

from infrastructure.persistence.postgres.embedded.endpoint import SUPERUSER, Endpoint
from infrastructure.persistence.postgres.embedded.errors import EmbeddedPostgresError

OWNER_ROLE = "matricula_owner"
APP_ROLE = "matricula_app"
_LONGEST_NAME = 63

# Held for the session, so that two processes that want the same database at the same moment make it once.
_ONE_AT_A_TIME = "SELECT 1 FROM pg_advisory_lock(20261124);\n"
_DROP = """DROP DATABASE IF EXISTS :"name" WITH (FORCE);\n"""
_CREATE = f"""
SELECT format('CREATE DATABASE %I OWNER {OWNER_ROLE} TEMPLATE %I', :'name', :'template')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \\gexec
REVOKE CONNECT ON DATABASE :"name" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"name" TO {APP_ROLE};
"""  # noqa: S608  # only constants are filled in; names go through psql's variables


class ServerLease:
    """A running server, held until `close` or the process's end; a child process needs one of its own."""

    def __init__(
        self,
        endpoint: Endpoint,
        descriptor: int,
        passwords: Mapping[str, str],
        before_release: Callable[[], None],
    ) -> None:
        """Only `EmbeddedPostgres.start` makes leases; *descriptor* holds the lease lock."""
        self._endpoint = endpoint
        self._descriptor: int | None = descriptor
        self._passwords = passwords
        self._before_release = before_release
        _open_leases.add(self)

    @property
    def socket_dir(self) -> Path:
        """The folder of the server's socket: the `host` of a connection."""
        return self._endpoint.socket_dir

    @property
    def port(self) -> int:
        """The server's port, of which the socket's name is made; also its TCP port if it listens on TCP."""
        return self._endpoint.port

    @property
    def tcp_port(self) -> int | None:
        """The port on 127.0.0.1, or None when the server does not listen on TCP."""
        return self._endpoint.port if self._endpoint.listens_on_tcp else None

    @property
    def superuser(self) -> str:
        """The superuser's role; it can be used over the socket only."""
        return SUPERUSER

    @property
    def bin_dir(self) -> Path:
        """The folder of psql, pg_dump, pg_restore, pgbench and the like."""
        return self._endpoint.bin_dir

    def owner_url(self, database: str, *, tcp: bool = False) -> str:
        """SQLAlchemy's URL of *database* as the role that owns it and its tables; raises like `app_url`."""
        return self._url(OWNER_ROLE, database, tcp=tcp)

    def app_url(self, database: str, *, tcp: bool = False) -> str:
        """SQLAlchemy's URL of *database* as the application's role, over the socket or over TCP.

        Raises EmbeddedPostgresError when TCP is asked for and the server does not listen on it.
        """
        return self._url(APP_ROLE, database, tcp=tcp)

    def superuser_url(self, database: str = "postgres") -> str:
        """SQLAlchemy's URL of *database* as superuser, over the socket."""
        return self._url(SUPERUSER, database, tcp=False)

    def ensure_database(self, name: str, *, recreate: bool = False, template: str | None = None) -> bool:
        """Make sure there is a database *name*, owned by matricula_owner, to which matricula_app may connect.

        With *recreate* an existing one is dropped first, its sessions ended. *template* is the database
        to copy, to which nobody may be connected meanwhile. Returns whether a database was created;
        raises EmbeddedPostgresError.
        """
        if not name or len(name.encode()) > _LONGEST_NAME:
            raise EmbeddedPostgresError(f"a database's name has 1 to {_LONGEST_NAME} bytes: {name!r}")
        script = _ONE_AT_A_TIME + (_DROP if recreate else "") + _CREATE
        output = self._endpoint.run_sql(script, variables={"name": name, "template": template or "template1"})
        return "CREATE DATABASE" in output.splitlines()

    def close(self) -> None:
        """Let go of the server, which stops if nobody else holds it; does nothing the second time."""
        if self._descriptor is None:
            return
        with suppress(EmbeddedPostgresError, OSError):
            self._before_release()
        self._drop_descriptor()

    def _drop_descriptor(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _url(self, role: str, database: str, *, tcp: bool) -> str:
        scheme = f"postgresql+asyncpg://{quote(role, safe='')}"
        if not tcp:
            where = urlencode({"host": str(self.socket_dir), "port": self.port}, safe="/")
            return f"{scheme}@/{quote(database, safe='')}?{where}"
        if self.tcp_port is None:
            raise EmbeddedPostgresError("the embedded server does not listen on TCP: start it with a tcp_port")
        password = quote(self._passwords[role], safe="")
        return f"{scheme}:{password}@127.0.0.1:{self.tcp_port}/{quote(database, safe='')}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


_open_leases: "weakref.WeakSet[ServerLease]" = weakref.WeakSet()


def _forget_leases_of_the_parent() -> None:
    """In a forked child: close the copies, which would else keep the server running for the child's life."""
    for lease in list(_open_leases):
        lease._drop_descriptor()  # noqa: SLF001  # the module's own class


os.register_at_fork(after_in_child=_forget_leases_of_the_parent)
