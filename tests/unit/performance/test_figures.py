"""Figures are held against their targets, and shown to people and to programs."""

from datetime import date

import pytest

from tests.performance import report, targets
from tests.performance.baseline import read_report
from tests.performance.cluster import BenchmarkError, require_durable
from tests.performance.load import Outcome
from tests.performance.registration import Students
from tests.performance.stored import Stored, require_all_stored
from tests.performance.targets import Figure
from tests.performance.world import World

WORLD = World(students=9, pairs=10, fillers=4, hot=5, uniform=40)


@pytest.mark.parametrize(("ours", "verdict"), [(1.4, "MISSED"), (1.5, "floor"), (2.9, "floor"), (3.0, "stretch")])
def test_a_ratio_must_reach_the_floor(ours: float, verdict: str) -> None:
    figure = Figure(targets.HOT, (ours,), (1.0,))
    assert (figure.verdict, figure.is_missed) == (verdict, verdict == "MISSED")


@pytest.mark.parametrize(("ours", "verdict"), [(4.1, "MISSED"), (4.0, "floor"), (2.0, "stretch")])
def test_a_latency_must_not_exceed_the_floor(ours: float, verdict: str) -> None:
    assert Figure(targets.HOT_SPREAD, (ours,), (1.0,)).verdict == verdict


def test_the_median_of_the_rounds_own_ratios_counts() -> None:
    figure = Figure(targets.HOT, (100, 300, 900), (100, 100, 100))
    assert list(figure.ratios) == [1, 3, 9]
    assert figure.ratio == 3
    assert figure.summary() == {
        "name": "registration, one hot section",
        "ratio": 3,
        "floor": 1.5,
        "ours": 300,
        "against": 100,
    }


def test_the_page_shows_every_figure_and_under_what_it_was_measured() -> None:
    figure = Figure(targets.HOT, (1000.0, 3000.0), (1000.0, 1000.0))
    page = report.page(
        [figure], day=date(2027, 1, 18), postgres="18.6", durability={"fsync": "on"}, rounds=2, notes=("A note.",)
    )
    assert "| registration, one hot section | 2,000 /s | 1,000 /s |" in page
    assert "2 (1 to 3)" in page
    assert "2027-01-18" in page
    assert "- A note." in page
    assert "`fsync = on`" in page
    assert "PostgreSQL 18.6" in page


REPORT = """
number of transactions actually processed: 7301
number of failed transactions: 0 (0.000%)
latency average = 21.9 ms
tps = 1459.904 (without initial connection time)
"""


def test_pgbench_is_understood() -> None:
    assert read_report(REPORT) == (1459.904, 7301)


def test_another_report_of_pgbench_is_refused() -> None:
    with pytest.raises(BenchmarkError, match="not understood"):
        read_report("pgbench: error: connection failed")


@pytest.mark.parametrize("name", ["fsync", "synchronous_commit"])
def test_a_server_that_is_not_durable_is_not_measured(name: str) -> None:
    durable = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
    require_durable(durable)
    with pytest.raises(BenchmarkError, match=name):
        require_durable(durable | {name: "off"})


def _outcome(good: int, answered: int) -> Outcome:
    return Outcome({200: answered}, good, rate=1, p50=1, p99=1, maximum=1, cpu=1, unexpected="200 rejected")


BEFORE = Stored(enrollments=0, sittings=0, seats_taken=0, audit=0, outbox=5, idempotency=6)
AFTER = Stored(enrollments=3, sittings=6, seats_taken=6, audit=3, outbox=8, idempotency=9)


def test_what_was_acknowledged_must_be_stored() -> None:
    require_all_stored(_outcome(3, 3), BEFORE, AFTER)


@pytest.mark.parametrize("lost", ["enrollments", "sittings", "seats_taken", "audit", "outbox", "idempotency"])
def test_a_row_that_is_missing_is_noticed(lost: str) -> None:
    found = {name: getattr(AFTER, name) - (name == lost) for name in AFTER.__dataclass_fields__}
    with pytest.raises(BenchmarkError, match="acknowledged is not stored"):
        require_all_stored(_outcome(3, 3), BEFORE, Stored(**found))


def test_a_registration_that_did_not_enroll_spoils_the_run() -> None:
    with pytest.raises(BenchmarkError, match=r"1 of 3 registrations did not enroll: 200 rejected"):
        require_all_stored(_outcome(2, 3), BEFORE, AFTER)


def test_nobody_registers_twice() -> None:
    students = Students(WORLD)
    taken = [*students.take(4), *students.take(5)]
    assert sorted(taken) == list(range(1, 10))
    with pytest.raises(ValueError, match="0 are left"):
        students.take(1)


def test_sections_have_room_for_their_registrations_on_either_side_of_the_pool() -> None:
    assert WORLD.hot_seats // 2 >= WORLD.hot
    assert WORLD.pair_seats > 2 * WORLD.uniform / WORLD.pairs


def test_a_world_of_a_size_has_about_as_many_sections() -> None:
    world = World.of_size(10_000, 1_000, 5_000)
    assert world.sections == 1_002
    assert world.fillers % 4 == 0


def test_fillers_come_in_fours() -> None:
    with pytest.raises(ValueError, match="fours"):
        World(students=1, pairs=1, fillers=6, hot=1, uniform=1)
