"""A benchmark of a few students: the world is sound, and what it measures is what the database holds."""

from tests.performance.__main__ import verify
from tests.performance.reads import Reads
from tests.performance.registration import Pace, Registration, Students
from tests.performance.stage import staged
from tests.performance.world import World

WORLD = World(students=240, pairs=6, fillers=8, hot=120, uniform=120)
# The runs are over when the students are.
PACE = Pace(pgbench=1, registrations=10, no_op=0.5, slice=120, baseline_students=20_000, warmup=0)


def test_a_tiny_benchmark_is_sound_from_end_to_end() -> None:
    with staged(WORLD, foreign_keys=True) as stage:
        assert "960 enrollments" in verify(stage.cluster)
        registration = Registration(stage, PACE, Students(WORLD))
        registration.measure()
        reads = Reads(stage, 0.5)
        reads.measure()
        assert "no offence" in verify(stage.cluster)
    figures = [*registration.figures(), *reads.figures()]
    assert len(figures) == 9
    assert all(figure.ratio > 0 for figure in figures)
