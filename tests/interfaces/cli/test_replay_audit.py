"""`matricula audit replay`: the logged commands of a term are decided again, and arrive at the same state, or not."""

import asyncio
import json

import pytest

from application.registration.replay_audit import Difference, ReplayAudit, ReplayView
from application.shared.caller import Caller
from domain.shared.reference import Reference
from interfaces.inprocess import Matricula as Door
from tests.interfaces.cli.conftest import Matricula
from tests.interfaces.cli.university import TERM, TIMETABLE, wish_of


@pytest.fixture
def registered(door: Door) -> None:
    """A term in which one student got the only seat, and another did not."""

    async def fill() -> None:
        caller = await door.founding_caller()
        await door.import_timetable.execute(caller, TIMETABLE)
        for student in ("S1", "S2"):
            await door.register.execute(caller, wish_of(student))

    asyncio.run(fill())


@pytest.mark.usefixtures("registered")
def test_a_log_that_arrives_at_what_is_stored_ends_with_0(matricula: Matricula) -> None:
    outcome = matricula("audit", "replay", "--term", TERM)

    assert outcome.code == 0, outcome.errors
    assert outcome.output == "Replayed 2 commands (1 enrollments, 0 waiting): no difference.\n"


@pytest.mark.usefixtures("registered")
def test_programs_read_the_replay_as_json(matricula: Matricula) -> None:
    verdict = json.loads(matricula("audit", "replay", "--term", TERM, "--json").output)

    assert {name: verdict[name] for name in ("commands", "enrollments", "waiting", "differences")} == {
        "commands": 2,
        "enrollments": 1,
        "waiting": 0,
        "differences": [],
    }


@pytest.mark.usefixtures("registered")
def test_differences_are_listed_and_end_with_1(matricula: Matricula, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = ReplayAudit.execute

    async def finding(self: ReplayAudit, caller: Caller, term: Reference) -> ReplayView:
        verdict = await honest(self, caller, term)
        found = (Difference(number=2, what="answer: A, again B"), Difference(number=None, what="enrollment E: gone"))
        return verdict.model_copy(update={"differences": found})

    monkeypatch.setattr(ReplayAudit, "execute", finding)

    outcome = matricula("audit", "replay", "--term", TERM)

    assert outcome.code == 1
    assert outcome.output.splitlines() == [
        "number 2: answer: A, again B",
        "in the end: enrollment E: gone",
        "Replayed 2 commands (1 enrollments, 0 waiting): 2 DIFFERENCES.",
    ]
    assert matricula("audit", "replay", "--term", TERM, "--json").code == 1


@pytest.mark.usefixtures("registered")
def test_an_unknown_term_ends_with_3(matricula: Matricula) -> None:
    outcome = matricula("audit", "replay", "--term", "NEVER")

    assert (outcome.code, outcome.errors) == (3, "matricula: There is no term code:NEVER.\n")
