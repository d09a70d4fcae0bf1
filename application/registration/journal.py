"""What is written beside the effects of a command: the audit record, the events to publish, the answer to keep."""

from collections.abc import Sequence
from typing import Any, TypeAlias
from uuid import UUID

from application.registration.archive import Archive, Documents
from application.registration.decisions import decision_document, plain, rejection_document, verdict_document
from application.registration.documents import encode, kind_of, to_json
from application.registration.ports import AuditRecord, Journal, KeptAnswer, OutboxMessage
from application.registration.submission import Settled, Submission
from application.shared.caller import Caller
from application.shared.clock import IdGenerator
from domain.registration.commands import Command, GivePermission, RegistrationRequest, ReleaseHold, ReviseSection
from domain.registration.events import Event
from domain.registration.facts import Facts
from domain.registration.outcomes import (
    Consequence,
    Decided,
    Decision,
    Effects,
    Judged,
    Recorded,
    RequestDecided,
    RevisionRefused,
)
from domain.shared.identifiers import TermId
from domain.shared.verdict import Allowed

Json: TypeAlias = dict[str, Any]
"""A JSON object, from plain values, ids and moments."""


def journal_of(
    submissions: Sequence[Submission],
    facts: Facts,
    effects: Effects,
    answers: Sequence[Decided],
    archive: Archive,
    ids: IdGenerator,
) -> tuple[Journal, tuple[Settled, ...]]:
    """The journal of submissions that were decided on `facts` with these answers, and what their callers are told."""
    documents = Documents(archive, submissions[0].caller.institution, facts)
    records, settled, kept = [], [], []
    for submission, recorded, answer in zip(submissions, effects.recorded, answers, strict=True):
        decisions = decision_documents(answer, facts)
        records.append(_record(submission.caller, facts.term.id, recorded, decisions, ids.new(), documents))
        told = _told(submission.command, facts.term.id, decisions)
        settled.append(Settled(answer, told))
        if submission.idempotency is not None:
            kept.append(KeptAnswer(submission.idempotency.key, submission.idempotency.digest, told))
    messages = tuple(_message(event, ids.new()) for event in effects.events)
    return Journal(tuple(records), documents.by_digest, messages, tuple(kept)), tuple(settled)


def _told(command: Command, term: TermId, decisions: Sequence[Json]) -> str:
    """What the caller of a registration request is told, as a `RegistrationRequestView` dumps itself."""
    if not isinstance(command, RegistrationRequest):
        return "null"
    return to_json(
        {
            "id": command.id,
            "student": command.student_id,
            "term": term,
            "arrived_at": command.arrived_at,
            "decisions": decisions,
        }
    )


def _record(
    caller: Caller,
    term: TermId,
    recorded: Recorded,
    decisions: Sequence[Json],
    identifier: UUID,
    documents: Documents,
) -> AuditRecord:
    return AuditRecord(
        id=identifier,
        term_id=term,
        number=recorded.number,
        kind=kind_of(recorded.command),
        subject=caller.subject,
        roles=tuple(sorted(role.value for role in caller.roles)),
        occurred_at=recorded.command.arrived_at,
        command=encode(recorded.command),
        answer=answer_document(recorded.answer, decisions),
        consequences=consequences_document(recorded.consequences),
        facts=documents.look_at(recorded),
        about=tuple(sorted(_concerned(recorded))),
    )


def decision_documents(answer: Decided, facts: Facts) -> Sequence[Json]:
    """The decisions in an answer, as callers see them."""
    if not isinstance(answer, RequestDecided):
        return ()
    return [decision_document(decision, facts.sections) for decision in answer.decisions]


def answer_document(answer: Decided, decisions: Sequence[Json]) -> str:
    """An answer as JSON: its decisions, with what every rule said."""
    match answer:
        case RequestDecided(decided):
            said = [
                {**document, "verdicts": [_verdict(judged) for judged in decision.judged]}
                for decision, document in zip(decided, decisions, strict=True)
            ]
            return to_json({"decisions": said})
        case RevisionRefused(number, reason):
            return to_json({"number": number, "refused": reason})
        case other:
            return to_json({"number": other.number})


def consequences_document(consequences: Sequence[Consequence]) -> str:
    """What followed from a command as JSON, with what every rule said."""
    if not consequences:
        return "[]"
    return to_json([_consequence(consequence) for consequence in consequences])


def _consequence(consequence: Consequence) -> Json:
    entry, enrollment, ended = consequence.entry, consequence.enrollment, consequence.ended
    moved = enrollment if entry is None else entry
    return {
        "number": consequence.number,
        "movement": consequence.movement.value,
        "student": None if moved is None else moved.student_id,
        "entry": None if entry is None else entry.id,
        "enrollment": None if enrollment is None else enrollment.id,
        "seats": {} if enrollment is None else {str(seat.section_id): seat.seat_no for seat in enrollment.seats},
        "ended": None if ended is None else ended.id,
        "reasons": [rejection_document(reason) for reason in consequence.reasons],
        "verdicts": [_verdict(judged) for judged in consequence.judged],
    }


def _verdict(judged: Judged) -> Json:
    """What a rule said, without what there is nothing of: most rules allow, and a log keeps what they say for good."""
    if not isinstance(judged.verdict, Allowed):
        return {name: said for name, said in verdict_document(judged).items() if said is not None}
    if not judged.verdict.parameters:
        return {"rule": judged.rule, "verdict": "allowed"}
    return {"rule": judged.rule, "verdict": "allowed", "parameters": plain(judged.verdict.parameters)}


def _concerned(recorded: Recorded) -> set[UUID]:
    """The ids of the students, sections, enrollments and entries that a command is about."""
    about: set[UUID] = set()
    match recorded.command:
        case RegistrationRequest(_, student):
            about.add(student)
        case ReviseSection(section):
            about.add(section.id)
        case GivePermission(permission):
            about |= {permission.student_id, permission.id}
        case ReleaseHold(hold, student):
            about |= {student, hold}
        case _:
            pass
    if isinstance(recorded.answer, RequestDecided):
        for decision in recorded.answer.decisions:
            about |= _moved(decision)
    for consequence in recorded.consequences:
        about |= _moved(consequence)
    return about


def _moved(moved: Decision | Consequence) -> set[UUID]:
    about: set[UUID] = set()
    for enrollment in (moved.enrollment, moved.ended):
        if enrollment is not None:
            about |= {enrollment.id, enrollment.student_id, *enrollment.section_ids}
    if moved.entry is not None:
        about |= {moved.entry.id, moved.entry.student_id, *moved.entry.section_ids}
    return about


def _message(event: Event, identifier: UUID) -> OutboxMessage:
    """An event as it is published; the fields of its class are those of its payload."""
    return OutboxMessage(
        id=identifier,
        type=type(event).__name__,
        version=event.VERSION,
        occurred_at=event.occurred_at,
        payload=encode(event),
    )
