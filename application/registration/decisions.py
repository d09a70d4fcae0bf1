"""Decisions in the words of the contract: codes, sentences and parameters that any adapter can send."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from application.registration.dto import DecisionView, RejectionView, SeatView, VerdictView, WaiverView
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
from domain.shared.verdict import Parameter, Rejection

ACTION_NAMES: Mapping[type[Action], str] = {
    Add: "add",
    Drop: "drop",
    Swap: "swap",
    ChangeSections: "change_sections",
    ChangeBasis: "change_basis",
    LeaveWaitlist: "leave_waitlist",
}


def decision_view(decision: Decision, sections: Mapping[SectionId, Section]) -> DecisionView:
    """A decision as callers see it; `sections` holds every section in which the enrollment sits."""
    enrollment, entry = decision.enrollment, decision.entry
    known = enrollment if entry is None else entry
    return DecisionView(
        number=decision.number,
        action=ACTION_NAMES[type(decision.action)],
        outcome=decision.outcome,
        enrollment=None if enrollment is None else enrollment.id,
        ended=None if decision.ended is None else decision.ended.id,
        offering=None if known is None else known.offering_id,
        grading_basis=None if known is None else known.grading_basis,
        seats=() if enrollment is None else seat_views(enrollment, sections),
        entry=None if entry is None else entry.id,
        position=decision.position,
        rejections=tuple(rejection_view(rejection) for rejection in decision.rejections),
        waived=waiver_views(decision.judged),
    )


def seat_views(enrollment: Enrollment, sections: Mapping[SectionId, Section]) -> tuple[SeatView, ...]:
    """The seats of an enrollment by section code: the same order when it is made and whenever it is loaded."""
    seats = (
        SeatView(
            section=seat.section_id,
            section_code=sections[seat.section_id].code,
            seat_no=seat.seat_no,
            pool=seat.pool,
            permission=seat.permission_id,
        )
        for seat in enrollment.seats
    )
    return tuple(sorted(seats, key=lambda seat: seat.section_code))


def rejection_view(rejection: Rejection) -> RejectionView:
    """A rejection as callers see it: its code, the sentence of the catalogue, and its parameters."""
    return RejectionView(code=rejection.code, message=_sentence(rejection), parameters=_plain_all(rejection.parameters))


def waiver_views(judged: Iterable[Judged]) -> tuple[WaiverView, ...]:
    """The rejections that permissions set aside."""
    return tuple(
        WaiverView(
            code=waived.rejection.code,
            message=_sentence(waived.rejection),
            parameters=_plain_all(waived.rejection.parameters),
            permission=waived.permission_id,
        )
        for waived in (each.verdict for each in judged)
        if isinstance(waived, Waived)
    )


def verdict_view(judged: Judged) -> VerdictView:
    """What one rule said."""
    match judged.verdict:
        case Waived(rejection, permission):
            return VerdictView(
                rule=judged.rule,
                verdict="waived",
                code=rejection.code,
                parameters=_plain_all(rejection.parameters),
                permission=permission,
            )
        case Rejection(code, parameters):
            return VerdictView(rule=judged.rule, verdict="rejected", code=code, parameters=_plain_all(parameters))
        case allowed:
            return VerdictView(rule=judged.rule, verdict="allowed", parameters=_plain_all(allowed.parameters))


def _sentence(rejection: Rejection) -> str:
    entry = REJECTIONS[RejectionCode(rejection.code)]
    return entry.sentence.format(**{name: _in_words(value) for name, value in rejection.parameters.items()})


def _plain_all(parameters: Mapping[str, Parameter]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in parameters.items()}


def _plain(value: Parameter) -> Any:  # noqa: ANN401 - JSON: texts, numbers, lists and objects
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Mapping):
        return _plain_all(value)
    return value


def _in_words(value: Parameter) -> str:
    if isinstance(value, tuple):
        return ", ".join(_in_words(part) for part in value) or "none"
    return "none" if value is None else str(value)
