"""The server looks at waitlists by itself, goes on whatever goes wrong, and stops when it stops."""

import asyncio
import json
from contextlib import AbstractAsyncContextManager
from uuid import UUID

import httpx
import pytest

from application.shared.caller import Caller, Role
from application.shared.errors import Unavailable
from application.shared.institutions import InstitutionView
from application.shared.paging import Page, PageQuery
from domain.shared.identifiers import TermId
from infrastructure.bootstrap.container import Container
from infrastructure.bootstrap.settings import Settings
from interfaces.main.asgi import app_for
from interfaces.main.logging import configure_logging
from interfaces.main.queue_reviews import reviewing_queues

SOON = 0.001
TERM = TermId(UUID(int=9))


class Institutions:
    """Three institutions on pages of one."""

    async def list(self, query: PageQuery) -> Page[InstitutionView]:
        number = int(query.cursor or 1)
        view = InstitutionView(code=f"i{number}", name="Some", id=UUID(int=number), version=1)
        return Page([view], str(number + 1) if number < 3 else None)


class Review:
    """Counts the callers it was asked by; fails as it is told."""

    def __init__(self, *failures: Exception | None) -> None:
        self.callers: list[Caller] = []
        self._failures = list(failures)
        self._asked: asyncio.Queue[None] = asyncio.Queue()

    async def execute(self, caller: Caller) -> tuple[TermId, ...]:
        self.callers.append(caller)
        self._asked.put_nowait(None)
        failure = self._failures.pop(0) if self._failures else None
        if failure is not None:
            raise failure
        return (TERM,)

    async def asked(self, times: int) -> None:
        """Wait until it was asked so many times more."""
        async with asyncio.timeout(10):
            for _ in range(times):
                await self._asked.get()


def reviewing(review: Review, seconds: float = SOON) -> AbstractAsyncContextManager[None]:
    """Reviews for a block."""
    return reviewing_queues(Institutions, lambda: review, seconds)  # type: ignore[arg-type,return-value]  # fakes


async def test_every_institution_is_reviewed_again_and_again_by_the_clock() -> None:
    review = Review()
    async with reviewing(review):
        await review.asked(6)

    assert [caller.institution.int for caller in review.callers[:6]] == [1, 2, 3, 1, 2, 3]
    assert {(caller.subject, caller.roles) for caller in review.callers} == {("clock", frozenset({Role.REGISTRAR}))}


async def test_after_the_block_nothing_is_reviewed() -> None:
    review = Review()
    async with reviewing(review):
        await review.asked(1)
    asked = len(review.callers)
    await asyncio.sleep(10 * SOON)

    assert len(review.callers) == asked


async def test_a_pause_of_0_reviews_nothing() -> None:
    review = Review()
    async with reviewing(review, 0):
        await asyncio.sleep(10 * SOON)

    assert review.callers == []


async def test_what_goes_wrong_at_one_institution_is_logged_and_stops_no_other(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging("info", "json")
    review = Review(RuntimeError("a defect"), Unavailable("The database is away."))
    async with reviewing(review):
        await review.asked(4)
    configure_logging("error", "json")

    first, second, third, *_ = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert (first["event"], first["level"], first["institution"][-1]) == ("queues_not_reviewed", "error", "1")
    assert "a defect" in first["exception"]
    assert (second["event"], second["level"], second["institution"][-1]) == ("queues_not_reviewed", "warning", "2")
    assert second["reason"] == "The database is away."
    assert (third["event"], third["terms"], third["institution"][-1]) == ("queues_moved", [str(TERM)], "3")


async def test_the_served_application_reviews_as_often_as_the_settings_say(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    review = Review()
    settings = Settings.from_environment(persistence="memory", queue_review_seconds=SOON)
    container = Container(settings=settings)
    with container.review_queues.override(review):
        app = app_for(container)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://matricula.test") as client,
        ):
            founded = await client.post("/v1/institutions", json={"code": "main", "name": "Main"})
            await review.asked(1)

    assert str(review.callers[0].institution) == founded.json()["id"]
