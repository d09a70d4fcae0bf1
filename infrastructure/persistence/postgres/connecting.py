"""How connections are opened: to the server itself, or to a pooler that lends the server's for one transaction each.

Behind a pooler a session is told nothing: it is somebody else's a moment later. Settings go with each transaction.

A host that vanishes says nothing either. Both sides ask whether the other is still there: a server that is gone is
unavailable soon, instead of when TCP gives up, and one whose client is gone holds no lock for hours.
"""

import socket
from typing import Any
from uuid import uuid4

import asyncpg
from sqlalchemy import make_url

from infrastructure.persistence.pooler import Pooler

CONNECT_SECONDS = 10
_KEPT_STATEMENTS = "prepared_statement_cache_size"
"""Whoever wants no prepared statements to be kept says so in SQLAlchemy's words."""

_KEPT_BY_THE_DRIVER = "statement_cache_size"


_ASKED_AFTER, _ASKED_EVERY, _ASKED_TIMES = 10, 5, 3
SILENT_SECONDS = _ASKED_AFTER + _ASKED_EVERY * _ASKED_TIMES
"""So long after its last word the other side of a TCP connection is taken for lost."""

_OURS = {
    "TCP_KEEPIDLE": _ASKED_AFTER,
    "TCP_KEEPINTVL": _ASKED_EVERY,
    "TCP_KEEPCNT": _ASKED_TIMES,
    "TCP_USER_TIMEOUT": 1000 * SILENT_SECONDS,
}
"""Options of our socket by name, as far as the platform has them."""

_THEIRS = {
    "tcp_keepalives_idle": f"{_ASKED_AFTER}",
    "tcp_keepalives_interval": f"{_ASKED_EVERY}",
    "tcp_keepalives_count": f"{_ASKED_TIMES}",
    "tcp_user_timeout": f"{1000 * SILENT_SECONDS}",
}
"""Settings by which the server does the same; on a socket in the file system, and where it can't, it ignores them."""


class _Watched(asyncpg.Connection):  # type: ignore[misc]  # the driver's, untyped
    """Is lost when the server's host has been silent for too long."""

    def __init__(self, protocol: object, transport: Any, *arguments: object, **named: object) -> None:  # noqa: ANN401
        super().__init__(protocol, transport, *arguments, **named)
        connected = transport.get_extra_info("socket")
        if connected.family != socket.AF_UNIX:
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            for name, value in _OURS.items():
                if hasattr(socket, name):
                    connected.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


class _Pooled(_Watched):
    """Leaves no setting in a session that is lent, and names its prepared statements as nobody else does.

    The driver counts them, in each process from one. A pooler that passes names on would let a client run the
    statement of another; of these names it can only say that it doesn't know them.
    """

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)
        # Else the driver turns off compiling for good when it looks up types; our transactions do it for themselves.
        self._server_caps = self._server_caps._replace(jit=False)  # type: ignore[has-type]  # same

    def _get_unique_id(self, prefix: str) -> str:
        return f"__asyncpg_{prefix}_{uuid4().hex}__"


class _PooledWithoutStatements(_Pooled):
    """Gives its prepared statements no names: each is gone with the next one, and none stays in the server."""

    def _get_unique_id(self, prefix: str) -> str:
        return "" if prefix == "stmt" else super()._get_unique_id(prefix)


def driver_arguments(url: str) -> dict[str, Any]:
    """What the driver takes for a URL, as SQLAlchemy reads it, encryption included."""
    parsed = make_url(url)
    _, target = parsed.get_dialect()().create_connect_args(parsed)
    target.pop(_KEPT_STATEMENTS, None)
    return {**target, **_kept_by_the_driver(url)}


def session_arguments(url: str, pooler: Pooler, **settings: str) -> dict[str, Any]:
    """What a connection is opened with beyond its URL; `settings` are the session's, where there is one."""
    kept = _kept_by_the_driver(url)
    if pooler is Pooler.NONE:
        told = {"application_name": "matricula", **_THEIRS, **settings}
        return {"server_settings": told, "connection_class": _Watched, **kept}
    return {"connection_class": _PooledWithoutStatements if kept == {_KEPT_BY_THE_DRIVER: 0} else _Pooled, **kept}


def _kept_by_the_driver(url: str) -> dict[str, int]:
    kept = make_url(url).query.get(_KEPT_STATEMENTS)
    return {} if kept is None else {_KEPT_BY_THE_DRIVER: int(str(kept))}
