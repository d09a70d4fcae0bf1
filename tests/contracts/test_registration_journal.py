"""The journal beside the effects: an audit log that keeps everything, and answers that are given again."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest

from application.registration.ports import AnswerKey, AuditRecord, Journal, KeptAnswer, OutboxMessage
from application.shared.errors import StillReferenced
from domain.registration.outcomes import Effects
from domain.shared.identifiers import TermId
from tests.contracts.arranging import TERM_ID, Stored
from tests.contracts.registering import apply, both, effects_of, seat_numbers
from tests.support.builders import a_small_university, a_student, a_term
from tests.support.domain_builders import NOON, identifier, student_id

PRECISELY = '{"b": 1,  "a": "Ñ \\u00e9", "a": 4.50}'
"""A document that stays as it is only if nobody reads it on the way."""


def _id(name: str) -> UUID:
    return identifier("record", name)


def _record(name: str, number: int, *about: UUID, hours: int = 0, term: TermId = TERM_ID) -> AuditRecord:
    return AuditRecord(
        id=_id(name),
        term_id=term,
        number=number,
        kind="registration_request",
        subject="s1@example.org",
        roles=("registrar", "student"),
        occurred_at=NOON + timedelta(hours=hours),
        command=PRECISELY,
        answer='{"decisions": []}',
        consequences="[]",
        facts='{"term":"abc"}',
        about=tuple(sorted(about)),
    )


async def _write(stored: Stored, journal: Journal, number: int = 9) -> None:
    await apply(stored, Effects(next_number=number), journal)


async def _records(stored: Stored, after: int = 0, limit: int = 10) -> Sequence[AuditRecord]:
    async with stored.persistence.reading(stored.institution) as views:
        return await views.audit_records(TERM_ID, after, limit)


async def _about(stored: Stored, identifier_: UUID) -> Sequence[AuditRecord]:
    async with stored.persistence.reading(stored.institution) as views:
        return await views.audit_records_about(identifier_)


async def test_records_are_kept_as_they_are_written(stored: Stored) -> None:
    await stored.add(*a_small_university())
    record = _record("one", 1, student_id("s1"), _id("x"), _id("y"))

    await _write(stored, Journal(records=(record,)))

    assert list(await _records(stored)) == [record]


async def test_records_come_in_the_order_of_their_term_page_by_page(stored: Stored) -> None:
    await stored.add(*a_small_university(), a_term("2027-2"))
    records = [_record(f"r{number}", number, hours=-number) for number in (1, 3, 4, 8)]
    await _write(stored, Journal(records=tuple(reversed(records[1:]))))
    await _write(stored, Journal(records=(records[0],)))

    assert list(await _records(stored)) == records
    assert list(await _records(stored, limit=2)) == records[:2]
    assert list(await _records(stored, after=3, limit=2)) == records[2:]
    assert list(await _records(stored, after=8)) == []


async def test_records_are_found_by_whom_they_are_about(stored: Stored) -> None:
    await stored.add(*a_small_university())
    early = _record("early", 5, student_id("s1"), _id("section"))
    late = _record("late", 2, student_id("s1"), hours=1)
    other = _record("other", 7, student_id("s2"))
    await _write(stored, Journal(records=(late, early, other)))

    assert list(await _about(stored, student_id("s1"))) == [early, late]
    assert list(await _about(stored, _id("section"))) == [early]
    assert list(await _about(stored, _id("nobody"))) == []


async def test_documents_are_kept_once(stored: Stored) -> None:
    await stored.add(*a_small_university())
    await _write(stored, Journal(documents={"a" * 64: PRECISELY, "b" * 64: "{}"}))
    await _write(stored, Journal(documents={"a" * 64: PRECISELY, "c" * 64: "[1]"}))

    async with stored.persistence.reading(stored.institution) as views:
        found = await views.audit_documents(["a" * 64, "c" * 64, "d" * 64])

    assert found == {"a" * 64: PRECISELY, "c" * 64: "[1]"}


async def test_answers_are_given_again_to_whoever_asked(stored: Stored) -> None:
    await stored.add(*a_small_university(), a_term("2027-2"))
    one, other = KeptAnswer(AnswerKey("s1", "k"), "1" * 64, PRECISELY), KeptAnswer(AnswerKey("s2", "l"), "2" * 64, "{}")
    await _write(stored, Journal(answers=(one, other)))
    keys = [one.key, AnswerKey("s1", "l"), AnswerKey("s2", "k"), AnswerKey("s3", "m"), one.key]

    async with stored.persistence.work(stored.institution) as work:
        found = (await work.book.load(TERM_ID, [], keys)).answers
        elsewhere = (await work.book.load(a_term("2027-2").id, [], keys)).answers
        nothing = (await work.book.load(TERM_ID, [])).answers

    assert found == {one.key: one}
    assert (elsewhere, nothing) == ({}, {})


async def test_what_is_not_stored_is_not_written_down(stored: Stored) -> None:
    await stored.add(*a_small_university())
    effects = await effects_of(stored, both("s1"))
    await stored.remove(a_student("s1"))
    journal = Journal(records=(_record("lost", 1),), answers=(KeptAnswer(AnswerKey("s1", "k"), "1" * 64, "{}"),))

    with pytest.raises(Exception, match="student"):
        await apply(stored, effects, journal)

    assert list(await _records(stored)) == []
    async with stored.persistence.work(stored.institution) as work:
        assert (await work.book.load(TERM_ID, [], [AnswerKey("s1", "k")])).answers == {}


async def test_effects_and_journal_are_stored_together(stored: Stored) -> None:
    await stored.add(*a_small_university())
    message = OutboxMessage(_id("m"), "StudentEnrolled", 1, NOON, PRECISELY)

    await apply(
        stored, await effects_of(stored, both("s1")), Journal(records=(_record("one", 1),), messages=(message,))
    )

    assert await seat_numbers(stored, "s1") == [1]
    assert [record.number for record in await _records(stored)] == [1]


async def test_a_term_in_the_audit_log_stays(stored: Stored) -> None:
    await stored.add(a_term())
    await _write(stored, Journal(records=(_record("one", 1),)))

    with pytest.raises(StillReferenced) as refused:
        await stored.remove(a_term())

    assert refused.value.parameters == {"kind": "term", "by": "audit-events"}


async def test_a_term_takes_kept_answers_along(stored: Stored) -> None:
    await stored.add(a_term())
    await _write(stored, Journal(answers=(KeptAnswer(AnswerKey("s1", "k"), "1" * 64, "{}"),)))

    await stored.remove(a_term())
    await stored.add(a_term())

    async with stored.persistence.work(stored.institution) as work:
        assert (await work.book.load(TERM_ID, [], [AnswerKey("s1", "k")])).answers == {}
