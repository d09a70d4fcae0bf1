"""Decisions in the words of the contract: codes, sentences and parameters that any adapter can send."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from application.registration.dto import DecisionView, RejectionView, SeatView
from domain.registration.codes import REJECTIONS, RejectionCode
from domain.registration.commands import Add
from domain.registration.outcomes import Decision
from domain.scheduling.section import Section
from domain.shared.identifiers import SectionId
from domain.shared.verdict import Parameter, Rejection


def decision_view(decision: Decision, sections: Mapping[SectionId, Section]) -> DecisionView:
    """A decision as callers see it; `sections` holds every section in which the enrollment sits."""
    enrollment = decision.enrollment
    return DecisionView(
        number=decision.number,
        action="add" if isinstance(decision.action, Add) else "drop",
        outcome=decision.outcome,
        enrollment=None if enrollment is None else enrollment.id,
        offering=None if enrollment is None else enrollment.offering_id,
        seats=()
        if enrollment is None
        else tuple(
            SeatView(section=seat.section_id, section_code=sections[seat.section_id].code, seat_no=seat.seat_no)
            for seat in enrollment.seats
        ),
        rejections=tuple(rejection_view(rejection) for rejection in decision.rejections),
    )


def rejection_view(rejection: Rejection) -> RejectionView:
    """A rejection as callers see it: its code, the sentence of the catalogue, and its parameters."""
    parameters = {name: _plain(value) for name, value in rejection.parameters.items()}
    entry = REJECTIONS[RejectionCode(rejection.code)]
    words = {name: _in_words(value) for name, value in rejection.parameters.items()}
    return RejectionView(code=rejection.code, message=entry.sentence.format(**words), parameters=parameters)


def _plain(value: Parameter) -> Any:  # noqa: ANN401 - JSON: texts, numbers, lists and objects
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    return value


def _in_words(value: Parameter) -> str:
    if isinstance(value, tuple):
        return ", ".join(_in_words(part) for part in value) or "none"
    return str(value)
