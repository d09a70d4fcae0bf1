"""The university that is measured: how large it is, how it is stored, and what its records are called.

Everybody has four enrollments, twelve past attempts and a time ticket. The hot offering and those of the pairs have a
prerequisite of two leaves, a lecture with its laboratory, and a reserved pool in each section.
"""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from uuid import UUID

from tests.performance.cluster import PRODUCT, SQL, Cluster

HOT = 100_000
"""The number of the hot course; the courses of the pairs follow."""
TERM_CODE = "NOW"
INSTITUTION_CODE = "bench"
_BLOCKS = 4
_INSTITUTION, _TERM, _OFFERING, _SECTION, _STUDENT = 1, 5, 9, 12, 13


@dataclass(frozen=True, slots=True)
class World:
    """Sizes; there are 2 sections for each pair, 1 for each filler, and the 2 hot ones.

    `hot` and `uniform` are how many registrations the sections are to have room for. Fillers come in fours.
    """

    students: int
    pairs: int
    fillers: int
    hot: int
    uniform: int

    def __post_init__(self) -> None:
        if self.fillers % _BLOCKS:
            raise ValueError("fillers come in fours")

    @classmethod
    def of_size(cls, students: int, sections: int, registrations: int) -> "World":
        """A world of about `sections` sections, a fifth of them fillers."""
        fillers = max(_BLOCKS, sections // 5 // _BLOCKS * _BLOCKS)
        return cls(students, (sections - fillers) // 2, fillers, registrations, registrations)

    @property
    def sections(self) -> int:
        """How many sections there are."""
        return 2 * self.pairs + self.fillers + 2

    @property
    def hot_seats(self) -> int:
        """Seats of each hot section: half of them are the pool's, and either half alone would do for its students."""
        return _seats_for(self.hot)

    @property
    def pair_seats(self) -> int:
        """Seats of each section of a pair, which draws its students at random."""
        return _seats_for(self.uniform / self.pairs)

    @property
    def filler_seats(self) -> int:
        """Seats of each filler, some of which stay free."""
        return math.ceil(self.students / (self.fillers // _BLOCKS)) + 20


def _seats_for(registrations: float) -> int:
    half = registrations / 2
    return 2 * math.ceil(half + 6 * math.sqrt(half) + 10)


def identifier(kind: int, number: int) -> UUID:
    """The identifier that the SQL files give to a record."""
    return UUID(f"{kind:08x}000070008000{number:012x}")


def institution_id() -> UUID:
    """The institution."""
    return identifier(_INSTITUTION, 1)


def term_id() -> UUID:
    """The term that is open."""
    return identifier(_TERM, 1)


def student_id(number: int) -> UUID:
    """A student, from 1."""
    return identifier(_STUDENT, number)


def offering_id(course: int) -> UUID:
    """The offering of `HOT` or, beyond it, of a pair."""
    return identifier(_OFFERING, course)


def section_ids(course: int) -> tuple[UUID, UUID]:
    """The lecture and the laboratory of an offering."""
    return identifier(_SECTION, 2 * course), identifier(_SECTION, 2 * course + 1)


def build(cluster: Cluster, world: World, *, database: str = PRODUCT, foreign_keys: bool = False) -> None:
    """Fill a migrated database, and have it analysed; `foreign_keys` has PostgreSQL check each row as it comes in."""
    sizes = {
        "students": world.students,
        "pairs": world.pairs,
        "fillers": world.fillers,
        "hot_seats": world.hot_seats,
        "pair_seats": world.pair_seats,
        "filler_seats": world.filler_seats,
        "foreign_keys": "origin" if foreign_keys else "replica",
    }
    cluster.psql(database, SQL / "world.sql", **sizes)
    with ThreadPoolExecutor(2) as both:
        for done in [both.submit(cluster.psql, database, SQL / f"{name}.sql", **sizes) for name in _OF_STUDENTS]:
            done.result()
    cluster.psql(database, "CHECKPOINT")


_OF_STUDENTS = ("enrollments", "attempts")
