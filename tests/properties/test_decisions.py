"""Random students do random things at a random university, and every invariant holds whatever they do."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from application.registration.decisions import rejection_view
from domain.registration.codes import REJECTIONS, RejectionCode
from domain.registration.commands import Command, RegistrationRequest
from domain.registration.decide import decide
from domain.registration.enrollment import Enrollment
from domain.registration.outcomes import Decided, Decision, Outcome, RequestDecided
from domain.registration.verification import verify
from domain.shared.identifiers import StudentId
from tests.properties.command_strategy import command_lists
from tests.properties.university_strategy import universities
from tests.support.decided import decided_at_once, decided_one_by_one
from tests.support.stored_term import StoredTerm
from tests.support.university import University


def decisions_in(answers: Sequence[Decided]) -> list[Decision]:
    return [d for answer in answers if isinstance(answer, RequestDecided) for d in answer.decisions]


def by_student(stored: StoredTerm) -> dict[StudentId, list[Enrollment]]:
    found: dict[StudentId, list[Enrollment]] = {}
    for enrollment in stored.enrollments.values():
        found.setdefault(enrollment.student_id, []).append(enrollment)
    return found


@settings(max_examples=250, deadline=None)
@given(universities(), st.data())
def test_no_invariant_ever_breaks(university: University, data: st.DataObject) -> None:
    facts = university.facts()
    commands = data.draw(command_lists(facts))

    _, effects = decide(facts, commands)
    stored = StoredTerm(facts)
    stored.apply(effects)  # counts every seat

    for enrollment in stored.enrollments.values():
        _sits_in_one_configuration_with_parents(enrollment, stored)
    for enrollments in by_student(stored).values():
        assert len({e.course_id for e in enrollments}) == len(enrollments)
        if facts.term.credit_maximum is not None:
            assert sum((e.credits for e in enrollments), Decimal(0)) <= facts.term.credit_maximum
        sections = [stored.sections[seat.section_id] for e in enrollments for seat in e.seats]
        for one, other in combinations(sections, 2):
            assert one.clash_with(other, facts.term.calendar) is None
    assert verify(stored.roster()) == ()


def _sits_in_one_configuration_with_parents(enrollment: Enrollment, stored: StoredTerm) -> None:
    offering = stored.facts().offerings[enrollment.offering_id].offering
    taken = Counter(seat.component_id for seat in enrollment.seats)
    assert taken in [Counter(part.id for part in way.components) for way in offering.configurations]
    ids = {seat.section_id for seat in enrollment.seats}
    for seat in enrollment.seats:
        section = stored.sections[seat.section_id]
        assert section.component_id == seat.component_id
        assert section.parent_id is None or section.parent_id in ids
        assert (seat.seat_no is None) == section.is_unlimited


@settings(max_examples=120, deadline=None)
@given(universities(), st.data())
def test_a_list_is_decided_like_its_commands_one_by_one(university: University, data: st.DataObject) -> None:
    facts = university.facts()
    commands = data.draw(command_lists(facts))

    answers, at_once = decided_at_once(facts, commands)
    singly, one_by_one = decided_one_by_one(facts, commands)

    assert answers == singly
    assert at_once.facts() == one_by_one.facts()
    assert at_once.seats == one_by_one.seats


@settings(max_examples=80, deadline=None)
@given(universities(), st.data())
def test_every_action_is_answered_with_the_next_number_and_its_reasons(
    university: University, data: st.DataObject
) -> None:
    facts = university.facts()
    commands: list[Command] = data.draw(command_lists(facts))

    answers, effects = decide(facts, commands)

    numbers: list[int] = []
    for command, answer in zip(commands, answers, strict=True):
        if isinstance(answer, RequestDecided):
            assert isinstance(command, RegistrationRequest)
            assert tuple(d.action for d in answer.decisions) == command.actions
            numbers.extend(d.number for d in answer.decisions)
        else:
            numbers.append(answer.number)
    numbers += [consequence.number for recorded in effects.recorded for consequence in recorded.consequences]
    assert sorted(numbers) == list(range(facts.next_number, effects.next_number))
    for decision in decisions_in(answers):
        assert (decision.outcome is Outcome.REJECTED) == bool(decision.rejections) == (decision.enrollment is None)
        for rejection in decision.rejections:
            entry = REJECTIONS[RejectionCode(rejection.code)]
            assert rejection.parameters.keys() == set(entry.parameters)
            assert rejection_view(rejection).message
    assert [change.after.number for change in effects.enrollments.values() if change.before is None] == [
        d.number for d in decisions_in(answers) if d.outcome is Outcome.ENROLLED
    ]


@settings(max_examples=50, deadline=None)
@given(universities(), st.data())
def test_deciding_changes_nothing_that_it_was_given(university: University, data: st.DataObject) -> None:
    facts, untouched = university.facts(), university.facts()
    commands = data.draw(command_lists(facts))

    first = decide(facts, commands)

    assert facts == untouched
    assert decide(facts, commands) == first
