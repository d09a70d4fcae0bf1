"""The `RegistrationBook` port: permissions are stored, seat above capacity, and that is no offence."""

from dataclasses import replace

import pytest

from application.registration.permissions import PERMISSIONS
from application.scheduling.sections import SECTIONS
from application.shared.errors import AlreadyExists, StaleWrite, StillReferenced, UnknownReference
from domain.registration.codes import RejectionCode
from domain.registration.commands import ReviewQueues, ReviseSection, RevokePermission
from domain.registration.enrollment import SeatTaken
from domain.registration.outcomes import Effects, Movement, Outcome
from domain.registration.permission import Permission
from domain.registration.seating import Seating
from domain.registration.verification import SeatRows, TermRoster, verify
from domain.scheduling.calendar import Weekday
from domain.scheduling.section import Section
from tests.contracts.arranging import TERM_ID, Stored
from tests.contracts.queueing import (
    OFFERINGS,
    a_crowded_university,
    a_permission,
    consequences_of,
    giving,
    taking,
    waiting,
)
from tests.contracts.registering import apply, recount
from tests.support.builders import a_student
from tests.support.domain_builders import (
    NOON,
    a_meeting,
    a_request,
    dropping,
    permission_id,
    section_id,
    student_id,
)


async def _permissions(stored: Stored, student: str) -> tuple[Permission, ...]:
    facts = await stored.facts(a_request(student))
    return facts.students[student_id(student)].permissions


async def _seating(stored: Stored, section: str = "X1") -> Seating:
    return (await stored.facts(taking("s1", section))).seating[section_id(section)]


async def _roster(stored: Stored) -> TermRoster:
    async with stored.persistence.reading(stored.institution) as views:
        return await views.term_roster(TERM_ID)


async def _seat_above_capacity(stored: Stored) -> None:
    """`s1` has the one seat of `X1`, `s2` one that a permission added."""
    await stored.add(*a_crowded_university())
    await stored.decide(taking("s1", "X1"), giving(a_permission("s2", RejectionCode.SEATS_FULL)), taking("s2", "X1"))


async def test_a_permission_is_stored_whole(stored: Stored) -> None:
    await stored.add(*a_crowded_university())
    codes = (RejectionCode.TIME_CONFLICT, RejectionCode.CREDIT_MAXIMUM)
    permission = replace(
        a_permission("s2", *codes, section="X1"), expires_at=NOON.replace(month=2), reason="Überfüllt «sehr»\n"
    )

    await stored.decide(giving(permission))

    assert await _permissions(stored, "s2") == (permission,)
    assert await _permissions(stored, "s1") == ()
    found = await stored.get(Permission, permission.id)
    assert found is not None
    assert (found.entity, found.version) == (permission, 1)
    view = await stored.view(PERMISSIONS, permission.id)
    assert (view.student, view.offering, view.section) == (
        str(permission.student_id),
        str(permission.offering_id),
        str(permission.section_id),
    )
    assert (view.term, view.issuer, view.codes) == (TERM_ID, "dean", frozenset(codes))


async def test_a_permission_is_revoked_between_decisions(stored: Stored) -> None:
    await stored.add(*a_crowded_university())
    permission = a_permission("s2", RejectionCode.SEATS_FULL)
    await stored.decide(taking("s1", "X1"), giving(permission))

    refused = await stored.register(RevokePermission(permission, NOON, 1), taking("s2", "X1"))

    assert [rejection.code for rejection in refused[0].rejections] == [RejectionCode.SEATS_FULL]
    assert await _permissions(stored, "s2") == ()
    view = await stored.view(PERMISSIONS, permission.id)
    assert (view.revoked_at, view.version) == (NOON, 2)
    with pytest.raises(StaleWrite):
        await stored.decide(RevokePermission(permission, NOON, 1))


async def test_a_revoked_permission_counts_no_longer(stored: Stored) -> None:
    await stored.add(*a_crowded_university())
    permission = a_permission("s2", RejectionCode.SEATS_FULL)
    await stored.decide(giving(permission))

    await stored.save(permission.revoke(NOON), 1)

    assert await _permissions(stored, "s2") == ()
    with pytest.raises(StaleWrite):
        await stored.save(permission, 1)


async def test_the_id_of_a_permission_is_given_once(stored: Stored) -> None:
    await stored.add(*a_crowded_university())
    await stored.decide(giving(a_permission("s2", RejectionCode.SEATS_FULL)))

    with pytest.raises(AlreadyExists):
        await stored.decide(giving(a_permission("s3", RejectionCode.SEATS_FULL)))


WRONG = {
    "student": replace(a_permission("s2", RejectionCode.HOLD), student_id=student_id("nobody")),
    "offering": a_permission("s2", RejectionCode.HOLD, course="never"),
    "section": a_permission("s2", RejectionCode.HOLD, section="Y1"),
}


@pytest.mark.parametrize(("field", "permission"), WRONG.items(), ids=WRONG.keys())
async def test_a_permission_is_for_what_there_is(stored: Stored, field: str, permission: Permission) -> None:
    await stored.add(*a_crowded_university())

    with pytest.raises(UnknownReference) as refused:
        await apply(stored, Effects(next_number=2, permissions=[permission]))

    assert refused.value.parameters["field"] == field


