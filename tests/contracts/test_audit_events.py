"""The audit log as a collection, the answers kept under a key, and the replay of the log, on every adapter."""

from collections.abc import Sequence
from uuid import UUID

import pytest

from application.registration.audit import AUDIT_EVENTS, AuditEventView
from application.registration.desk import RegistrationDesk
from application.registration.ports import AnswerKey, KeptAnswer
from application.registration.replay_audit import ReplayAudit
from application.registration.submission import Idempotency, Settled, Submission
from application.shared.caller import Caller, Role
from application.shared.errors import InvalidRequest
from application.shared.paging import PageQuery
from domain.registration.commands import Command
from domain.shared.reference import Reference
from tests.contracts.arranging import TERM_ID, Stored
from tests.support.builders import TERM, SequentialIds, a_small_university
from tests.support.domain_builders import NOON, a_request, adding, dropping, enrollment_id, section_id, student_id

KEY = AnswerKey("office-1", "once")


def submitted(stored: Stored, command: Command, *, keyed: bool = False) -> Submission:
    """A registrar's submission, under a key or under none."""
    caller = Caller(stored.institution, "office-1", frozenset({Role.REGISTRAR}))
    idempotency = Idempotency(KEY, "digest") if keyed else None
    return Submission(caller, command, idempotency)


@pytest.fixture
async def desk(stored: Stored) -> RegistrationDesk:
    """A desk that has decided four commands: two enroll (1, 2), one is refused (3), one drops (4)."""
    await stored.add(*a_small_university(capacity=2))
    desk = RegistrationDesk(stored.persistence.work, SequentialIds(1000))
    for command in (
        a_request("s1", adding("CS-101", "A", "A-LAB", as_name="s1-cs")),
        a_request("s2", adding("MA-1", as_name="s2-ma")),
        a_request("s2", adding("NO-1")),
        a_request("s1", dropping("s1-cs")),
    ):
        await desk.decide(TERM_ID, submitted(stored, command))
    return desk


async def events(stored: Stored, **filters: str) -> Sequence[AuditEventView]:
    """The events that the filters let through."""
    return (await stored.page(AUDIT_EVENTS, PageQuery(filters=filters))).items


async def numbers(stored: Stored, **filters: str) -> list[int]:
    """Their numbers."""
    return [event.number for event in await events(stored, **filters)]


@pytest.mark.usefixtures("desk")
async def test_every_event_is_listed_in_the_order_of_the_term(stored: Stored) -> None:
    listed = await stored.walk(AUDIT_EVENTS, limit=1)

    assert [event.number for event in listed] == [1, 2, 3, 4]
    assert listed == [await stored.view(AUDIT_EVENTS, event.id) for event in listed]
    assert [event.number for event in await stored.walk(AUDIT_EVENTS, "-occurred_at", limit=2)] == [4, 3, 2, 1]
    first = listed[0]
    assert (first.term, first.kind, first.subject, first.roles) == (
        TERM_ID,
        "registration_request",
        "office-1",
        ("registrar",),
    )
    assert first.occurred_at == NOON
    assert first.answer["decisions"][0]["outcome"] == "enrolled"
    assert set(first.facts) == {"term", "offerings", "students", "schemes", "entries"}


@pytest.mark.usefixtures("desk")
async def test_events_are_found_by_whom_and_what_they_are_about(stored: Stored) -> None:
    assert await numbers(stored, about=str(student_id("s1"))) == [1, 4]
    assert await numbers(stored, about=str(enrollment_id("s1-cs"))) == [1, 4]
    assert await numbers(stored, about=str(section_id("M"))) == [2]
    assert await numbers(stored, about=str(student_id("s2")), term=f"code:{TERM}") == [2, 3]
    assert await numbers(stored, about=str(UUID(int=1))) == []


@pytest.mark.usefixtures("desk")
async def test_events_are_filtered_by_their_fields(stored: Stored) -> None:
    assert await numbers(stored, term=str(TERM_ID), kind="registration_request", subject="office-1") == [1, 2, 3, 4]
    assert await numbers(stored, kind="queue_review") == []
    assert await numbers(stored, subject="nobody") == []
    assert await numbers(stored, term="code:1999-1") == []


@pytest.mark.parametrize("about", ["", "x", "code:s1", "\x00"])
async def test_what_is_no_id_is_refused(about: str, stored: Stored) -> None:
    with pytest.raises(InvalidRequest):
        await events(stored, about=about)


async def test_a_kept_answer_is_the_text_that_was_given(desk: RegistrationDesk, stored: Stored) -> None:
    given = submitted(stored, a_request("s2", adding("CS-101", "A", "A-LAB", as_name="s2-cs")), keyed=True)
    first = await desk.decide(TERM_ID, given)

    again = await desk.decide(TERM_ID, given)

    assert isinstance(first, Settled)
    assert again == KeptAnswer(KEY, "digest", first.answer)
    assert await numbers(stored, kind="registration_request") == [1, 2, 3, 4, 5]


@pytest.mark.usefixtures("desk")
async def test_the_log_arrives_at_what_is_stored(stored: Stored) -> None:
    caller = Caller(stored.institution, "office-1", frozenset({Role.REGISTRAR}))

    verdict = await ReplayAudit(stored.persistence.reading).execute(caller, Reference(code=TERM))

    assert verdict.is_clean, verdict.differences
    assert (verdict.commands, verdict.enrollments, verdict.waiting) == (4, 1, 0)
