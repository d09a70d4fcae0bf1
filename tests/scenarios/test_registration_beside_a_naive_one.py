"""Random commands, decided by the product on both adapters and by a naive registration: answers and states agree."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from infrastructure.persistence.memory.persistence import MemoryPersistence
from infrastructure.persistence.postgres.persistence import PostgresPersistence
from tests.support.compared_systems import ComparedSystem, State
from tests.support.compared_worlds import LAST_DAY, OFFERINGS, SECTIONS, a_naive_world
from tests.support.naive_registration import NaiveRegistration
from tests.support.naive_terms import NaiveAction
from tests.support.postgres import PostgresDatabase

STEPS_A_RUN = 50
RUNS = {"memory": 60, "postgres": 30}
STEPS = {"memory": 1_500, "postgres": 600}
"""How many commands are compared at least on each adapter."""

STUDENTS = st.sampled_from(["s1", "s2", "s3", "s4", "s5"])
OFFERING_CODES = st.sampled_from(sorted(OFFERINGS))
SECTION_CODES = st.sampled_from(sorted(SECTIONS))
WAIVABLE = st.sampled_from(
    ["seats_full", "seats_reserved", "time_conflict", "prerequisite", "consent_required", "hold", "class_level"]
)


SELECTIONS = {
    "A": [(), ("A1",), ("A1",), ("A2",)],
    "B": [(), ("B1", "B2"), ("B1", "B2"), ("B1", "B3"), ("B1",)],
    "C": [(), ("C1",)],
    "D": [(), ("D1",)],
    "E": [(), ("E1",)],
}
"""How an offering may be asked for: placed, by its sections, and once with one missing."""


def an_action(draw: Callable[[st.SearchStrategy[Any]], Any], naive: NaiveRegistration, student: str) -> NaiveAction:
    """An action of a student, mostly about what the student has or may have."""
    mine = [e.offering for e in naive.enrolled if e.student == student]
    waiting = [e.offering for e in naive.queue if e.student == student]
    kinds = ["add"] * 5 + ["drop", "swap", "swap"] * bool(mine) + ["leave"] * bool(waiting) + ["drop", "leave"]
    kind = draw(st.sampled_from(kinds))
    if kind == "drop":
        return NaiveAction(kind, draw(st.sampled_from((mine * 4) + sorted(OFFERINGS))))
    if kind == "leave":
        return NaiveAction(kind, draw(st.sampled_from((waiting * 4) + sorted(OFFERINGS))))
    offering = draw(st.sampled_from(["A", "A", "A", "B", "C", "C", "D", "E"]))
    sections = draw(st.sampled_from(SELECTIONS[offering]))
    given_up = draw(st.sampled_from((mine * 4) + sorted(OFFERINGS))) if kind == "swap" else None
    return NaiveAction(kind, offering, sections, given_up, draw(st.sampled_from([True, True, False])))


class Comparison(RuleBasedStateMachine):
    """One institution on each adapter, and the naive one."""

    loop: asyncio.AbstractEventLoop
    persistences: dict[str, Any]
    taken: list[int]

    @initialize(day=st.sampled_from([3, 3, 3, 0, 7]))
    def found(self, day: int) -> None:
        self.naive = a_naive_world()
        self.systems = [ComparedSystem(name, persistence) for name, persistence in self.persistences.items()]
        for system in self.systems:
            self.loop.run_until_complete(system.enter())
        self.day = 0
        self._pass_to(day)

    @rule(days=st.sampled_from([0, 0, 1, 1, 3]))
    def time_passes(self, days: int) -> None:
        self._pass_to(min(LAST_DAY, self.day + days))

    def _pass_to(self, day: int) -> None:
        self.day = day
        self.naive.now = self.day
        self.naive.settle()
        for system in self.systems:
            system.pass_to(self.day)
            self._run(system.review())

    @rule(student=STUDENTS, data=st.data())
    def a_student_asks(self, student: str, data: st.DataObject) -> None:
        self._ask(student, data, one=True)

    @rule(student=STUDENTS, data=st.data())
    def a_student_asks_for_something_else(self, student: str, data: st.DataObject) -> None:
        self._ask(student, data, one=True)

    @rule(student=STUDENTS, data=st.data())
    def a_student_sends_a_cart(self, student: str, data: st.DataObject) -> None:
        self._ask(student, data, one=False)

    def _ask(self, student: str, data: st.DataObject, *, one: bool) -> None:
        atomic = not one and data.draw(st.booleans())
        number = 1 if one else data.draw(st.integers(2, 3))
        asked = [an_action(data.draw, self.naive, student) for _ in range(number)]
        expected = self.naive.request(student, asked, atomic=atomic)
        for system in self.systems:
            answered = self._run(system.request(student, asked, atomic=atomic))
            assert answered == expected, f"{system.name}: {answered}, naive: {expected}"

    @rule(section=SECTION_CODES, capacity=st.integers(0, 3))
    def a_capacity_changes(self, section: str, capacity: int) -> None:
        if self.naive.sections[section].status == "cancelled":
            return
        self.naive.set_capacity(section, capacity)
        for system in self.systems:
            self._run(system.set_capacity(section, capacity))

    @rule(section=SECTION_CODES, status=st.sampled_from(["open"] * 6 + ["closed", "cancelled"]))
    def a_status_changes(self, section: str, status: str) -> None:
        self.naive.set_status(section, status)
        for system in self.systems:
            self._run(system.set_status(section, status))

    @rule(student=STUDENTS, offering=OFFERING_CODES, code=WAIVABLE)
    def a_permission_is_given(self, student: str, offering: str, code: str) -> None:
        self.naive.permit(student, offering, code)
        for system in self.systems:
            self._run(system.permit(student, offering, code))

    @rule(student=STUDENTS, really=st.sampled_from([True, False, False]))
    def a_hold_is_placed(self, student: str, really: bool) -> None:
        if not really:
            return
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
        self.taken[0] += 1
        expected = self._naive_state()
        for system in self.systems:
            state = self._run(system.state())
            assert state == expected, f"{system.name}: {state}, naive: {expected}"

    def teardown(self) -> None:
        for system in getattr(self, "systems", ()):
            assert self._run(system.offences()) == ()
            assert self._run(system.replay()).differences == ()

    def _run(self, awaitable: Any) -> Any:
        return self.loop.run_until_complete(awaitable)

    def _naive_state(self) -> State:
        enrolled = frozenset((e.student, e.offering, tuple(sorted(e.sections))) for e in self.naive.enrolled)
        waiting = tuple((e.student, e.offering, tuple(sorted(e.sections))) for e in self.naive.queue)
        return enrolled, waiting


@pytest.mark.parametrize("adapter", ["memory", "postgres"])
def test_the_product_decides_like_a_naive_registration(adapter: str, postgres_database: PostgresDatabase) -> None:
    loop, taken = asyncio.new_event_loop(), [0]
    persistence: MemoryPersistence | PostgresPersistence = MemoryPersistence()
    if adapter == "postgres":
        persistence = PostgresPersistence(postgres_database.engine())
    machine = type("Machine", (Comparison,), {"loop": loop, "persistences": {adapter: persistence}, "taken": taken})
    try:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=RUNS[adapter],
                stateful_step_count=STEPS_A_RUN,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        loop.run_until_complete(persistence.close())
        loop.close()
    assert taken[0] >= STEPS[adapter]
