"""Effects as what `registration_apply` takes: arrays of what is written most, a JSON document of the rest."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import orjson

from domain.registration.enrollment import Enrollment, EnrollmentStatus, SeatTaken
from domain.registration.events import EnrollmentChanged
from domain.registration.outcomes import Effects, EnrollmentChange
from domain.registration.permission import Permission
from domain.registration.waitlist import WaitlistEntry
from domain.shared.identifiers import EnrollmentId
from infrastructure.persistence.postgres.registration.journal import columns
from infrastructure.persistence.postgres.registration.rejections import rejection_documents

Row = dict[str, Any]

_Moves = dict[EnrollmentId, EnrollmentChanged]
"""The last change of each enrollment that changed: it began the stays that are new."""


def effects_arguments(effects: Effects) -> Sequence[Any]:
    """The document and the arrays, in the order of the function's parameters from `effects` on."""
    changes = list(effects.enrollments.values())
    moves = {event.enrollment_id: event for event in effects.events if isinstance(event, EnrollmentChanged)}
    made = [change.after for change in changes if change.before is None]
    # The driver's own UUIDs are no plain ones to the serializer.
    document = orjson.dumps(_document(effects, changes, moves), default=str).decode()
    return (
        document,
        *columns(10, map(_enrollment, made)),
        *columns(11, (row for change in changes for row in _stays(change, moves))),
    )


def _document(effects: Effects, changes: Sequence[EnrollmentChange], moves: _Moves) -> Row:
    """The document, by the names of its lists; what there is nothing of is not in it."""
    entries = list(effects.entries.values())
    lists: dict[str, Iterable[Row]] = {
        "permissions": (_permission(permission) for permission in effects.permissions),
        "seats_replaced": ({"section": section, "seat": seat_no} for section, seat_no in effects.seats_replaced),
        "seats_added": (
            {"section": seat.section_id, "seat": seat.seat_no, "permission": seat.permission_id}
            for seat in effects.seats_added.values()
        ),
        "left": (row for change in changes for row in _left(change, moves)),
        "ended": (_ended(change.after) for change in changes if change.before is not None and not _stands(change)),
        "changed": (
            {"id": change.after.id, "basis": change.after.grading_basis.value}
            for change in changes
            if change.before is not None
            and _stands(change)
            and change.before.grading_basis is not change.after.grading_basis
        ),
        "entries_changed": (_entry_changed(change.after) for change in entries if change.before is not None),
        "entries": (_entry(change.after) for change in entries if change.before is None),
        "seats_removed": ({"section": section, "seat": seat_no} for section, seat_no in effects.seats_removed),
        "seating": (
            {
                "section": section,
                "next": state.next_seat,
                "last": state.last_seat,
                "seats": state.seats,
                "freed": state.freed,
                "pools": effects.pools.get(section),
            }
            for section, state in effects.seating.items()
        ),
        "released": ({"hold": released.hold_id, "at": released.at} for released in effects.released),
    }
    filled = {name: list(rows) for name, rows in lists.items()}
    return {name: rows for name, rows in filled.items() if rows}


def _stands(change: EnrollmentChange) -> bool:
    return change.after.status is EnrollmentStatus.ENROLLED


def _permission(permission: Permission) -> Row:
    return {
        "id": permission.id,
        "student": permission.student_id,
        "offering": permission.offering_id,
        "section": permission.section_id,
        "codes": sorted(code.value for code in permission.codes),
        "issuer": permission.issuer,
        "reason": permission.reason,
        "given_at": permission.given_at,
        "expires_at": permission.expires_at,
        "revoked_at": permission.revoked_at,
    }


def _left(change: EnrollmentChange, moves: _Moves) -> Iterator[Row]:
    """The stays that end although their enrollment goes on, or that ended before it did."""
    before = change.before
    if before is None:
        return
    for seat in before.seats:
        if seat not in change.after.seats:
            yield {
                "enrollment": before.id,
                "section": seat.section_id,
                "at": moves[before.id].occurred_at,
            }


def _stays(change: EnrollmentChange, moves: _Moves) -> Iterator[tuple[Any, ...]]:
    """The stays that begin; one of an enrollment that has ended meanwhile holds no seat."""
    before, after = change.before, change.after
    if before is None:
        for seat in after.seats:
            yield _stay(after, seat, after.number, after.enrolled_at)
        return
    for seat in after.seats:
        if seat not in before.seats:
            move = moves[after.id]
            yield _stay(after, seat, move.number, move.occurred_at)


def _stay(enrollment: Enrollment, seat: SeatTaken, since: int, since_at: datetime) -> tuple[Any, ...]:
    stands = enrollment.status is EnrollmentStatus.ENROLLED
    return (
        enrollment.id,
        seat.section_id,
        seat.component_id,
        enrollment.student_id,
        enrollment.status.value,
        since,
        since_at,
        enrollment.ended_at,
        seat.seat_no if stands else None,
        True if stands and seat.seat_no is None else None,
        seat.pool,
    )


def _ended(enrollment: Enrollment) -> Row:
    return {
        "id": enrollment.id,
        "status": enrollment.status.value,
        "at": enrollment.ended_at,
        "basis": enrollment.grading_basis.value,
    }


def _enrollment(enrollment: Enrollment) -> tuple[Any, ...]:
    return (
        enrollment.id,
        enrollment.student_id,
        enrollment.offering_id,
        enrollment.course_id,
        enrollment.status.value,
        enrollment.credits,
        enrollment.grading_basis.value,
        enrollment.number,
        enrollment.enrolled_at,
        enrollment.ended_at,
    )


def _entry_changed(entry: WaitlistEntry) -> Row:
    return {
        "id": entry.id,
        "status": entry.status.value,
        "ended_at": entry.ended_at,
        "skipped": rejection_documents(entry.skipped),
    }


def _entry(entry: WaitlistEntry) -> Row:
    return {
        **_entry_changed(entry),
        "enrollment": entry.enrollment_id,
        "student": entry.student_id,
        "offering": entry.offering_id,
        "course": entry.course_id,
        "sections": entry.section_ids,
        "basis": entry.grading_basis.value,
        "priority": entry.priority,
        "number": entry.number,
        "joined_at": entry.joined_at,
        "drop_if_enrolled": entry.drop_if_enrolled,
    }
