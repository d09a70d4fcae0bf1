"""What is written beside the effects of a command: the audit record, the events to publish, the answer to keep."""

from collections.abc import Iterable
from dataclasses import fields
from uuid import UUID

from application.registration.decisions import decision_view, rejection_view, verdict_view
from application.registration.documents import Documents, encode, kind_of, to_json
from application.registration.ports import AuditRecord, Journal, KeptAnswer, OutboxMessage
from application.registration.submission import Submission
from application.shared.caller import Caller
from application.shared.clock import IdGenerator
from domain.registration.commands import GivePermission, RegistrationRequest, ReleaseHold, ReviseSection
from domain.registration.events import Event
from domain.registration.facts import Facts
from domain.registration.outcomes import (
    Consequence,
    Decided,
    Decision,
    Effects,
    Recorded,
    RequestDecided,
    RevisionRefused,
)


def journal_of(submission: Submission, facts: Facts, effects: Effects, answer: Decided, ids: IdGenerator) -> Journal:
    """The journal of a submission that was decided on `facts` with that answer."""
    documents = Documents()
    caller, wanted = submission.caller, submission.idempotency
    records = tuple(_record(caller, facts, recorded, ids.new(), documents) for recorded in effects.recorded)
    messages = tuple(_message(event, ids.new()) for event in effects.events)
    kept = () if wanted is None else (KeptAnswer(wanted.key, wanted.digest, wanted.render(answer, facts)),)
    return Journal(records, documents.by_digest, messages, kept)


def _record(caller: Caller, facts: Facts, recorded: Recorded, identifier: UUID, documents: Documents) -> AuditRecord:
    return AuditRecord(
        id=identifier,
        term_id=facts.term.id,
        number=recorded.number,
        kind=kind_of(recorded.command),
        subject=caller.subject,
        roles=tuple(sorted(role.value for role in caller.roles)),
        occurred_at=recorded.command.arrived_at,
        command=encode(recorded.command),
        answer=answer_document(recorded.answer, facts),
        consequences=consequences_document(recorded.consequences),
        facts=documents.look_at(facts, recorded),
        about=tuple(sorted(_concerned(recorded))),
    )


def answer_document(answer: Decided, facts: Facts) -> str:
    """An answer as JSON, with what every rule said."""
    match answer:
        case RequestDecided(decisions):
            said = [_decision(decision, facts) for decision in decisions]
            return to_json({"decisions": said})
        case RevisionRefused(number, reason):
            return to_json({"number": number, "refused": reason})
        case other:
            return to_json({"number": other.number})


def _decision(decision: Decision, facts: Facts) -> dict[str, object]:
    view = decision_view(decision, facts.sections).model_dump(mode="json")
    return {**view, "verdicts": [verdict_view(judged).model_dump(mode="json") for judged in decision.judged]}


def consequences_document(consequences: Iterable[Consequence]) -> str:
    """What followed from a command as JSON, with what every rule said."""
    return to_json([_consequence(consequence) for consequence in consequences])


def _consequence(consequence: Consequence) -> dict[str, object]:
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
        "reasons": [rejection_view(reason).model_dump(mode="json") for reason in consequence.reasons],
        "verdicts": [verdict_view(judged).model_dump(mode="json") for judged in consequence.judged],
    }


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
    payload = {field.name: getattr(event, field.name) for field in fields(event)}
    return OutboxMessage(
        id=identifier,
        type=type(event).__name__,
        version=event.VERSION,
        occurred_at=event.occurred_at,
        payload=to_json(payload),
    )
