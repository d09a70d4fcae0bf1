"""Random carts, queues, permissions and registrars: every invariant holds whatever they do, while time passes."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.catalog.course import Course
from domain.registration.commands import Command, Mode, RegistrationRequest, Swap
from domain.registration.decide import decide
from domain.registration.facts import Facts
from domain.registration.outcomes import Decision, Movement, Outcome, Recorded, RequestDecided
from domain.registration.requisites import Evidence, unmet
from domain.registration.verification import verify
from domain.registration.waitlist import WaitlistEntry
from domain.shared.identifiers import EnrollmentId, SectionId, StudentId
from domain.shared.reference import Reference
from tests.properties.command_strategy import busy_lists
from tests.properties.university_strategy import busy_universities
from tests.support.asking import reviewing
from tests.support.decided import decided_at_once, decided_one_by_one
from tests.support.domain_builders import a_request, adding, identifier
from tests.support.stored_term import StoredTerm
from tests.support.university import University

UNDONE = {Outcome.REJECTED, Outcome.NOT_APPLIED}


def decisions_in(recorded: Recorded) -> Sequence[Decision]:
    return recorded.answer.decisions if isinstance(recorded.answer, RequestDecided) else ()


@settings(max_examples=150, deadline=None)
@given(busy_universities(), st.data())
def test_nothing_breaks_a_seat_a_pool_or_a_schedule(university: University, data: st.DataObject) -> None:
    stored = StoredTerm(university.facts())

    for command in data.draw(busy_lists(stored.facts())):
        before = {section: len(_ordinary(stored, section)) for section in stored.sections}
        _, effects = decide(stored.facts(), [command])
        stored.apply(effects)  # counts every seat
        for section in stored.sections.values():
            if section.capacity is not None:
                assert len(_ordinary(stored, section.id)) <= max(section.capacity, before[section.id])
        _pools_hold(stored.facts(), university.facts())
        assert verify(stored.roster()) == ()


def _ordinary(stored: StoredTerm, section: SectionId) -> list[EnrollmentId]:
    """Who sits in a section on seats that no permission added."""
    return [
        enrollment.id
        for enrollment in stored.enrollments.values()
        for seat in enrollment.seats
        if seat.section_id == section and seat.permission_id is None
    ]


def _pools_hold(now: Facts, at_first: Facts) -> None:
    """Nobody takes more of a pool than it has; what is not in it is left to the others."""
    for section, taken in now.pools.items():
        seats = {pool.name: pool.seats for pool in at_first.sections[section].reserved}
        assert all(0 <= count <= seats[name] for name, count in taken.items())


@settings(max_examples=150, deadline=None)
@given(busy_universities(), st.data())
def test_nobody_waits_who_could_have_the_seats_by_asking(university: University, data: st.DataObject) -> None:
    facts = university.facts()
    commands: list[Command] = data.draw(busy_lists(facts))
    moment = commands[-1].arrived_at

    # Time has moved queues that no command looked at.
    _, stored = decided_at_once(facts, [*commands, reviewing(moment)])

    for entry in stored.entries.values():
        without = replace(stored.facts(), entries={})
        (answer,), _ = decide(without, [_the_same_by_asking(entry, stored, moment=commands[-1])])
        assert isinstance(answer, RequestDecided)
        assert answer.decisions[0].outcome is Outcome.REJECTED
    _, effects = decide(stored.facts(), [reviewing(moment)])
    assert effects.recorded[0].consequences == ()


def _the_same_by_asking(entry: WaitlistEntry, stored: StoredTerm, moment: Command) -> RegistrationRequest:
    """The request of a student who does not wait but asks for the same sections now."""
    choice = replace(
        adding("anything").choices[0],
        offering=Reference.of(entry.offering_id),
        sections=tuple(Reference.of(section) for section in entry.section_ids),
        course=Reference.of(entry.course_id),
    )
    add = replace(
        adding("anything"),
        enrollment_id=EnrollmentId(identifier("enrollment", "by asking")),
        choices=(choice,),
        grading_basis=entry.grading_basis,
    )
    old = entry.drop_if_enrolled
    stands = old is not None and old in stored.enrollments
    action = Swap(old, add) if stands and old is not None else add
    return replace(a_request("anybody", action, at=moment.arrived_at), student_id=entry.student_id)


@settings(max_examples=150, deadline=None)
@given(busy_universities(), st.data())
def test_an_atomic_cart_changes_everything_or_nothing(university: University, data: st.DataObject) -> None:
    stored = StoredTerm(university.facts())

    for command in data.draw(busy_lists(stored.facts())):
        _, effects = decide(stored.facts(), [command])
        (recorded,) = effects.recorded
        if isinstance(command, RegistrationRequest) and command.mode is Mode.ATOMIC:
            outcomes = {decision.outcome for decision in decisions_in(recorded)}
            assert outcomes <= UNDONE or not outcomes & UNDONE
            assert outcomes != {Outcome.NOT_APPLIED}
            if outcomes <= UNDONE:
                _only_queues_moved(recorded, (change.after.id for change in effects.enrollments.values()))
        stored.apply(effects)


def _only_queues_moved(recorded: Recorded, changed: Iterable[EnrollmentId]) -> None:
    moved = {e.id for c in recorded.consequences for e in (c.enrollment, c.ended) if e is not None}
    assert set(changed) <= moved
    assert all(decision.enrollment is None and decision.entry is None for decision in decisions_in(recorded))


@settings(max_examples=150, deadline=None)
@given(busy_universities(), st.data())
def test_a_busy_list_is_decided_like_its_commands_one_by_one(university: University, data: st.DataObject) -> None:
    facts = university.facts()
    commands = data.draw(busy_lists(facts))

    answers, at_once = decided_at_once(facts, commands)
    singly, one_by_one = decided_one_by_one(facts, commands)

    assert answers == singly
    assert at_once.facts() == one_by_one.facts()
    assert at_once.seats == one_by_one.seats
    assert at_once.gone == one_by_one.gone


@settings(max_examples=150, deadline=None)
@given(busy_universities(), st.data())
def test_a_promotion_goes_by_the_queue_and_every_number_is_used_once(
    university: University, data: st.DataObject
) -> None:
    facts = university.facts()
    commands = data.draw(busy_lists(facts))

    _, effects = decide(facts, commands)

    numbers: list[int] = []
    for recorded in effects.recorded:
        numbers += [decision.number for decision in decisions_in(recorded)]
        numbers += [] if isinstance(recorded.answer, RequestDecided) else [recorded.answer.number]
        numbers += [consequence.number for consequence in recorded.consequences]
        for consequence in recorded.consequences:
            assert (consequence.movement is Movement.SKIPPED) == bool(consequence.reasons)
            if consequence.movement is Movement.PROMOTED:
                assert consequence.entry is not None
                assert consequence.enrollment is not None
                assert consequence.enrollment.id == consequence.entry.enrollment_id
    assert Counter(numbers) == Counter(range(facts.next_number, effects.next_number))


@settings(max_examples=150, deadline=None)
@given(busy_universities(), st.data())
def test_a_corequisite_is_kept_unless_a_section_is_cancelled(university: University, data: st.DataObject) -> None:
    facts = university.facts()
    commands = data.draw(busy_lists(facts))

    _, effects = decide(facts, commands)
    stored = StoredTerm(facts)
    stored.apply(effects)

    if any(c.movement is Movement.REMOVED for recorded in effects.recorded for c in recorded.consequences):
        return
    taken: dict[StudentId, list[Course]] = {}
    for enrollment in stored.enrollments.values():
        course = facts.offerings[enrollment.offering_id].course(enrollment.course_id)
        taken.setdefault(enrollment.student_id, []).append(course)
    for courses in taken.values():
        evidence = Evidence(concurrent=frozenset(course.code for course in courses))
        assert all(course.corequisite is None or unmet(course.corequisite, evidence) is None for course in courses)
