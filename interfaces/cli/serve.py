"""`matricula serve`: the REST API, in one process or several that share a port."""

import ipaddress
import signal
import socket
import sys
from typing import Annotated

import typer

from interfaces.cli.output import note
from interfaces.cli.session import session_of

APPLICATION = "interfaces.main.asgi:create_app"
PROTOCOL = "interfaces.cli.patience:Patience"
_GRACE_SECONDS = 25


def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="The address to listen on.  [default: 127.0.0.1]")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.  [default: 8000]")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="How many processes serve.")] = 1,
) -> None:
    """Serve the REST API until it is told to stop; requests under way are finished first."""
    session = session_of(context)
    settings = session.server()
    address = settings.host if host is None else host
    if not is_loopback(address) and not settings.allow_unauthenticated:
        raise typer.BadParameter(
            f"{address} can be reached from other machines, and every caller acts as administrator as long as there "
            "are no accounts; set MATRICULA_ALLOW_UNAUTHENTICATED=true if something else keeps strangers out"
        )
    chosen = free_port(address, settings.port if port is None else port)
    with session.ready_database() as origin:
        url = address_url(address, chosen)
        note(f"Serving {url} (documentation: {url}/docs) on {origin}; Ctrl-C stops.")
        _run(address, chosen, workers, settings.connection_limit)


def _run(host: str, port: int, workers: int, connection_limit: int) -> None:
    import uvicorn

    # The server hands a signal on once it has stopped; an orderly stop is no failure.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))
    uvicorn.run(
        APPLICATION,
        factory=True,
        host=host,
        port=port,
        workers=workers,
        http=PROTOCOL,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=connection_limit,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )


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
        raise typer.BadParameter(f"{host} port {port}: {error.strerror or error}") from error


def address_url(host: str, port: int) -> str:
    """The base address of a server, for people on this machine."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - shown, not bound
    return f"http://{shown}:{port}"
