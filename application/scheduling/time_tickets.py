"""Time tickets as callers give and see them: from when on a cohort may register in a term."""

from uuid import UUID

from application.people.cohorts import CohortFields, assemble_cohort
from application.shared.dto import Dto, Moment, Name, ReferenceText
from application.shared.paging import Listing
from application.shared.records import RecordKind, Work, resolve
from domain.scheduling.term import Term
from domain.scheduling.time_ticket import TimeTicket
from domain.shared.identifiers import TermId, TimeTicketId


class TimeTicketFields(Dto):
    """What is given to create or replace a time ticket.

    The cohort may register from `opens_at` until just before `closes_at`, null for as long as the term's registration
    is open. In a term that has tickets, whoever belongs to no cohort may not register.
    """

    term: ReferenceText
    name: Name
    cohort: CohortFields
    opens_at: Moment
    closes_at: Moment | None = None


class TimeTicketView(TimeTicketFields):
    """A time ticket as stored; references are ids."""

    id: UUID
    version: int


async def _assemble(identifier: UUID, fields: TimeTicketFields, _before: TimeTicket | None, work: Work) -> TimeTicket:
    return TimeTicket(
        id=TimeTicketId(identifier),
        term_id=TermId(await resolve(work, Term, "term", fields.term)),
        name=fields.name,
        cohort=await assemble_cohort(fields.cohort, work),
        opens_at=fields.opens_at,
        closes_at=fields.closes_at,
    )


TIME_TICKETS = RecordKind(
    name="time ticket",
    entity=TimeTicket,
    fields=TimeTicketFields,
    view=TimeTicketView,
    listing=Listing(sorts=("opens_at", "name"), filters=("term",), searches=("name",)),
    assemble=_assemble,
)
