"""Reading the audit log: the collection, one event, and the history of an enrollment or entry."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from application.people.relations import authorise_about
from application.registration.ports import AuditRecord, RegistrationReading
from application.shared.access import authorise, is_allowed
from application.shared.caller import Caller
from application.shared.dto import Dto, Moment
from application.shared.errors import InvalidRequest, NotFound
from application.shared.paging import Listing, Page, PageQuery
from application.shared.records import RecordKind, Work
from domain.shared.identifiers import StudentId


class AuditEventView(Dto):
    """A decided command: who asked for what, in which role, what was decided by which rules, and what followed.

    `number` is its place in the term's order; `facts` are the digests of the static facts that were looked at. In a
    history, whoever may not read the audit log is told only what concerns its student: of a command that was about
    others no more than its kind (`subject` is null; `command` and `answer` are empty), no `facts`, and of the
    consequences the student's own.
    """

    id: UUID
    term: UUID
    number: int
    kind: str
    subject: str | None
    roles: tuple[str, ...]
    occurred_at: Moment
    command: dict[str, Any]
    answer: dict[str, Any]
    consequences: tuple[dict[str, Any], ...]
    facts: dict[str, Any]


class EnrollmentHistory(Dto):
    """Everything that was decided about an enrollment or waitlist entry, in order."""

    id: UUID
    events: tuple[AuditEventView, ...]


async def _append_only(_id: UUID, _fields: Dto, _before: AuditRecord | None, _work: Work) -> AuditRecord:
    detail = "The audit log is written by the registration desk only."
    raise InvalidRequest(detail)


AUDIT_EVENTS = RecordKind(
    name="audit event",
    entity=AuditRecord,
    fields=Dto,
    view=AuditEventView,
    listing=Listing(sorts=("number", "occurred_at"), filters=("term", "kind", "subject", "about")),
    assemble=_append_only,
)


class ReadAudit:
    """The use cases that read the audit log."""

    def __init__(self, reading: RegistrationReading) -> None:
        self._reading = reading

    async def get(self, caller: Caller, identifier: UUID) -> AuditEventView:
        """Read an event. Raises `NotFound`, `AccessDenied`."""
        authorise(caller, "get_audit_event")
        async with self._reading(caller.institution) as views:
            view = await views.views(AUDIT_EVENTS).one(identifier)
        if view is None:
            raise NotFound(AUDIT_EVENTS.name, str(identifier))
        return view

    async def list(self, caller: Caller, query: PageQuery) -> Page[AuditEventView]:
        """Read a page of events. Raises `InvalidRequest`, `AccessDenied`."""
        authorise(caller, "list_audit_events")
        async with self._reading(caller.institution) as views:
            return await views.views(AUDIT_EVENTS).page(query)

    async def history(self, caller: Caller, identifier: UUID) -> EnrollmentHistory:
        """Read what was decided about an enrollment or entry. Raises `NotFound`, `AccessDenied`."""
        async with self._reading(caller.institution) as views:
            student = await views.student_of(identifier)
            if student is None:
                authorise(caller, "get_enrollment_history")
                raise NotFound("enrollment", str(identifier))
            await authorise_about(caller, "get_enrollment_history", student, views)
            records = await views.audit_records_about(identifier)
        events = audit_event_views(records)
        if not is_allowed(caller, "list_audit_events"):
            events = tuple(_about_only(student, event) for event in events)
        return EnrollmentHistory(id=identifier, events=events)


def _about_only(student: StudentId, event: AuditEventView) -> AuditEventView:
    """What an event tells of one student, and of nobody else."""
    own = tuple(moved for moved in event.consequences if moved["student"] == str(student))
    told = event.model_copy(update={"consequences": own, "facts": {}})
    asked_for = event.command.get("permission", event.command).get("student_id")
    if asked_for == str(student):
        return told
    return told.model_copy(update={"subject": None, "roles": (), "command": {}, "answer": {}})


def audit_event_views(records: Sequence[AuditRecord]) -> tuple[AuditEventView, ...]:
    """Audit records as callers see them."""
    return tuple(
        AuditEventView(
            id=record.id,
            term=record.term_id,
            number=record.number,
            kind=record.kind,
            subject=record.subject,
            roles=record.roles,
            occurred_at=record.occurred_at,
            command=json.loads(record.command),
            answer=json.loads(record.answer),
            consequences=tuple(json.loads(record.consequences)),
            facts=json.loads(record.facts),
        )
        for record in records
    )
