"""The smallest FastAPI application: what reads are compared with."""

from fastapi import FastAPI

PATH = "/hello"


def application() -> FastAPI:
    """Make it."""
    app = FastAPI()

    async def say_hello() -> dict[str, str]:
        return {"message": "hello"}

    app.add_api_route(PATH, say_hello)
    app.add_api_route("/readyz", say_hello)
    return app
