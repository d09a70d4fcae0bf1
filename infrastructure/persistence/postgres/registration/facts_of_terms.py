"""A term with its time tickets and grading schemes from the document of `registration_statics`."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.catalog.grading import GradingScheme
from domain.people.cohort import Cohort
from domain.scheduling.term import CreditLimits, Deadlines, Session, Term
from domain.scheduling.time_ticket import TimeTicket
from domain.shared.identifiers import ProgramId, StudentId, TermId, TimeTicketId
from infrastructure.persistence.postgres.mapping.catalog import grading_scheme_of
from infrastructure.persistence.postgres.registration.ids import id_of
from infrastructure.persistence.postgres.rows.catalog import GradingSchemeRow

Json = Any
"""A value of the document; its shape is what the SQL function builds."""


def term_of(document: Json) -> Term:
    """The term."""
    row = document["term"]
    return Term(
        id=TermId(id_of(row["id"])),
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


def tickets_of(document: Json, term: TermId) -> tuple[TimeTicket, ...]:
    """Its time tickets, each with at most one of the students whom it names."""
    return tuple(_ticket(row, term) for row in document["tickets"] or ())


def schemes_of(document: Json) -> dict[UUID, GradingScheme]:
    """The grading schemes of the institution, by id."""
    return {scheme.id: scheme for scheme in map(_scheme, document["schemes"] or ())}


def _scheme(row: Json) -> GradingScheme:
    identifier, code, name, grades, scale = row
    return grading_scheme_of(GradingSchemeRow(id=id_of(identifier), code=code, name=name, grades=grades, scale=scale))


def _ticket(row: Json, term: TermId) -> TimeTicket:
    identifier, name, class_levels, opens_at, closes_at, programs, students = row
    return TimeTicket(
        id=TimeTicketId(id_of(identifier)),
        term_id=term,
        name=name,
        cohort=Cohort(
            students=frozenset(StudentId(id_of(student)) for student in students),
            programs=frozenset(ProgramId(id_of(program)) for program in programs),
            class_levels=frozenset(class_levels),
        ),
        opens_at=datetime.fromisoformat(opens_at),
        closes_at=_moment(closes_at),
    )


def _decimal(value: Json) -> Decimal | None:
    """Credits with their two decimals: where a whole row is JSON, they are numbers, which have lost zeros."""
    return None if value is None else Decimal(str(value)).quantize(Decimal("0.01"))


def _day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)


def _moment(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)
