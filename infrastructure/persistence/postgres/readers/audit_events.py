"""The selection of audit events."""

from typing import Any
from uuid import UUID

from pydantic_core import from_json
from sqlalchemy import ColumnElement, Text, cast, select

from domain.scheduling.term import Term
from infrastructure.persistence.postgres.readers.selection import Selection
from infrastructure.persistence.postgres.rows.journal import AuditEventRow, AuditMentionRow

_DOCUMENTS = ("command", "answer", "consequences", "facts")


def _is_about(identifier: UUID) -> ColumnElement[bool]:
    mentions = select(AuditMentionRow.event_id).where(
        AuditMentionRow.institution_id == AuditEventRow.institution_id, AuditMentionRow.about == identifier
    )
    return AuditEventRow.id.in_(mentions.correlate(AuditEventRow))


def _read(row: dict[str, Any]) -> dict[str, Any]:
    """An event with its documents as values."""
    return {name: from_json(value) if name in _DOCUMENTS else value for name, value in row.items()}


AUDIT_EVENT = Selection(
    query=select(
        AuditEventRow.id,
        AuditEventRow.term_id.label("term"),
        AuditEventRow.number,
        AuditEventRow.kind,
        AuditEventRow.subject,
        AuditEventRow.roles,
        AuditEventRow.occurred_at,
        *(cast(AuditEventRow.__table__.c[name], Text).label(name) for name in _DOCUMENTS),
    ),
    institution=AuditEventRow.institution_id,
    identifier=AuditEventRow.id,
    columns={
        "number": AuditEventRow.number,
        "occurred_at": AuditEventRow.occurred_at,
        "term": AuditEventRow.term_id,
        "kind": AuditEventRow.kind,
        "subject": AuditEventRow.subject,
    },
    references={"term": Term},
    conditions={"about": _is_about},
    finish=_read,
)
