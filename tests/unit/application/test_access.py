"""Who may do what: access is decided before any transaction is opened."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from application.catalog.courses import COURSES
from application.catalog.departments import DEPARTMENTS
from application.catalog.grading_schemes import GRADING_SCHEMES
from application.catalog.programs import PROGRAMS
from application.people.holds import hold_kind
from application.people.instructors import INSTRUCTORS
from application.people.students import STUDENTS
from application.registration.attempt_table import AttemptTable
from application.registration.audit import ReadAudit
from application.registration.course_attempts import COURSE_ATTEMPTS
from application.registration.desk import RegistrationDesk
from application.registration.enrollments import ReadEnrollments
from application.registration.import_attempts import ImportAttempts
from application.registration.own_records import OwnRecords
from application.registration.permissions import GivePermission, RevokePermission
from application.registration.release_hold import ReleaseHold
from application.registration.replay_audit import ReplayAudit
from application.registration.revise_section import ReviseSection
from application.registration.verify_registration import VerifyRegistration
from application.registration.waitlists import WAITLIST_ENTRIES, ReviewQueues
from application.scheduling.import_timetable import ImportTimetable
from application.scheduling.offerings import offering_kind
from application.scheduling.rooms import ROOMS
from application.scheduling.sections import SECTIONS
from application.scheduling.terms import TERMS
from application.scheduling.time_tickets import TIME_TICKETS
from application.shared.caller import Caller, Role
from application.shared.dto import Dto
from application.shared.errors import AccessDenied, NotFound
from application.shared.paging import PageQuery
from application.shared.records import RecordKeeping
from domain.shared.reference import Reference
from tests.support.domain_builders import a_term, student_id
from tests.unit.application.fakes import (
    BookInMemory,
    CountedIds,
    ReachedStorage,
    ReadingInMemory,
    StillClock,
    UnitOfWorkInMemory,
    a_caller,
    closed_storage,
)

EVERYONE = frozenset(Role)
KEEPERS = frozenset({Role.REGISTRAR, Role.ADMINISTRATOR})
STAFF = KEEPERS | {Role.ADVISOR}
RELATED = STAFF | {Role.STUDENT}
"""Who reads what is about one student, if related to them: that stands in storage."""

SOMETHING = Reference.of(UUID(int=1))
FIELDS: Any = Dto()
"""Fields that nobody looks at, since storage is closed."""

Deed = Callable[[Caller], Awaitable[object]]

KINDS: list[tuple[Any, frozenset[Role], frozenset[Role]]] = [
    (DEPARTMENTS, EVERYONE, KEEPERS),
    (COURSES, EVERYONE, KEEPERS),
    (PROGRAMS, EVERYONE, KEEPERS),
    (INSTRUCTORS, EVERYONE, KEEPERS),
    (ROOMS, EVERYONE, KEEPERS),
    (TERMS, EVERYONE, KEEPERS),
    (TIME_TICKETS, KEEPERS, KEEPERS),
    (offering_kind(CountedIds()), EVERYONE, KEEPERS),
    (SECTIONS, EVERYONE, KEEPERS),
    (GRADING_SCHEMES, STAFF, KEEPERS),
    (STUDENTS, RELATED, KEEPERS),
    (COURSE_ATTEMPTS, RELATED, KEEPERS),
    (hold_kind(StillClock()), RELATED, KEEPERS),
]


async def who_may(deed: Deed) -> frozenset[Role]:
    """The roles, each alone, in which a caller gets as far as storage."""
    allowed = set()
    for role in Role:
        try:
            await deed(a_caller(role))
        except ReachedStorage:
            allowed.add(role)
        except AccessDenied:
            pass
    with pytest.raises(AccessDenied):
        await deed(a_caller())
    return frozenset(allowed)


@pytest.mark.parametrize(("kind", "readers", "keepers"), KINDS, ids=lambda part: getattr(part, "name", ""))
async def test_records_are_read_by_their_readers_and_changed_by_their_keepers(
    kind: Any, readers: frozenset[Role], keepers: frozenset[Role]
) -> None:
    keeping = RecordKeeping(kind, closed_storage, closed_storage, CountedIds())

    assert await who_may(lambda caller: keeping.get(caller, SOMETHING)) == readers
    listers = KEEPERS if readers == RELATED else readers
    assert await who_may(lambda caller: keeping.list(caller, PageQuery())) == listers
    assert await who_may(lambda caller: keeping.create(caller, FIELDS)) == keepers
    assert await who_may(lambda caller: keeping.replace(caller, SOMETHING, FIELDS, 1)) == keepers
    assert await who_may(lambda caller: keeping.delete(caller, SOMETHING, 1)) == keepers


async def test_use_cases_of_their_own_have_the_same_keepers() -> None:
    desk, clock, ids = RegistrationDesk(closed_storage, CountedIds()), StillClock(), CountedIds()
    release = ReleaseHold(hold_kind(clock), desk, closed_storage, closed_storage, clock)
    revise = ReviseSection(desk, closed_storage, clock)
    give, revoke = GivePermission(desk, closed_storage, clock, ids), RevokePermission(desk, closed_storage, clock)
    review, replay = ReviewQueues(desk, closed_storage, closed_storage, clock), ReplayAudit(closed_storage)
    audit = ReadAudit(closed_storage)
    importing = ImportTimetable(closed_storage, CountedIds())
    importing_attempts = ImportAttempts(closed_storage, CountedIds())

    assert await who_may(lambda caller: release.execute(caller, SOMETHING, None)) == KEEPERS
    assert await who_may(lambda caller: revise.execute(caller, SOMETHING, FIELDS, None)) == KEEPERS
    assert await who_may(lambda caller: importing.execute(caller, FIELDS)) == KEEPERS
    assert await who_may(lambda caller: importing_attempts.execute(caller, AttemptTable((), ()))) == KEEPERS
    assert await who_may(lambda caller: give.execute(caller, FIELDS)) == KEEPERS
    assert await who_may(lambda caller: revoke.execute(caller, SOMETHING, None)) == KEEPERS
    assert await who_may(review.execute) == KEEPERS
    assert await who_may(lambda caller: replay.execute(caller, SOMETHING)) == KEEPERS
    assert await who_may(lambda caller: audit.list(caller, PageQuery())) == KEEPERS


async def test_the_roster_is_for_keepers_and_instructors_the_rest_for_keepers() -> None:
    enrollments, verifying = ReadEnrollments(closed_storage), VerifyRegistration(closed_storage)
    waitlists = OwnRecords(WAITLIST_ENTRIES, closed_storage)

    async def export(caller: Caller) -> None:
        async for _ in enrollments.export(caller, SOMETHING):
            pass

    async def export_csv(caller: Caller) -> None:
        async for _ in enrollments.export_csv(caller, SOMETHING):
            pass

    assert await who_may(lambda caller: enrollments.roster(caller, SOMETHING)) == KEEPERS | {Role.INSTRUCTOR}
    assert await who_may(lambda caller: enrollments.list(caller, PageQuery())) == KEEPERS
    assert await who_may(lambda caller: waitlists.list(caller, PageQuery())) == KEEPERS
    assert await who_may(export) == KEEPERS
    assert await who_may(export_csv) == KEEPERS
    assert await who_may(lambda caller: verifying.execute(caller, SOMETHING)) == KEEPERS


async def test_a_student_reads_their_own_schedule_and_no_others() -> None:
    enrollments = ReadEnrollments(
        ReadingInMemory({"code:S1": student_id("S1"), "code:S2": student_id("S2")}, {"code:2027-1": a_term().id})
    )
    term, mine, theirs = (Reference(code=code) for code in ("2027-1", "S1", "S2"))
    student, registrar = a_caller(Role.STUDENT, student=student_id("S1")), a_caller(Role.REGISTRAR)

    assert (await enrollments.schedule(student, mine, term)).student == student_id("S1")
    assert (await enrollments.schedule(registrar, theirs, term)).student == student_id("S2")
    with pytest.raises(AccessDenied):
        await enrollments.schedule(student, theirs, term)
    with pytest.raises(AccessDenied):
        await enrollments.schedule(student, Reference(code="NOBODY"), term)
    with pytest.raises(NotFound):
        await enrollments.schedule(registrar, Reference(code="NOBODY"), term)
    with pytest.raises(NotFound):
        await enrollments.schedule(student, mine, Reference(code="NEVER"))


async def test_a_role_at_the_desk_is_needed_even_for_a_term_that_does_not_exist() -> None:
    book = BookInMemory()
    revise = ReviseSection(RegistrationDesk(UnitOfWorkInMemory(book), CountedIds()), closed_storage, StillClock())

    with pytest.raises(AccessDenied):
        await revise.execute(a_caller(Role.INSTRUCTOR), SOMETHING, FIELDS, None)

    assert not book.loaded
