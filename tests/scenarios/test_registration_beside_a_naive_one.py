"""Random commands, decided by the product on both adapters and by a naive registration: all answers and states agree."""

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from infrastructure.persistence.memory.persistence import MemoryPersistence
from infrastructure.persistence.postgres.engine import make_engine
from infrastructure.persistence.postgres.persistence import PostgresPersistence
from tests.support.compared_systems import ComparedSystem, State
from tests.support.compared_worlds import LAST_DAY, OFFERINGS, SECTIONS, a_naive_world
from tests.support.naive_registration import NaiveAction
from tests.support.postgres import PostgresDatabase

STEPS_A_RUN = 50
RUNS = 40

STUDENTS = st.sampled_from(["s1", "s2", "s3", "s4", "s5"])
OFFERING_CODES = st.sampled_from(sorted(OFFERINGS))
SECTION_CODES = st.sampled_from(sorted(SECTIONS))
WAIVABLE = st.sampled_from(
    ["seats_full", "seats_reserved", "time_conflict", "prerequisite", "consent_required", "hold", "class_level"]
)


def _selections(offering: str) -> list[tuple[str, ...]]:
    """No section, or one for each component; sometimes one is missing."""
    of_offering = sorted(code for code, section in SECTIONS.items() if section.offering == offering)
    if offering == "B":
        return [(), ("B1", "B2"), ("B1", "B3"), ("B1",)]
    return [(), *((code,) for code in of_offering)]


@st.composite
def actions(draw: st.DrawFn) -> NaiveAction:
    """Any action."""
    kind = draw(st.sampled_from(["add", "add", "add", "drop", "swap", "swap", "leave"]))
    offering = draw(OFFERING_CODES)
    if kind in ("drop", "leave"):
        return NaiveAction(kind, offering)
    sections = draw(st.sampled_from(_selections(offering)))
    given_up = draw(OFFERING_CODES) if kind == "swap" else None
    return NaiveAction(kind, offering, sections, given_up, draw(st.booleans()))


class Comparison(RuleBasedStateMachine):
    """One institution on each adapter, and the naive one."""

    loop: asyncio.AbstractEventLoop
    persistences: dict[str, Any]

    @initialize()
    def found(self) -> None:
        self.naive = a_naive_world()
        self.systems = [ComparedSystem(name, persistence) for name, persistence in self.persistences.items()]
        for system in self.systems:
            self.loop.run_until_complete(system.enter())
        self.day = 0

    @rule(days=st.integers(1, 3))
    def time_passes(self, days: int) -> None:
        self.day = min(LAST_DAY, self.day + days)
        self.naive.now = self.day
        for system in self.systems:
            system.pass_to(self.day)

    @rule(student=STUDENTS, asked=st.lists(actions(), min_size=1, max_size=3), atomic=st.booleans())
    def a_student_asks(self, student: str, asked: list[NaiveAction], atomic: bool) -> None:
        expected = self.naive.request(student, asked, atomic=atomic)
        for system in self.systems:
            assert self._run(system.request(student, asked, atomic=atomic)) == expected, system.name

    @rule(section=SECTION_CODES, capacity=st.integers(0, 3))
    def a_capacity_changes(self, section: str, capacity: int) -> None:
        if self.naive.sections[section].status == "cancelled":
            return
        self.naive.set_capacity(section, capacity)
        for system in self.systems:
            self._run(system.set_capacity(section, capacity))

    @rule(section=SECTION_CODES, status=st.sampled_from(["open", "open", "closed", "cancelled"]))
    def a_status_changes(self, section: str, status: str) -> None:
        self.naive.set_status(section, status)
        for system in self.systems:
            self._run(system.set_status(section, status))

    @rule(student=STUDENTS, offering=OFFERING_CODES, code=WAIVABLE)
    def a_permission_is_given(self, student: str, offering: str, code: str) -> None:
        self.naive.permit(student, offering, code)
        for system in self.systems:
            self._run(system.permit(student, offering, code))

    @rule(student=STUDENTS)
    def a_hold_is_placed(self, student: str) -> None:
        self.naive.hold(student)
        for system in self.systems:
            self._run(system.hold(student))

    @rule(student=STUDENTS)
    def a_hold_is_released(self, student: str) -> None:
        self.naive.release(student)
        for system in self.systems:
            self._run(system.release(student))

    @invariant()
    def every_state_is_the_same(self) -> None:
        if not hasattr(self, "systems"):
            return
        expected = self._naive_state()
        for system in self.systems:
            assert self._run(system.state()) == expected, system.name

    def teardown(self) -> None:
        for system in getattr(self, "systems", ()):
            assert self._run(system.offences()) == ()
            assert self._run(system.replay()).differences == ()

    def _run(self, awaitable: Any) -> Any:
        return self.loop.run_until_complete(awaitable)

    def _naive_state(self) -> State:
        enrolled = frozenset((e.student, e.offering, tuple(sorted(e.sections))) for e in self.naive.enrolled)
        waiting = tuple((e.student, e.offering, tuple(sorted(e.sections)), e.skipped) for e in self.naive.queue)
        return enrolled, waiting


@pytest.mark.parametrize("adapter", ["memory", "postgres"])
def test_the_product_decides_like_a_naive_registration(adapter: str, postgres_database: PostgresDatabase) -> None:
    loop = asyncio.new_event_loop()
    persistence: MemoryPersistence | PostgresPersistence = MemoryPersistence()
    if adapter == "postgres":
        persistence = PostgresPersistence(make_engine(postgres_database.app_url))
    machine = type("Machine", (Comparison,), {"loop": loop, "persistences": {adapter: persistence}})
    try:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=RUNS,
                stateful_step_count=STEPS_A_RUN,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        loop.run_until_complete(persistence.close())
        loop.close()
