"""`matricula serve`: the REST API, in one process or several that share a port."""

import errno
import ipaddress
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Annotated

import typer

from interfaces.cli.output import note
from interfaces.cli.session import ServerSettings, session_of

APPLICATION = "interfaces.main.asgi:create_app"
PROTOCOL = "interfaces.cli.patience:Patience"

_GRACE_SECONDS = 5
"""How long answers may take to leave once the application has finished, which takes up to 20 seconds."""

_SHARED_FIGURES = "PROMETHEUS_MULTIPROC_DIR"
"""Names the folder of shared figures to the workers; the name is that of Prometheus's library."""


def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="The address to listen on.  [default: 127.0.0.1]")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.  [default: 8000]")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="How many processes serve.")] = 1,
) -> None:
    """Serve the REST API until it is told to stop; requests under way are finished first."""
    # The first process of a container ignores a signal that it does not handle, and a start takes its time.
    signal.signal(signal.SIGTERM, _end)
    session = session_of(context)
    settings = session.server()
    address = settings.host if host is None else host
    strangers = not is_loopback(address)
    chosen = free_port(address, settings.port if port is None else port)
    with session.ready_database(for_strangers=strangers) as origin:
        url = address_url(address, chosen)
        session.log_as_a_server()
        _announce(url, origin)
        with _sharing_figures(workers):
            _run(address, chosen, workers, settings)


def _announce(url: str, origin: str) -> None:
    """Say where the server is: to people in words, else as the first line of the log."""
    if sys.stderr.isatty():
        note(f"Serving {url} (documentation: {url}/docs) on {origin}; Ctrl-C stops.")
        return
    import structlog

    structlog.get_logger("matricula.serve").info("serving", url=url, database=origin)


@contextmanager
def _sharing_figures(workers: int) -> Iterator[None]:
    """While the block lasts, workers who are several have a folder through which each can tell the figures of all."""
    if workers == 1:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="matricula-metrics-") as folder:
        os.environ[_SHARED_FIGURES] = folder
        try:
            yield
        finally:
            del os.environ[_SHARED_FIGURES]


def _run(host: str, port: int, workers: int, settings: ServerSettings) -> None:
    import uvicorn

    from interfaces.cli.workers import Workers

    # The server hands a signal on once it has stopped; an orderly stop is no failure.
    signal.signal(signal.SIGINT, _end)
    config = uvicorn.Config(
        APPLICATION,
        factory=True,
        host=host,
        port=port,
        workers=workers,
        http=PROTOCOL,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        limit_concurrency=settings.connection_limit,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    if workers > 1:
        parent = Workers(config, [config.bind_socket()])
        parent.run()
        if parent.exit_code:
            raise typer.Exit(parent.exit_code)
    else:
        uvicorn.Server(config).run()


def _end(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server at `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def free_port(host: str, port: int) -> int:
    """The port itself, or any free one for 0. Raises `typer.BadParameter` when it cannot be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.create_server((host, port), family=family) as probe:
            return int(probe.getsockname()[1])
    except OSError as error:
        # Python adds its own account of what it tried to what the system says.
        number = error.errno or 0
        reason = os.strerror(number) if number in errno.errorcode else error.strerror or str(error)
        if number == errno.EADDRINUSE:
            reason = "another program listens there; choose another port, or 0 for one that is free"
        raise typer.BadParameter(f"{host} port {port}: {reason}") from error


def address_url(host: str, port: int) -> str:
    """The base address of a server, for people on this machine."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - shown, not bound
    return f"http://{shown}:{port}"
