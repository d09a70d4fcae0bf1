"""Decisions and verdicts as JSON texts, put together from pieces that are texts already.

The desk writes some twenty verdicts for every action, most of them with nothing to tell: as objects for a serializer
they cost three times as much.
"""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from json.encoder import encode_basestring as quoted
from uuid import UUID

from application.registration.decisions import ACTION_NAMES, rejection_document, verdict_document, waiver_document
from application.registration.documents import to_json
from domain.registration.enrollment import Enrollment, SeatTaken
from domain.registration.outcomes import Decision, Judged, Waived
from domain.registration.requisites import AttemptAtCourse
from domain.scheduling.section import Section
from domain.shared.identifiers import SectionId
from domain.shared.verdict import Allowed, Parameter


def decision_text(decision: Decision, sections: Mapping[SectionId, Section]) -> str:
    """A decision as a `DecisionView` dumps it; `sections` holds every section in which the enrollment sits."""
    enrollment, ended, entry = decision.enrollment, decision.ended, decision.entry
    known = enrollment if entry is None else entry
    rejections = [rejection_document(rejection) for rejection in decision.rejections]
    waived = [waiver_document(judged.verdict) for judged in decision.judged if isinstance(judged.verdict, Waived)]
    return (
        f'{{"number":{decision.number}'
        f',"action":"{ACTION_NAMES[type(decision.action)]}"'
        f',"outcome":"{decision.outcome}"'
        f',"enrollment":{_id(None if enrollment is None else enrollment.id)}'
        f',"ended":{_id(None if ended is None else ended.id)}'
        f',"offering":{_id(None if known is None else known.offering_id)}'
        f',"grading_basis":{_value(None if known is None else known.grading_basis)}'
        f',"seats":{"[]" if enrollment is None else _seats(enrollment, sections)}'
        f',"entry":{_id(None if entry is None else entry.id)}'
        f',"position":{_value(decision.position)}'
        f',"rejections":{to_json(rejections) if rejections else "[]"}'
        f',"waived":{to_json(waived) if waived else "[]"}}}'
    )


def _seats(enrollment: Enrollment, sections: Mapping[SectionId, Section]) -> str:
    """The seats of an enrollment by section code: the same order when it is made and whenever it is loaded."""
    seats = sorted([(sections[seat.section_id].code, _seat(seat, sections)) for seat in enrollment.seats])
    return f"[{','.join([text for _, text in seats])}]"


def _seat(seat: SeatTaken, sections: Mapping[SectionId, Section]) -> str:
    return (
        f'{{"section":"{seat.section_id!s}"'
        f',"section_code":{quoted(sections[seat.section_id].code)}'
        f',"seat_no":{_value(seat.seat_no)}'
        f',"pool":{_value(seat.pool)}'
        f',"permission":{_id(seat.permission_id)}}}'
    )


def verdict_text(judged: Judged) -> str:
    """What a rule said, without what there is nothing of: most rules allow, and a log keeps what they say for good."""
    verdict = judged.verdict
    if not isinstance(verdict, Allowed):
        return to_json({name: said for name, said in verdict_document(judged).items() if said is not None})
    if not verdict.parameters:
        return _allowed(judged.rule)
    return f'{{"rule":"{judged.rule}","verdict":"allowed","parameters":{_object(verdict.parameters)}}}'


@cache
def _allowed(rule: str) -> str:
    return f'{{"rule":"{rule}","verdict":"allowed"}}'


def attempt_text(attempt: AttemptAtCourse) -> str:
    """An attempt as the row that it is in the document of a student, an `AttemptRow`."""
    return (
        f"[{quoted(attempt.course)},{quoted(attempt.term)},{_value(attempt.grade)}"
        f",{_id(None if attempt.scheme is None else attempt.scheme.id)}"
        f",{_WORDS[attempt.passed]},{_WORDS[attempt.in_progress]},{_WORDS[attempt.transfer]}]"
    )


def _id(identifier: UUID | None) -> str:
    return "null" if identifier is None else f'"{identifier!s}"'


def _value(value: Parameter) -> str:
    """A parameter in JSON, where a decimal is a text."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Decimal):
        return f'"{value!s}"'
    if value is None or isinstance(value, bool):
        return _WORDS[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple):
        return f"[{','.join([_value(part) for part in value])}]"
    return _object(value)


def _object(parameters: Mapping[str, Parameter]) -> str:
    """Parameters in JSON; most are texts, and the names are words of the code."""
    parts = [f'"{name}":{quoted(value) if type(value) is str else _value(value)}' for name, value in parameters.items()]
    return f"{{{','.join(parts)}}}"


_WORDS = {None: "null", True: "true", False: "false"}
