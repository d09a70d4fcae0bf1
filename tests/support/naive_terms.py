"""The words of the naive registration: sections, offerings, actions and answers, without ids and moments."""

from dataclasses import dataclass, field

Codes = frozenset[str]


@dataclass
class NaiveSection:
    """A section: `slots` are the moments of the week it takes, `reserved` how many seats are kept for a class level."""

    offering: str
    component: str
    capacity: int
    slots: frozenset[int]
    waitlist: int
    reserved_level: int | None = None
    reserved: int = 0
    reserved_until: int = 0
    status: str = "open"


@dataclass
class NaiveOffering:
    """An offering of one configuration; `coreq`, `prereq` and `excludes` name offerings."""

    components: tuple[str, ...]
    credits: int
    coreq: str | None = None
    prereq: str | None = None
    excludes: str | None = None
    level: int | None = None
    consent: bool = False


@dataclass(eq=False)
class NaiveEnrollment:
    """A student in an offering; `pools` are the sections with a reserved seat, `extra` those above capacity."""

    student: str
    offering: str
    sections: tuple[str, ...]
    pools: frozenset[str] = frozenset()
    extra: frozenset[str] = frozenset()


@dataclass(eq=False)
class NaiveEntry:
    """A place in a queue; `drop` is the offering that is given up on promotion, `giving_up` that very enrollment."""

    student: str
    offering: str
    sections: tuple[str, ...]
    giving_up: NaiveEnrollment | None = None
    skipped: Codes = frozenset()


@dataclass(frozen=True)
class NaiveAction:
    """`add`, `drop`, `swap` (of `drop` for `offering`) or `leave`; no sections means: place me."""

    kind: str
    offering: str
    sections: tuple[str, ...] = ()
    drop: str | None = None
    wait: bool = False


@dataclass(frozen=True)
class NaiveAnswer:
    """What became of an action."""

    outcome: str
    codes: Codes = frozenset()
    position: int | None = None


@dataclass
class NaiveTimes:
    """The moments of the term, as numbers."""

    opens: int
    closes: int
    add: int
    drop: int
    withdraw: int
    waitlist: int
    ticket: dict[int, int] = field(default_factory=dict)
