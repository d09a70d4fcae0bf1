"""Mappers of terms and time tickets."""

from domain.scheduling.term import CreditLimits, Deadlines, Session, Term
from domain.scheduling.time_ticket import TimeTicket
from domain.shared.identifiers import InstitutionId, TermId, TimeTicketId
from infrastructure.persistence.postgres.mapping.cohorts import cohort_of
from infrastructure.persistence.postgres.mapping.mapper import Mapper, Values
from infrastructure.persistence.postgres.rows.terms import (
    SessionRow,
    TermRow,
    TimeTicketRow,
)


def _term_values(institution: InstitutionId, term: Term) -> Values:
    return {
        "institution_id": institution,
        "id": term.id,
        "code": term.code,
        "name": term.name,
        "time_zone": term.time_zone,
        "starts_on": term.starts_on,
        "ends_on": term.ends_on,
        "registration_opens_at": term.registration_opens_at,
        "registration_closes_at": term.registration_closes_at,
        "add_deadline": term.add_deadline,
        "drop_deadline": term.drop_deadline,
        "withdrawal_deadline": term.withdrawal_deadline,
        "holidays": sorted(term.holidays),
        "credit_maximum": term.credit_maximum,
        "credit_minimum": term.credit_minimum,
        "waitlist_closes_at": term.waitlist_closes_at,
        "in_progress_counts": term.in_progress_counts,
        "version": 1,
        "sessions": [
            {
                "institution_id": institution,
                "term_id": term.id,
                "code": session.code,
                "position": position,
                "name": session.name,
                "starts_on": session.starts_on,
                "ends_on": session.ends_on,
                "add_deadline": session.deadlines.add,
                "drop_deadline": session.deadlines.drop,
                "withdrawal_deadline": session.deadlines.withdrawal,
            }
            for position, session in enumerate(term.sessions)
        ],
        "credit_limits": [
            {
                "institution_id": institution,
                "term_id": term.id,
                "class_level": class_level,
                "credit_maximum": limits.maximum,
                "credit_minimum": limits.minimum,
            }
            for class_level, limits in term.credit_limits.items()
        ],
    }


def term_of(row: TermRow) -> Term:
    """The term that a row holds."""
    return Term(
        id=TermId(row.id),
        code=row.code,
        name=row.name,
        time_zone=row.time_zone,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        registration_opens_at=row.registration_opens_at,
        registration_closes_at=row.registration_closes_at,
        add_deadline=row.add_deadline,
        drop_deadline=row.drop_deadline,
        holidays=frozenset(row.holidays),
        credit_maximum=row.credit_maximum,
        withdrawal_deadline=row.withdrawal_deadline,
        credit_minimum=row.credit_minimum,
        credit_limits={
            limits.class_level: CreditLimits(limits.credit_maximum, limits.credit_minimum)
            for limits in row.credit_limits
        },
        sessions=tuple(_session(session) for session in sorted(row.sessions, key=lambda row: row.position)),
        waitlist_closes_at=row.waitlist_closes_at,
        in_progress_counts=row.in_progress_counts,
    )


def _session(row: SessionRow) -> Session:
    return Session(
        code=row.code,
        name=row.name,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        deadlines=Deadlines(row.add_deadline, row.drop_deadline, row.withdrawal_deadline),
    )


def _time_ticket_values(institution: InstitutionId, ticket: TimeTicket) -> Values:
    return {
        "institution_id": institution,
        "id": ticket.id,
        "term_id": ticket.term_id,
        "name": ticket.name,
        "class_levels": sorted(ticket.cohort.class_levels),
        "opens_at": ticket.opens_at,
        "closes_at": ticket.closes_at,
        "version": 1,
        "students": [
            {"institution_id": institution, "time_ticket_id": ticket.id, "student_id": student}
            for student in ticket.cohort.students
        ],
        "programs": [
            {"institution_id": institution, "time_ticket_id": ticket.id, "program_id": program}
            for program in ticket.cohort.programs
        ],
    }


def _time_ticket(row: TimeTicketRow) -> TimeTicket:
    return TimeTicket(
        id=TimeTicketId(row.id),
        term_id=TermId(row.term_id),
        name=row.name,
        cohort=cohort_of(row.students, row.programs, row.class_levels),
        opens_at=row.opens_at,
        closes_at=row.closes_at,
    )


_OPEN_REGISTRATION = "INSERT INTO term_registrations (institution_id, term_id) SELECT institution_id, id FROM new"
"""Each term has a registration row, on which its decisions are ordered."""

TERM = Mapper("term", Term, TermRow, _term_values, term_of, TermRow.code, added=(_OPEN_REGISTRATION,))
TIME_TICKET = Mapper("time ticket", TimeTicket, TimeTicketRow, _time_ticket_values, _time_ticket)
