"""Time acts on waitlists without anybody's command: the server looks at the queues again and again."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import structlog

from application.registration.waitlists import ReviewQueues
from application.shared.caller import Caller, Role
from application.shared.errors import Unavailable
from application.shared.institutions import KeepInstitutions
from application.shared.paging import MAXIMUM_LIMIT, PageQuery
from domain.shared.identifiers import InstitutionId

SUBJECT = "clock"
"""Who acts, in the audit log."""

_log = structlog.get_logger("matricula.queues")


@asynccontextmanager
async def reviewing_queues(
    institutions: Callable[[], KeepInstitutions], review: Callable[[], ReviewQueues], seconds: float
) -> AsyncIterator[None]:
    """While the block lasts, review the queues of every institution, with a pause of `seconds`; 0 reviews none."""
    if seconds == 0:
        yield
        return
    task = asyncio.create_task(_review_for_ever(institutions, review, seconds))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _review_for_ever(
    institutions: Callable[[], KeepInstitutions], review: Callable[[], ReviewQueues], seconds: float
) -> None:
    while True:
        await asyncio.sleep(seconds)
        with _going_on():
            for institution in await _all(institutions()):
                with _going_on(institution=str(institution)):
                    await _review(institution, review())


@contextmanager
def _going_on(**context: str) -> Iterator[None]:
    """Log what goes wrong in the block, and go on: another institution, or the next review, may fare better."""
    try:
        yield
    except Unavailable as error:
        _log.warning("queues_not_reviewed", reason=error.detail, **context)
    except Exception:  # noqa: BLE001 - the server serves on, whatever it was
        _log.exception("queues_not_reviewed", **context)


async def _all(institutions: KeepInstitutions) -> list[InstitutionId]:
    found: list[InstitutionId] = []
    cursor = None
    while True:
        page = await institutions.list(PageQuery(limit=MAXIMUM_LIMIT, cursor=cursor))
        found += [InstitutionId(view.id) for view in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return found


async def _review(institution: InstitutionId, review: ReviewQueues) -> None:
    moved = await review.execute(Caller(institution, SUBJECT, frozenset({Role.REGISTRAR})))
    if moved:
        _log.info("queues_moved", institution=str(institution), terms=[str(term) for term in moved])
