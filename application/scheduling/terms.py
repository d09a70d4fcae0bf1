"""Terms as callers give and see them."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from application.people.cohorts import ClassLevel
from application.shared.dto import IN_ORDER, Code, Credits, Day, Dto, Moment, Name
from application.shared.errors import InvalidField
from application.shared.institutions import TimeZone
from application.shared.paging import Listing
from application.shared.records import RecordKind, Work
from domain.scheduling.term import CreditLimits, Deadlines, Session, Term
from domain.shared.identifiers import TermId

_LONGEST_DAYS = 400


class SessionFields(Dto):
    """A part of the term with dates and deadlines of its own; offerings name it by its code, unique in the term."""

    code: Annotated[Code, Field(examples=["A"])]
    name: Name
    starts_on: Day
    ends_on: Day
    add_deadline: Day
    drop_deadline: Day
    withdrawal_deadline: Day | None = None


class CreditLimitFields(Dto):
    """The credit limits of a class level, which go before the term's own; null leaves the term's."""

    class_level: ClassLevel
    credit_maximum: Credits | None = None
    credit_minimum: Credits | None = None


class TermFields(Dto):
    """What is given to create or replace a term.

    Registration is open from `registration_opens_at` until just before `registration_closes_at`; the deadlines are the
    last days on which a student may add, drop (no record is left) or withdraw (leaves W; null: nobody may), on the
    clock of `time_zone`. A `credit_maximum` or `credit_minimum` of null sets no limit. From `waitlist_closes_at` on
    nobody is promoted from a waitlist. `in_progress_counts` says whether a course that a student is still taking in
    another term meets a prerequisite.
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
    withdrawal_deadline: Day | None = None
    credit_minimum: Credits | None = None
    credit_limits: Annotated[tuple[CreditLimitFields, ...], Field(max_length=100)] = ()
    sessions: Annotated[tuple[SessionFields, ...], Field(max_length=50)] = ()
    waitlist_closes_at: Moment | None = None
    in_progress_counts: bool = True


class TermView(TermFields):
    """A term as stored."""

    id: UUID
    version: int


async def _assemble(identifier: UUID, fields: TermFields, _before: Term | None, _work: Work) -> Term:
    if (fields.ends_on - fields.starts_on).days > _LONGEST_DAYS:
        field, reason = "ends_on", f"a term lasts at most {_LONGEST_DAYS} days"
        raise InvalidField(field, reason)
    levels = [given.class_level for given in fields.credit_limits]
    if len(set(levels)) != len(levels):
        field, reason = "credit_limits", "hold one entry for each class level"
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
        withdrawal_deadline=fields.withdrawal_deadline,
        credit_minimum=fields.credit_minimum,
        credit_limits={
            given.class_level: CreditLimits(given.credit_maximum, given.credit_minimum)
            for given in fields.credit_limits
        },
        sessions=tuple(_session(given) for given in fields.sessions),
        waitlist_closes_at=fields.waitlist_closes_at,
        in_progress_counts=fields.in_progress_counts,
    )


def _session(given: SessionFields) -> Session:
    return Session(
        code=given.code,
        name=given.name,
        starts_on=given.starts_on,
        ends_on=given.ends_on,
        deadlines=Deadlines(given.add_deadline, given.drop_deadline, given.withdrawal_deadline),
    )


TERMS = RecordKind(
    name="term",
    entity=Term,
    fields=TermFields,
    view=TermView,
    listing=Listing(sorts=("code", "name", "starts_on"), filters=("code",), searches=("code", "name")),
    assemble=_assemble,
)
