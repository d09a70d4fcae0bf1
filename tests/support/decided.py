"""A list of commands decided and stored in two ways, and the parts of an answer that tests look at."""

from collections.abc import Sequence
from dataclasses import replace

from domain.registration.commands import Command
from domain.registration.decide import decide
from domain.registration.enrollment import Enrollment, EnrollmentStatus
from domain.registration.facts import Facts
from domain.registration.ledger import Ledger
from domain.registration.outcomes import Decided, Decision, Effects, Outcome, RequestDecided
from domain.registration.scope import scope_of
from tests.support.stored_term import StoredTerm


def decided_at_once(facts: Facts, commands: Sequence[Command]) -> tuple[list[Decided], StoredTerm]:
    """The answers to a list, and the term in which all its effects are stored together."""
    term = StoredTerm(facts)
    answers, effects = decide(facts, commands)
    term.apply(effects)
    return list(answers), term


def decided_one_by_one(facts: Facts, commands: Sequence[Command]) -> tuple[list[Decided], StoredTerm]:
    """The answers to each command alone, on what a book loads for it, and the term in which all effects are stored."""
    term = StoredTerm(facts)
    answers: list[Decided] = []
    for command in commands:
        (answer,), effects = decide(_of_its_own(term.facts(), command), [command])
        term.apply(effects)
        answers.append(answer)
    return answers, term


def _of_its_own(facts: Facts, command: Command) -> Facts:
    """What a book loads for the command alone."""
    scope = scope_of(Ledger(facts), command, alone=False)
    return replace(
        facts,
        offerings={key: known for key, known in facts.offerings.items() if key in scope.offerings},
        students={key: known for key, known in facts.students.items() if key in scope.students},
        entries={key: entry for key, entry in facts.entries.items() if key in scope.entries},
    )


def decisions(answer: Decided) -> tuple[Decision, ...]:
    """The decisions of a request."""
    assert isinstance(answer, RequestDecided)
    return answer.decisions


def outcomes(answer: Decided) -> list[Outcome]:
    """What became of each action of a request."""
    return [decision.outcome for decision in decisions(answer)]


def enrolled_in(effects: Effects) -> list[Enrollment]:
    """The new enrollments that are to be stored as standing, in the order of decisions."""
    new = [change.after for change in effects.enrollments.values() if change.before is None]
    return sorted((e for e in new if e.status is EnrollmentStatus.ENROLLED), key=lambda e: e.number)


def ended_in(effects: Effects) -> list[Enrollment]:
    """The enrollments that are to be stored as ended, in the order of decisions."""
    ended = [c.after for c in effects.enrollments.values() if c.after.status is not EnrollmentStatus.ENROLLED]
    return sorted(ended, key=lambda e: e.number)
