"""The journal as the arrays that `registration_journal` takes."""

from collections.abc import Iterable, Sequence
from typing import Any

from application.registration.ports import Journal


def journal_arguments(journal: Journal) -> Sequence[Sequence[Any]]:
    """The arrays in the order of the function's parameters, from `record_ids` on."""
    records, messages, answers = journal.records, journal.messages, journal.answers
    return (
        *columns(
            11,
            (
                (
                    record.id,
                    record.number,
                    record.kind,
                    record.subject,
                    "{" + ",".join(record.roles) + "}",
                    record.occurred_at,
                    record.command,
                    record.answer,
                    record.consequences,
                    record.facts,
                    "{" + ",".join(map(str, record.about)) + "}",
                )
                for record in records
            ),
        ),
        *columns(5, ((m.id, m.type, m.version, m.occurred_at, m.payload) for m in messages)),
        *columns(4, ((kept.key.subject, kept.key.key, kept.digest, kept.answer) for kept in answers)),
        *columns(2, journal.documents.items()),
    )


def columns(count: int, rows: Iterable[tuple[Any, ...]]) -> Sequence[Sequence[Any]]:
    """The `count` columns of rows."""
    return list(zip(*rows, strict=True)) or [()] * count
