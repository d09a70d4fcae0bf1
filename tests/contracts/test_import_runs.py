"""The contract of imports that are followed: what is said of one, until it ends or nobody hears of it any more."""

from dataclasses import replace
from datetime import timedelta

import pytest

from application.shared.caller import Caller, Role
from application.shared.dto import Dto
from application.shared.errors import AccessDenied, NotFound, Unavailable
from application.shared.imports import (
    SILENCE,
    FollowImports,
    ImportFault,
    ImportKind,
    ImportProblem,
    ImportProgress,
    ImportRun,
    ImportState,
)
from infrastructure.bootstrap.persistence import Persistence
from tests.contracts.arranging import Stored
from tests.support.builders import FixedClock, SequentialIds, an_institution
from tests.support.domain_builders import NOON, identifier

ID = identifier("import", "1")
RUN = ImportRun(ID, ImportKind.COURSE_ATTEMPTS, "registrar", submitted_at=NOON, alive_at=NOON)
ENDED = replace(
    RUN,
    state=ImportState.FAILED,
    progress=ImportProgress(what="course attempts", done=5, total=9),
    problem=ImportProblem(
        code="invalid_field", detail="line 7", errors=(ImportFault(place="term", message="is missing", line=7),)
    ),
    report='{"created":0}',
    finished_at=NOON + timedelta(seconds=3),
)


class Report(Dto):
    """What an import tells."""

    created: int


async def _get(stored: Stored) -> ImportRun | None:
    async with stored.persistence.work(stored.institution) as work:
        return await work.import_runs.get(ID)


async def _save(stored: Stored, run: ImportRun, *, heard_since: timedelta) -> bool:
    async with stored.persistence.work(stored.institution) as work:
        return await work.import_runs.save(run, NOON + heard_since)


async def _add(stored: Stored) -> None:
    async with stored.persistence.work(stored.institution) as work:
        await work.import_runs.add(RUN)


async def test_an_import_is_found_as_it_was_stored(stored: Stored) -> None:
    await _add(stored)
    assert await _get(stored) == RUN

    assert await _save(stored, ENDED, heard_since=timedelta())
    assert await _get(stored) == ENDED


async def test_an_import_that_has_ended_changes_no_more(stored: Stored) -> None:
    await _add(stored)
    await _save(stored, ENDED, heard_since=timedelta())

    assert not await _save(stored, RUN, heard_since=timedelta())
    assert await _get(stored) == ENDED


async def test_an_import_that_nobody_has_heard_of_changes_no_more(stored: Stored) -> None:
    await _add(stored)

    assert not await _save(stored, ENDED, heard_since=timedelta(seconds=1))
    assert await _get(stored) == RUN


async def test_an_import_is_that_of_its_institution(stored: Stored, persistence: Persistence) -> None:
    await _add(stored)
    elsewhere = an_institution("elsewhere")
    await persistence.directory.add(elsewhere)

    assert await _get(Stored(persistence, elsewhere.id)) is None
    assert not await _save(Stored(persistence, elsewhere.id), ENDED, heard_since=timedelta())


def _following(stored: Stored) -> tuple[FollowImports, FixedClock, Caller]:
    clock = FixedClock()
    caller = Caller(stored.institution, "registrar", frozenset({Role.REGISTRAR}))
    return FollowImports(stored.persistence.work, clock, SequentialIds()), clock, caller


async def test_an_import_is_followed_from_its_submission_to_its_report(stored: Stored) -> None:
    imports, clock, caller = _following(stored)
    submitted = (await imports.submit(caller, ImportKind.TIMETABLE, "digest", None)).view
    assert submitted.state is ImportState.QUEUED
    assert submitted == await imports.get(caller, submitted.id)
    with pytest.raises(NotFound):
        await imports.result(caller, submitted.id)

    clock.moment += timedelta(seconds=40)
    assert await imports.advance(stored.institution, submitted.id, ImportProgress(what="rooms", done=1, total=2))
    running = await imports.get(caller, submitted.id)
    assert (running.state, running.progress.done) == (ImportState.RUNNING, 1)

    clock.moment += timedelta(seconds=40)
    async with stored.persistence.work(stored.institution) as work:
        await imports.conclusion(submitted.id)(work.import_runs, Report(created=2))
    done = await imports.get(caller, submitted.id)
    assert (done.state, done.finished_at) == (ImportState.DONE, clock.moment)
    assert await imports.result(caller, submitted.id) == '{"created":2}'
    assert not await imports.advance(stored.institution, submitted.id, ImportProgress())


async def test_an_import_whose_process_has_died_is_found_as_failed_and_can_end_well_no_more(stored: Stored) -> None:
    imports, clock, caller = _following(stored)
    submitted = (await imports.submit(caller, ImportKind.TIMETABLE, "digest", None)).view

    clock.moment += SILENCE + timedelta(seconds=1)

    found = await imports.get(caller, submitted.id)
    assert found.state is ImportState.FAILED
    assert found.problem is not None
    assert (found.problem.code, found.finished_at) == ("unavailable", NOON + SILENCE)
    with pytest.raises(Unavailable):
        async with stored.persistence.work(stored.institution) as work:
            await imports.conclusion(submitted.id)(work.import_runs, Report(created=2))
    with pytest.raises(NotFound):
        await imports.result(caller, submitted.id)


async def test_the_same_upload_with_the_same_key_is_the_same_import(stored: Stored) -> None:
    imports, _, caller = _following(stored)

    assert not await imports.is_answered(caller, "k")
    first = await imports.submit(caller, ImportKind.TIMETABLE, "digest", "k")
    again = await imports.submit(caller, ImportKind.TIMETABLE, "digest", "k")

    assert again.is_replay
    assert await imports.is_answered(caller, "k")
    assert not await imports.is_answered(replace(caller, subject="another"), "k")
    assert again.view == first.view


@pytest.mark.parametrize("role", [Role.STUDENT, Role.INSTRUCTOR, Role.ADVISOR])
async def test_only_who_keeps_records_imports_and_follows(stored: Stored, role: Role) -> None:
    imports, _, _ = _following(stored)
    caller = Caller(stored.institution, "somebody", frozenset({role}))

    with pytest.raises(AccessDenied):
        imports.admit(caller)
    for asking in (
        imports.submit(caller, ImportKind.TIMETABLE, "digest", None),
        imports.get(caller, ID),
        imports.result(caller, ID),
    ):
        with pytest.raises(AccessDenied):
            await asking
