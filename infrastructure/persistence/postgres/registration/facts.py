"""Facts from the JSON document of `registration_load`; the positions in its arrays are those of the SQL function."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from domain.people.cohort import Cohort
from domain.registration.commands import Command
from domain.registration.facts import Facts
from domain.scheduling.term import CreditLimits, Deadlines, Session, Term
from domain.scheduling.time_ticket import TimeTicket
from domain.shared.identifiers import ProgramId, SectionId, StudentId, TermId, TimeTicketId
from domain.shared.reference import Reference
from infrastructure.persistence.postgres.registration.facts_of_offerings import (
    courses_of,
    offerings_of,
    seating_of,
    sections_of,
)
from infrastructure.persistence.postgres.registration.facts_of_students import entries_of, students_facts
from infrastructure.persistence.questions import (
    references_to_courses,
    references_to_offerings,
    references_to_sections,
)

Json = Any
"""A value of the document; its shape is what the SQL function builds."""

I = TypeVar("I", bound=UUID)  # noqa: E741 - an identifier


def facts_of(document: Json, commands: Sequence[Command]) -> Facts:
    """The facts that the document holds for deciding `commands`."""
    term = _term(document)
    courses = courses_of(document["courses"])
    sections = sections_of(document["sections"], term.id)
    offerings = offerings_of(document["offerings"], term.id, courses, sections)
    return Facts(
        term=term,
        next_number=document["next_number"],
        students=students_facts(document, term.id),
        offerings=offerings,
        sections=sections,
        seating=seating_of(document["seating"], sections),
        offering_ids=_resolved(
            references_to_offerings(commands), {o.offering.id: o.offering.code for o in offerings.values()}, term.code
        ),
        section_ids=_resolved(references_to_sections(commands), {s.id: s.code for s in sections.values()}, term.code),
        course_ids=_resolved(references_to_courses(commands), {c.id: c.code for c in courses.values()}, None),
        pools=_pools(document["pools"]),
        entries=entries_of(document["entries"], term.id),
        tickets=tuple(_ticket(row, term.id) for row in document["tickets"] or ()),
    )


def _resolved(references: frozenset[Reference], codes: dict[I, str], term_code: str | None) -> dict[Reference, I]:
    """The ids that the references name; a code without a term's code means this term's."""
    by_code = {code: identifier for identifier, code in codes.items()}
    by_id: dict[UUID, I] = {identifier: identifier for identifier in codes}
    found = {}
    for reference in references:
        if reference.id is not None and reference.id in by_id:
            found[reference] = by_id[reference.id]
        elif reference.code in by_code and reference.scope in (None, term_code):
            found[reference] = by_code[reference.code]
    return found


def _term(document: Json) -> Term:
    row = document["term"]
    return Term(
        id=TermId(UUID(row["id"])),
        code=row["code"],
        name=row["name"],
        time_zone=row["time_zone"],
        starts_on=date.fromisoformat(row["starts_on"]),
        ends_on=date.fromisoformat(row["ends_on"]),
        registration_opens_at=datetime.fromisoformat(row["registration_opens_at"]),
        registration_closes_at=datetime.fromisoformat(row["registration_closes_at"]),
        add_deadline=date.fromisoformat(row["add_deadline"]),
        drop_deadline=date.fromisoformat(row["drop_deadline"]),
        holidays=frozenset(date.fromisoformat(day) for day in row["holidays"]),
        credit_maximum=_decimal(row["credit_maximum"]),
        withdrawal_deadline=_day(row["withdrawal_deadline"]),
        credit_minimum=_decimal(row["credit_minimum"]),
        credit_limits={
            class_level: CreditLimits(_decimal(maximum), _decimal(minimum))
            for class_level, maximum, minimum in document["credit_limits"] or ()
        },
        sessions=tuple(_session(session) for session in document["sessions"] or ()),
        waitlist_closes_at=_moment(row["waitlist_closes_at"]),
        in_progress_counts=row["in_progress_counts"],
    )


def _session(row: Json) -> Session:
    code, name, starts_on, ends_on, add_deadline, drop_deadline, withdrawal_deadline = row
    return Session(
        code=code,
        name=name,
        starts_on=date.fromisoformat(starts_on),
        ends_on=date.fromisoformat(ends_on),
        deadlines=Deadlines(
            date.fromisoformat(add_deadline), date.fromisoformat(drop_deadline), _day(withdrawal_deadline)
        ),
    )


def _ticket(row: Json, term: TermId) -> TimeTicket:
    identifier, name, class_levels, opens_at, closes_at, programs, students = row
    return TimeTicket(
        id=TimeTicketId(UUID(identifier)),
        term_id=term,
        name=name,
        cohort=Cohort(
            students=frozenset(StudentId(UUID(student)) for student in students),
            programs=frozenset(ProgramId(UUID(program)) for program in programs),
            class_levels=frozenset(class_levels),
        ),
        opens_at=datetime.fromisoformat(opens_at),
        closes_at=_moment(closes_at),
    )


def _pools(rows: Json) -> dict[SectionId, dict[str, int]]:
    pools: dict[SectionId, dict[str, int]] = {}
    for section, pool, taken in rows or ():
        pools.setdefault(SectionId(UUID(section)), {})[pool] = taken
    return pools


def _decimal(value: Json) -> Decimal | None:
    """Credits with their two decimals: where a whole row is JSON, they are numbers, which have lost zeros."""
    return None if value is None else Decimal(str(value)).quantize(Decimal("0.01"))


def _day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)


def _moment(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)
