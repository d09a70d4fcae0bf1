"""A benchmark of a few students: the world is sound, and what it measures is what the database holds."""

from tests.performance.__main__ import verify
from tests.performance.registration import Pace, Registration, Students
from tests.performance.stage import staged
from tests.performance.world import World

WORLD = World(students=160, pairs=6, fillers=8, hot=80, uniform=80)
# The runs are over when the students are.
PACE = Pace(pgbench=1, registrations=10, no_op=0.2, slice=80, baseline_students=20_000, warmup=0)


def test_a_tiny_benchmark_is_sound_from_end_to_end() -> None:
    with staged(WORLD, foreign_keys=True) as stage:
        registration = Registration(stage, PACE, Students(WORLD))
        registration.measure()
        verdict = verify(stage.cluster)
    assert "Verified 800 enrollments in 960 seats of 22 sections: no offence." in verdict
    assert (registration.hot[0].good, registration.uniform[0].good) == (80, 80)
    assert all(figure.ratio > 0 for figure in registration.figures())
