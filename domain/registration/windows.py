"""When a student may act: the registration window, time tickets, and the deadlines of the term or session.

Each rule is a pure function with the name a registrar would say, answering a verdict.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from domain.registration.codes import RejectionCode
from domain.registration.enrollment import EnrollmentStatus
from domain.registration.facts import StudentFacts
from domain.scheduling.term import Deadlines, Term
from domain.scheduling.time_ticket import TimeTicket
from domain.shared.identifiers import StudentId
from domain.shared.kept import kept
from domain.shared.verdict import ALLOWED, Allowed, Parameter, Rejection, Verdict


def registration_is_open(term: Term, moment: datetime) -> Verdict:
    """Courses are added only within the term's registration window."""
    window = _window(term)
    return window if term.is_open_at(moment) else Rejection(RejectionCode.TERM_NOT_OPEN, window.parameters)


def registration_has_opened(term: Term, moment: datetime) -> Verdict:
    """Nobody leaves a course before registration opens; after that, the deadlines alone decide."""
    window = _window(term)
    opened = term.registration_opens_at <= moment
    return window if opened else Rejection(RejectionCode.TERM_NOT_OPEN, window.parameters)


@kept
def _window(term: Term) -> Allowed:
    return Allowed(
        {
            "term": term.code,
            "opens_at": term.registration_opens_at.isoformat(),
            "closes_at": term.registration_closes_at.isoformat(),
        }
    )


def time_ticket_is_open(
    term: Term, tickets: Sequence[TimeTicket], identifier: StudentId, student: StudentFacts, moment: datetime
) -> Verdict:
    """Where a term has time tickets, a student acts while one of the student's own is open."""
    if not tickets:
        return ALLOWED
    profile = student.profile
    program = None if profile is None else profile.program_id
    class_level = None if profile is None else profile.class_level
    own: list[TimeTicket] = []
    for ticket in tickets:
        if ticket.id in student.tickets or ticket.cohort.includes(identifier, program, class_level):
            if ticket.is_open_at(moment):
                return _ticket(ticket)
            own.append(ticket)
    ahead = min((ticket.opens_at for ticket in own if ticket.opens_at > moment), default=None)
    opens_at = None if ahead is None else ahead.isoformat()
    return Rejection(RejectionCode.TIME_TICKET_NOT_OPEN, {"term": term.code, "opens_at": opens_at})


@kept
def _ticket(ticket: TimeTicket) -> Allowed:
    return Allowed({"ticket": ticket.name, "opens_at": ticket.opens_at.isoformat()})


def add_deadline_is_ahead(term: Term, session: str | None, moment: datetime) -> Verdict:
    """Courses are added until the end of the add deadline's day, on the institution's clock."""
    of_sessions = _adding(term)
    adding = of_sessions.get(session, of_sessions[None])
    ahead = term.day_of(moment) <= term.deadlines(session).add
    return adding if ahead else Rejection(RejectionCode.DEADLINE_PASSED, adding.parameters)


@kept
def _adding(term: Term) -> Mapping[str | None, Allowed]:
    """What is said while a session's add deadline is ahead; under None, the term's own."""
    deadlines = {session: term.deadlines(session).add for session in (None, *(known.code for known in term.sessions))}
    return {
        session: Allowed({"action": "add", "term": term.code, "deadline": deadline.isoformat()})
        for session, deadline in deadlines.items()
    }


def waitlist_is_open(term: Term, moment: datetime) -> Verdict:
    """Nobody starts to wait when nobody is promoted any more."""
    closes_at = term.waitlist_closes_at
    if closes_at is None:
        return ALLOWED
    looked_at: dict[str, Parameter] = {"action": "wait", "term": term.code, "deadline": closes_at.isoformat()}
    return Allowed(looked_at) if moment < closes_at else Rejection(RejectionCode.DEADLINE_PASSED, looked_at)


def leaving_deadline_is_ahead(term: Term, session: str | None, moment: datetime) -> Verdict:
    """Courses are dropped until the drop deadline, and left with a W until the withdrawal deadline, if there is one."""
    deadlines = term.deadlines(session)
    if leaving_at(deadlines, term, moment) is not None:
        return Allowed({"term": term.code, "drop_deadline": deadlines.drop.isoformat()})
    action, deadline = ("drop", deadlines.drop) if deadlines.withdrawal is None else ("withdraw", deadlines.withdrawal)
    return Rejection(
        RejectionCode.DEADLINE_PASSED, {"action": action, "term": term.code, "deadline": deadline.isoformat()}
    )


def leaving_at(deadlines: Deadlines, term: Term, moment: datetime) -> EnrollmentStatus | None:
    """What leaving a course at `moment` makes of the enrollment; None when it is too late."""
    day = term.day_of(moment)
    if day <= deadlines.drop:
        return EnrollmentStatus.DROPPED
    if deadlines.withdrawal is not None and day <= deadlines.withdrawal:
        return EnrollmentStatus.WITHDRAWN
    return None
