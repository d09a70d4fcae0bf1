"""Reaches what the container provides, by name, without knowing the container: the one module that is wired to it."""

from collections.abc import Awaitable, Callable
from typing import Any

from dependency_injector.wiring import Provide, inject


def provider(name: str) -> Callable[[], Any]:
    """What answers with what the container provides as `name`; the annotation at its place of use says what that is."""

    @inject
    def provision(value: Any = Provide[name]) -> Any:  # noqa: ANN401 - the place of use names the type
        return value

    return provision


def provided(name: str) -> Callable[[], Awaitable[Any]]:
    """A dependency on what the container provides as `name`; the annotation at its place of use says what that is.

    It is asynchronous because FastAPI runs synchronous dependencies in a thread each.
    """
    provision = provider(name)

    async def dependency() -> Any:  # noqa: ANN401 - the place of use names the type
        return provision()

    return dependency
