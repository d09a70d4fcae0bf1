"""The journal as part of the JSON document that `registration_apply` takes."""

from typing import Any

from application.registration.ports import AuditRecord, Journal, KeptAnswer, OutboxMessage

Row = dict[str, Any]


def journal_document(journal: Journal) -> Row:
    """The document, by the names of its lists; what there is nothing of is not in it."""
    lists = {
        "documents": dict(journal.documents),
        "records": [_record(record) for record in journal.records],
        "messages": [_message(message) for message in journal.messages],
        "answers": [_answer(answer) for answer in journal.answers],
    }
    return {name: content for name, content in lists.items() if content}


def _record(record: AuditRecord) -> Row:
    return {
        "id": record.id,
        "number": record.number,
        "kind": record.kind,
        "subject": record.subject,
        "roles": record.roles,
        "occurred_at": record.occurred_at,
        "command": record.command,
        "answer": record.answer,
        "consequences": record.consequences,
        "facts": record.facts,
        "about": record.about,
    }


def _message(message: OutboxMessage) -> Row:
    return {
        "id": message.id,
        "type": message.type,
        "version": message.version,
        "occurred_at": message.occurred_at,
        "payload": message.payload,
    }


def _answer(kept: KeptAnswer) -> Row:
    return {
        "subject": kept.key.subject,
        "key": kept.key.key,
        "digest": kept.digest,
        "answer": kept.answer,
    }
