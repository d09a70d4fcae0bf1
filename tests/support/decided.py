"""A list of commands decided and stored in two ways: as one list, and each command on what those before it left."""

from collections.abc import Sequence

from domain.registration.commands import Command
from domain.registration.decide import decide
from domain.registration.facts import Facts
from domain.registration.outcomes import Decided
from tests.support.stored_term import StoredTerm


def decided_at_once(facts: Facts, commands: Sequence[Command]) -> tuple[list[Decided], StoredTerm]:
    """The answers to a list, and the term in which all its effects are stored together."""
    term = StoredTerm(facts)
    answers, effects = decide(facts, commands)
    term.apply(effects)
    return list(answers), term


def decided_one_by_one(facts: Facts, commands: Sequence[Command]) -> tuple[list[Decided], StoredTerm]:
    """The answers to each command alone, and the term in which the effects of each are stored before the next."""
    term = StoredTerm(facts)
    answers: list[Decided] = []
    for command in commands:
        (answer,), effects = decide(term.facts(), [command])
        term.apply(effects)
        answers.append(answer)
    return answers, term
