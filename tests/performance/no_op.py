"""The product's application with a POST in front of its routes that only reads the body: what HTTP alone costs."""

from fastapi import FastAPI, Request

from interfaces.main.asgi import create_app

PATH = "/v1/no-op"


def application() -> FastAPI:
    """Make it."""
    app = create_app()

    async def no_op(request: Request) -> dict[str, bool]:
        await request.body()
        return {"ok": True}

    app.add_api_route(PATH, no_op, methods=["POST"])
    app.router.routes.insert(0, app.router.routes.pop())
    return app
