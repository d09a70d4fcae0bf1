"""How commands name offerings, sections and courses, and which records those names mean."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from domain.registration.commands import ChangeSections, Choice, Command, RegistrationRequest, adds_in
from domain.shared.reference import Reference

I = TypeVar("I", bound=UUID)  # noqa: E741 - an identifier's type


def choices_in(commands: Iterable[Command]) -> Iterator[Choice]:
    """Every choice of every add in the commands."""
    for command in commands:
        if isinstance(command, RegistrationRequest):
            for action in command.actions:
                for add in adds_in(action):
                    yield from add.choices


def references_to_offerings(commands: Iterable[Command]) -> frozenset[Reference]:
    """How the commands name the offerings they want."""
    return frozenset(choice.offering for choice in choices_in(commands))


def references_to_courses(commands: Iterable[Command]) -> frozenset[Reference]:
    """How the commands name the courses as which cross-listed offerings are taken."""
    return frozenset(choice.course for choice in choices_in(commands) if choice.course is not None)


def references_to_sections(commands: Sequence[Command]) -> frozenset[Reference]:
    """How the commands name the sections they want."""
    of_adds = (reference for choice in choices_in(commands) for reference in choice.sections)
    of_changes = (
        reference
        for command in commands
        if isinstance(command, RegistrationRequest)
        for action in command.actions
        if isinstance(action, ChangeSections)
        for reference in action.sections
    )
    return frozenset((*of_adds, *of_changes))


def resolved(references: Iterable[Reference], codes: Mapping[I, str], scope: str | None) -> dict[Reference, I]:
    """The ids that the references name among records with these codes.

    `scope` is the code of the term to which the records belong, None for records that belong to none: a reference may
    leave it out, and may not name another.
    """
    by_code = {code: identifier for identifier, code in codes.items()}
    by_id: dict[UUID, I] = {identifier: identifier for identifier in codes}
    found: dict[Reference, I] = {}
    for reference in references:
        if reference.id is not None:
            if reference.id in by_id:
                found[reference] = by_id[reference.id]
        elif reference.code in by_code and reference.scope in (None, scope):
            found[reference] = by_code[reference.code]
    return found
