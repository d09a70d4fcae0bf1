"""What else can be asked of registration, in short: carts, swaps, queues, permissions and revisions."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from domain.catalog.grading import GradingBasis
from domain.people.cohort import Cohort
from domain.registration.codes import RejectionCode
from domain.registration.commands import (
    Action,
    Add,
    ChangeBasis,
    ChangeSections,
    Choice,
    GivePermission,
    IfFull,
    LeaveWaitlist,
    Mode,
    RegistrationRequest,
    ReleaseHold,
    ReviewQueues,
    ReviseSection,
    RevokePermission,
    Swap,
)
from domain.registration.permission import Permission
from domain.scheduling.section import ReservedSeats, Section
from domain.scheduling.time_ticket import TimeTicket
from domain.shared.identifiers import HoldId, TimeTicketId
from tests.support.domain_builders import (
    NOON,
    a_request,
    a_term,
    adding,
    by_code,
    enrollment_id,
    entry_id,
    identifier,
    offering_id,
    permission_id,
    program_id,
    section_id,
    student_id,
)


def choice(offering: str, *sections: str, course: str | None = None) -> Choice:
    """An offering through the sections with these codes, as one of the ranked choices of an add."""
    return Choice(by_code(offering), tuple(map(by_code, sections)), None if course is None else by_code(course))


def adding_one_of(*choices: Choice, as_name: str, if_full: IfFull = IfFull.REJECT) -> Add:
    """An add of the first choice that can be had."""
    return Add(enrollment_id(as_name), entry_id(as_name), choices, if_full=if_full)


def waiting_for(offering: str, *sections: str, as_name: str | None = None) -> Add:
    """An add that waits when there are no seats."""
    return adding(offering, *sections, as_name=as_name, if_full=IfFull.WAITLIST)


def swapping(name: str, add: Add) -> Swap:
    """A swap of the enrollment of that name."""
    return Swap(enrollment_id(name), add)


def moving(name: str, *sections: str) -> ChangeSections:
    """A change of the enrollment of that name to other sections."""
    return ChangeSections(enrollment_id(name), tuple(map(by_code, sections)))


def graded_by(name: str, basis: GradingBasis) -> ChangeBasis:
    """A change of how the enrollment of that name is graded."""
    return ChangeBasis(enrollment_id(name), basis)


def leaving(name: str) -> LeaveWaitlist:
    """Leaving the waitlist entry of that name."""
    return LeaveWaitlist(entry_id(name))


def a_cart(student: str, *actions: Action, at: datetime = NOON) -> RegistrationRequest:
    """An atomic request of the student of that name."""
    return replace(a_request(student, *actions, at=at), mode=Mode.ATOMIC)


def revising(section: Section, version: int | None = None, *, at: datetime = NOON, **changes: Any) -> ReviseSection:
    """A section's new state, with `changes`."""
    return ReviseSection(replace(section, **changes), at, version)


def a_permission(
    student: str,
    offering: str,
    *codes: RejectionCode,
    section: str | None = None,
    name: str = "waiver",
    **terms: Any,
) -> Permission:
    """A waiver of `codes`; `terms` are further fields of it."""
    return Permission(
        **{
            "id": permission_id(f"{student}/{name}"),
            "student_id": student_id(student),
            "term_id": a_term().id,
            "offering_id": offering_id(offering),
            "codes": frozenset(codes),
            "issuer": "Registrar",
            "reason": "Special case",
            "given_at": NOON,
            "section_id": None if section is None else section_id(section),
            **terms,
        }
    )


def permitting(permission: Permission, *, at: datetime = NOON) -> GivePermission:
    """The giving of a permission."""
    return GivePermission(permission, at)


def revoking(permission: Permission, *, at: datetime = NOON) -> RevokePermission:
    """The revocation of a permission."""
    return RevokePermission(permission, at)


def releasing(student: str, *, name: str = "fees", at: datetime = NOON) -> ReleaseHold:
    """The release of the hold of that name."""
    return ReleaseHold(HoldId(identifier("hold", f"{student}/{name}")), student_id(student), at)


def reviewing(at: datetime = NOON) -> ReviewQueues:
    """A review of the queues."""
    return ReviewQueues(at)


def a_cohort(*students: str, programs: Iterable[str] = (), levels: Iterable[int] = ()) -> Cohort:
    """The students of these names, and whoever is in one of the programs and at one of the levels."""
    return Cohort(frozenset(map(student_id, students)), frozenset(map(program_id, programs)), frozenset(levels))


def a_ticket(name: str, cohort: Cohort, opens_at: datetime, closes_at: datetime | None = None) -> TimeTicket:
    """A time ticket of that name."""
    return TimeTicket(TimeTicketId(identifier("ticket", name)), a_term().id, name, cohort, opens_at, closes_at)


def reserved(name: str, seats: int, cohort: Cohort, until: datetime | None = None) -> ReservedSeats:
    """Seats kept for a cohort."""
    return ReservedSeats(name, cohort, seats, until)
