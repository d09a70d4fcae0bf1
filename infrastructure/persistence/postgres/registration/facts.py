"""Facts from the row of `registration_load` and the snapshot of what does not change with it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from domain.registration.commands import Command
from domain.registration.facts import Facts
from domain.registration.references import references_to_courses, references_to_offerings, references_to_sections
from domain.shared.identifiers import OfferingId, TermId
from domain.shared.reference import Reference
from infrastructure.persistence.postgres.registration.facts_of_offerings import pools_of, seating_of
from infrastructure.persistence.postgres.registration.facts_of_students import entries_of, students_facts
from infrastructure.persistence.postgres.registration.snapshots import Snapshot

I = TypeVar("I", bound=UUID)  # noqa: E741 - an identifier
V = TypeVar("V")


def facts_of(
    row: Mapping[str, Any],
    attempts: Mapping[str, Any],
    loaded: Iterable[OfferingId],
    snapshot: Snapshot,
    commands: Sequence[Command],
) -> Facts:
    """The facts for deciding `commands`; of the snapshot's offerings, only those `loaded` for them are among them."""
    term: TermId = snapshot.term.id
    offerings = {known: snapshot.offerings[known] for known in loaded if known in snapshot.offerings}
    code = snapshot.term.code
    named = resolved(
        references_to_offerings(commands), snapshot.offerings, snapshot.offering_codes, code, lambda o: o.offering.id
    )
    courses = resolved(
        references_to_courses(commands), snapshot.courses, snapshot.course_codes, None, lambda record: record.id
    )
    offered = {course.id for known in offerings.values() for course in known.courses} if courses else ()
    return Facts(
        term=snapshot.term,
        next_number=row["following"],
        students=students_facts(row, attempts, snapshot),
        offerings=offerings,
        sections=snapshot.sections,
        seating=seating_of(row, snapshot.sections),
        offering_ids={reference: found for reference, found in named.items() if found in offerings},
        section_ids=resolved(
            references_to_sections(commands), snapshot.sections, snapshot.section_codes, code, lambda record: record.id
        ),
        course_ids={reference: found for reference, found in courses.items() if found in offered},
        pools=pools_of(row),
        entries=entries_of(row["entries"], term),
        tickets=snapshot.tickets,
    )


def resolved(
    references: Iterable[Reference],
    known: Mapping[I, V],
    codes: Mapping[str, I],
    term_code: str | None,
    own: Callable[[V], I],
) -> dict[Reference, I]:
    """The ids that the references name, as the records' `own`; a code without a term's code means this term's."""
    found: dict[Reference, I] = {}
    for reference in references:
        if reference.id is not None:
            if reference.id in known:
                found[reference] = own(known[reference.id])  # type: ignore[index]  # it is a key
        elif reference.code is not None and reference.code in codes and reference.scope in (None, term_code):
            found[reference] = codes[reference.code]
    return found
