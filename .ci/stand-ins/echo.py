"""A server that is ready and sends back what a WebSocket says: shows that a proxy passes upgrades on."""

import asyncio
import http

from websockets.asyncio.server import Request, Response, ServerConnection, serve


async def main() -> None:
    """Serve for ever."""

    def answer(connection: ServerConnection, request: Request) -> Response | None:
        return connection.respond(http.HTTPStatus.OK, "ready\n") if request.path == "/readyz" else None

    async def echo(connection: ServerConnection) -> None:
        async for message in connection:
            await connection.send(message)

    async with serve(echo, "0.0.0.0", 8000, process_request=answer):  # noqa: S104 - in a container
        await asyncio.Future()


asyncio.run(main())
