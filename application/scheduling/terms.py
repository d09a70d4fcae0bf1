"""Terms as callers give and see them."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from application.shared.caller import EVERYONE
from application.shared.dto import IN_ORDER, Code, Credits, Day, Dto, Moment, Name
from application.shared.errors import InvalidField
from application.shared.institutions import TimeZone
from application.shared.paging import Listing
from application.shared.records import RecordKind, Work
from domain.scheduling.term import Term
from domain.shared.identifiers import TermId

_LONGEST_DAYS = 400


class TermFields(Dto):
    """What is given to create or replace a term.

    Registration is open from `registration_opens_at` until just before `registration_closes_at`; the deadlines are the
    last days on which a student may add or drop, on the clock of `time_zone`.
    """

    code: Annotated[Code, Field(examples=["2026-1"])]
    name: Name
    time_zone: TimeZone
    starts_on: Day
    ends_on: Day
    registration_opens_at: Moment
    registration_closes_at: Moment
    add_deadline: Day
    drop_deadline: Day
    holidays: Annotated[frozenset[Day], Field(max_length=_LONGEST_DAYS), IN_ORDER] = frozenset()
    credit_maximum: Credits | None = None


class TermView(TermFields):
    """A term as stored."""

    id: UUID
    version: int


async def _assemble(identifier: UUID, fields: TermFields, _before: Term | None, _work: Work) -> Term:
    if (fields.ends_on - fields.starts_on).days > _LONGEST_DAYS:
        field, reason = "ends_on", f"a term lasts at most {_LONGEST_DAYS} days"
        raise InvalidField(field, reason)
    return Term(
        id=TermId(identifier),
        code=fields.code,
        name=fields.name,
        time_zone=fields.time_zone,
        starts_on=fields.starts_on,
        ends_on=fields.ends_on,
        registration_opens_at=fields.registration_opens_at,
        registration_closes_at=fields.registration_closes_at,
        add_deadline=fields.add_deadline,
        drop_deadline=fields.drop_deadline,
        holidays=fields.holidays,
        credit_maximum=fields.credit_maximum,
    )


TERMS = RecordKind(
    name="term",
    entity=Term,
    fields=TermFields,
    view=TermView,
    listing=Listing(sorts=("code", "name", "starts_on"), filters=("code",), searches=("code", "name")),
    assemble=_assemble,
    readers=EVERYONE,
)
