"""Decisions in the words of the contract: codes, sentences and parameters that any adapter can send."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from operator import itemgetter
from typing import Any

from application.registration.documents import text_of
from application.registration.dto import RejectionView, VerdictView, WaiverView
from domain.registration.codes import REJECTIONS, RejectionCode
from domain.registration.commands import (
    Action,
    Add,
    ChangeBasis,
    ChangeSections,
    Drop,
    LeaveWaitlist,
    Swap,
)
from domain.registration.enrollment import Enrollment
from domain.registration.outcomes import Decision, Judged, Waived
from domain.scheduling.section import Section
from domain.shared.identifiers import SectionId
from domain.shared.verdict import Allowed, Parameter, Rejection

ACTION_NAMES: Mapping[type[Action], str] = {
    Add: "add",
    Drop: "drop",
    Swap: "swap",
    ChangeSections: "change_sections",
    ChangeBasis: "change_basis",
    LeaveWaitlist: "leave_waitlist",
}


def decision_document(decision: Decision, sections: Mapping[SectionId, Section]) -> dict[str, Any]:
    """A decision as a `DecisionView` dumps it; `sections` holds every section in which the enrollment sits.

    Written by hand, as the desk writes one for every action: making the model and dumping it costs ten times as much.
    """
    enrollment, entry = decision.enrollment, decision.entry
    known = enrollment if entry is None else entry
    return {
        "number": decision.number,
        "action": ACTION_NAMES[type(decision.action)],
        "outcome": str(decision.outcome),
        "enrollment": None if enrollment is None else str(enrollment.id),
        "ended": None if decision.ended is None else str(decision.ended.id),
        "offering": None if known is None else text_of(known.offering_id),
        "grading_basis": None if known is None else str(known.grading_basis),
        "seats": [] if enrollment is None else _seat_documents(enrollment, sections),
        "entry": None if entry is None else str(entry.id),
        "position": decision.position,
        "rejections": [rejection_document(rejection) for rejection in decision.rejections],
        "waived": [waiver_document(judged.verdict) for judged in decision.judged if isinstance(judged.verdict, Waived)],
    }


def _seat_documents(enrollment: Enrollment, sections: Mapping[SectionId, Section]) -> list[dict[str, Any]]:
    """The seats of an enrollment by section code: the same order when it is made and whenever it is loaded."""
    seats = [
        {
            "section": text_of(seat.section_id),
            "section_code": sections[seat.section_id].code,
            "seat_no": seat.seat_no,
            "pool": seat.pool,
            "permission": None if seat.permission_id is None else str(seat.permission_id),
        }
        for seat in enrollment.seats
    ]
    return sorted(seats, key=itemgetter("section_code"))


def rejection_document(rejection: Rejection) -> dict[str, Any]:
    """A rejection as a `RejectionView` dumps it: its code, the sentence of the catalogue, and its parameters."""
    return {
        "code": str(rejection.code),
        "message": _sentence(rejection),
        "parameters": plain(rejection.parameters),
    }


def rejection_view(rejection: Rejection) -> RejectionView:
    """A rejection as callers see it."""
    return RejectionView.model_validate(rejection_document(rejection))


def waiver_document(waived: Waived) -> dict[str, Any]:
    """A rejection that a permission set aside, as a `WaiverView` dumps it."""
    return {**rejection_document(waived.rejection), "permission": str(waived.permission_id)}


def waiver_views(judged: Iterable[Judged]) -> tuple[WaiverView, ...]:
    """The rejections that permissions set aside."""
    waived = (each.verdict for each in judged)
    return tuple(WaiverView.model_validate(waiver_document(each)) for each in waived if isinstance(each, Waived))


def verdict_document(judged: Judged) -> dict[str, Any]:
    """What one rule said, as a `VerdictView` dumps it."""
    verdict: Allowed | Rejection | Waived = judged.verdict
    permission: str | None = None
    if isinstance(verdict, Allowed):
        looked_at = plain(verdict.parameters) if verdict.parameters else {}
        return {"rule": judged.rule, "verdict": "allowed", "code": None, "parameters": looked_at, "permission": None}
    if isinstance(verdict, Waived):
        permission = str(verdict.permission_id)
        verdict = verdict.rejection
    return {
        "rule": judged.rule,
        "verdict": "rejected" if permission is None else "waived",
        "code": str(verdict.code),
        "parameters": plain(verdict.parameters),
        "permission": permission,
    }


def verdict_view(judged: Judged) -> VerdictView:
    """What one rule said, as callers see it."""
    return VerdictView.model_validate(verdict_document(judged))


def _sentence(rejection: Rejection) -> str:
    entry = REJECTIONS[RejectionCode(rejection.code)]
    return entry.sentence.format(**{name: _in_words(value) for name, value in rejection.parameters.items()})


def plain(parameters: Mapping[str, Parameter]) -> dict[str, Any]:
    """Parameters as JSON has them."""
    return {name: _plain(value) for name, value in parameters.items()}


def _plain(value: Parameter) -> Any:  # noqa: ANN401 - JSON: texts, numbers, lists and objects
    if isinstance(value, str | int | None):
        return value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return plain(value)


def _in_words(value: Parameter) -> str:
    if isinstance(value, tuple):
        return ", ".join(_in_words(part) for part in value) or "none"
    return "none" if value is None else str(value)