async def test_a_permission_adds_a_seat(stored: Stored) -> None:
    await _seat_above_capacity(stored)

    facts = await stored.facts(taking("s3", "X1"))
    (made,) = (await stored.facts(a_request("s2"))).students[student_id("s2")].enrollments
    component = OFFERINGS["X-1"].configurations[0].components[0].id
    assert made.seats == (SeatTaken(section_id("X1"), component, 2, permission_id=permission_id("waiver")),)
    assert facts.seating[section_id("X1")] == Seating(1, 3, 2, 1)
    roster = await _roster(stored)
    assert roster.seats[section_id("X1")] == SeatRows(frozenset({1, 2}), 1, frozenset({2}))
    assert verify(roster) == ()
    view = await stored.view(SECTIONS, section_id("X1"))
    assert (view.seats_taken, view.seats_free) == (2, 0)


async def test_a_seat_that_a_permission_added_goes_with_whoever_sat_on_it(stored: Stored) -> None:
    await _seat_above_capacity(stored)

    await stored.register(a_request("s2", dropping("s2-X1")))

    roster = await _roster(stored)
    assert roster.seats[section_id("X1")] == SeatRows(frozenset({1}), 1)
    assert verify(roster) == ()
    assert await _seating(stored) == Seating(1, 3, 2, 1)


async def test_a_seat_of_the_capacity_is_free_again_whoever_sits_above_it(stored: Stored) -> None:
    await _seat_above_capacity(stored)

    await stored.register(a_request("s1", dropping("s1-X1")))

    view = await stored.view(SECTIONS, section_id("X1"))
    assert (view.seats_taken, view.seats_free) == (1, 1)
    (made,) = await stored.register(taking("s3", "X1"))
    assert made.outcome is Outcome.ENROLLED
    assert verify(await _roster(stored)) == ()


@pytest.mark.parametrize("wrong", [Seating(1, 1, 1, 1), Seating(1, 2, 2, 2), Seating(1, 3, 2, 1, (1, 2))])
async def test_a_recount_does_not_count_what_permissions_added(stored: Stored, wrong: Seating) -> None:
    await _seat_above_capacity(stored)
    await apply(stored, Effects(next_number=4, seating={section_id("X1"): wrong}))

    await recount(stored)

    assert await _seating(stored) == Seating(1, 3, 2, 1)


async def test_a_permission_lets_its_student_off_the_waitlist(stored: Stored) -> None:
    await stored.add(*a_crowded_university())
    await stored.register(taking("s1", "X1"), waiting("s2", "X1"), waiting("s3", "X1"))

    (promoted,) = await consequences_of(stored, giving(a_permission("s3", RejectionCode.SEATS_FULL)))

    assert promoted.movement is Movement.PROMOTED
    facts = await stored.facts(ReviewQueues(NOON), a_request("s3"))
    assert [entry.student_id for entry in facts.entries.values()] == [student_id("s2")]
    (made,) = facts.students[student_id("s3")].enrollments
    assert [seat.permission_id for seat in made.seats] == [permission_id("waiver")]


async def test_a_permission_by_which_somebody_sits_does_not_go(stored: Stored) -> None:
    await _seat_above_capacity(stored)

    with pytest.raises(StillReferenced) as refused:
        await stored.remove(a_permission("s2", RejectionCode.SEATS_FULL))

    assert refused.value.parameters == {"kind": "permission", "by": "sections"}


async def test_who_has_a_permission_stays_on_record(stored: Stored) -> None:
    await stored.add(*a_crowded_university())
    await stored.decide(giving(a_permission("s2", RejectionCode.SEATS_FULL)))

    with pytest.raises(StillReferenced) as refused:
        await stored.remove(a_student("s2"))

    assert refused.value.parameters == {"kind": "student", "by": "permissions"}


async def test_a_clash_that_a_permission_waived_is_no_offence(stored: Stored) -> None:
    await stored.add(*a_crowded_university())
    for code in ("X1", "Y1"):
        section = await stored.get(Section, section_id(code))
        assert section is not None
        await stored.save(replace(section.entity, meetings=(a_meeting(Weekday.MONDAY),)))
    waiver = a_permission("s2", RejectionCode.TIME_CONFLICT, course="Y-1")

    decisions = await stored.register(taking("s2", "X1"), giving(waiver), taking("s2", "Y1"))
    await stored.save(waiver.revoke(NOON))

    roster = await _roster(stored)
    assert [decision.outcome for decision in decisions] == [Outcome.ENROLLED, Outcome.ENROLLED]
    assert [permission.id for permission in roster.permissions] == [waiver.id]
    assert verify(roster) == ()
    assert [offence.invariant for offence in verify(replace(roster, permissions=()))] == ["time_conflict"]


async def test_a_seat_above_capacity_replaces_a_free_one_of_its_number_that_went_in_the_same_list(
    stored: Stored,
) -> None:
    await stored.add(*a_crowded_university())
    (section,) = (entity for entity in a_crowded_university() if isinstance(entity, Section) and entity.code == "X1")
    permission = a_permission("s2", RejectionCode.SEATS_FULL)

    await stored.decide(ReviseSection(replace(section, capacity=0), NOON), giving(permission), taking("s2", "X1"))

    roster = await _roster(stored)
    assert roster.seats[section_id("X1")] == SeatRows(frozenset({1}), 0, frozenset({1}))
    assert verify(roster) == ()
