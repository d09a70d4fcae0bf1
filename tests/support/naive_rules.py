"""The rules of the naive registration: what speaks against taking, leaving and waiting, one branch a rule."""

from dataclasses import dataclass
from itertools import product

from tests.support.naive_terms import (
    Codes,
    NaiveAction,
    NaiveEnrollment,
    NaiveEntry,
    NaiveOffering,
    NaiveSection,
    NaiveTimes,
)


@dataclass(eq=False)
class Asked:
    """An action with the enrollment that it gives up, or the place in a queue that it leaves."""

    action: NaiveAction
    own: NaiveEnrollment | None
    entry: NaiveEntry | None

    @property
    def claim(self) -> object:
        """What the action gives up or leaves; two actions cannot claim the same, but adds claim nothing."""
        if self.action.kind == "add":
            return self
        if self.action.kind == "leave":
            return self.entry or ("entry", self.action.offering)
        return self.own or ("enrollment", self.action.drop if self.action.kind == "swap" else self.action.offering)


@dataclass(eq=False)
class Planned:
    """An action that nothing speaks against."""

    asked: Asked
    sections: tuple[str, ...] = ()
    pools: frozenset[str] = frozenset()
    extra: frozenset[str] = frozenset()
    waits: bool = False


class NaiveRules:
    """The whole state, and what the rules say of it."""

    def __init__(
        self,
        times: NaiveTimes,
        offerings: dict[str, NaiveOffering],
        sections: dict[str, NaiveSection],
        levels: dict[str, int],
        passed: dict[str, frozenset[str]],
        maximum: int,
    ) -> None:
        self.times = times
        self.offerings = offerings
        self.sections = sections
        self.levels = levels
        self.passed = passed
        self.maximum = maximum
        self.now = 0
        self.holds: dict[str, int] = dict.fromkeys(levels, 0)
        self.permissions: list[tuple[str, str, str]] = []
        self.enrolled: list[NaiveEnrollment] = []
        self.queue: list[NaiveEntry] = []

    def _against(  # noqa: C901, PLR0912 - one branch a rule
        self,
        student: str,
        offering: str,
        sections: tuple[str, ...] | None,
        staying: list[NaiveEnrollment],
        gained: list[Planned],
        expected: Codes,
    ) -> Codes:
        """Everything against an add but seats, after permissions."""
        known, times = self.offerings[offering], self.times
        beside = [e.offering for e in staying] + [p.asked.action.offering for p in gained]
        codes: set[str] = set()
        if not times.opens <= self.now < times.closes:
            codes.add("term_not_open")
        if self.now < times.ticket.get(self.levels[student], 0):
            codes.add("time_ticket_not_open")
        if self.now > times.add:
            codes.add("deadline_passed")
        if self.holds[student]:
            codes.add("hold")
        if offering in beside:
            codes.add("already_enrolled")
        if sum(self.offerings[o].credits for o in beside) + known.credits > self.maximum:
            codes.add("credit_maximum")
        if known.prereq and known.prereq not in self.passed[student]:
            codes.add("prerequisite")
        if known.coreq and known.coreq not in {*self.passed[student], *beside, *expected}:
            codes.add("corequisite")
        if known.excludes and known.excludes in {*self.passed[student], *beside}:
            codes.add("exclusion")
        excluding = {o for o in beside if self.offerings[o].excludes == offering}
        if excluding and offering not in self.passed[student]:
            codes.add("exclusion")
        if known.level is not None and self.levels[student] != known.level:
            codes.add("class_level")
        if known.consent:
            codes.add("consent_required")
        if sections is not None:
            if sorted(self.sections[s].component for s in sections) != sorted(known.components):
                codes.add("component_missing")
            if any(self.sections[s].status != "open" for s in sections):
                codes.add("section_not_open")
            if self._clashes(sections, offering, staying, gained):
                codes.add("time_conflict")
        return frozenset(code for code in codes if not self._waived(student, offering, code))

    def _leaving_codes(self, student: str, offering: str | None) -> Codes:
        codes: set[str] = set()
        if self.now < self.times.opens:
            codes.add("term_not_open")
        if self.now > self.times.withdraw:
            codes.add("deadline_passed")
        if self.holds[student]:
            codes.add("hold")
        return frozenset(c for c in codes if offering is None or not self._waived(student, offering, c))

    def _left_behind(
        self,
        student: str,
        own: NaiveEnrollment,
        gained: list[str],
        standing: list[NaiveEnrollment],
        leaving: list[NaiveEnrollment],
    ) -> Codes:
        """Whether what stays still has its corequisite."""
        had = {*(e.offering for e in standing), *self.passed[student]}
        stay = [e.offering for e in standing if e not in leaving]
        after = {*stay, *gained, *self.passed[student]}
        lost = [o for o in stay if self.offerings[o].coreq in had and self.offerings[o].coreq not in after]
        waived = self._waived(student, own.offering, "corequisite")
        return frozenset({"corequisite"}) if lost and not waived else frozenset()

    def _seats(
        self, student: str, offering: str, sections: tuple[str, ...], own: NaiveEnrollment | None, kept: tuple[str, ...]
    ) -> tuple[frozenset[str], frozenset[str], Codes]:
        """The sections where a reserved seat is taken, those where one is added, and the codes that stay."""
        pools, extra, codes = set(), set(), set()
        for section in sections:
            if section in kept:
                if own is not None and section in own.pools:
                    pools.add(section)
                if own is not None and section in own.extra:
                    extra.add(section)
                continue
            found = self._seat(student, section)
            if found == "pool":
                pools.add(section)
            elif found is not None and self._waived(student, offering, found):
                if found == "seats_full":
                    extra.add(section)
            elif found is not None:
                codes.add(found)
        return frozenset(pools), frozenset(extra), frozenset(codes)

    def _seat(self, student: str, name: str) -> str | None:
        """None for an ordinary seat, `pool` for a reserved one, else why there is none."""
        section = self.sections[name]
        sitting = [e for e in self.enrolled if name in e.sections and name not in e.extra]
        free = section.capacity - len(sitting)
        if free <= 0:
            return "seats_full"
        held = 0
        if section.reserved_level is not None and self.now < section.reserved_until:
            held = max(0, section.reserved - sum(1 for e in sitting if name in e.pools))
        if held and self.levels[student] == section.reserved_level:
            return "pool"
        return None if free > held else "seats_reserved"

    def _has_room(self, student: str, section: str) -> bool:
        waiting = sum(1 for entry in self.queue if section in entry.sections)
        offering = self.sections[section].offering
        return waiting < self.sections[section].waitlist or self._waived(student, offering, "waitlist_full")

    def _clashes(
        self, sections: tuple[str, ...], offering: str, staying: list[NaiveEnrollment], gained: list[Planned]
    ) -> bool:
        others = [s for e in staying if e.offering != offering for s in e.sections]
        others += [s for p in gained if p.asked.action.offering != offering for s in p.sections]
        taken = frozenset().union(*(self.sections[s].slots for s in others))
        own = [self.sections[s].slots for s in sections]
        inner = any(own[i] & own[j] for i in range(len(own)) for j in range(i))
        return inner or any(slots & taken for slots in own)

    def _combinations(self, offering: str) -> list[tuple[str, ...]]:
        of_component = [
            sorted(n for n, s in self.sections.items() if s.offering == offering and s.component == component)
            for component in self.offerings[offering].components
        ]
        found = [tuple(sections) for sections in product(*of_component)]
        slots = {name: section.slots for name, section in self.sections.items()}
        return [c for c in found if not any(slots[a] & slots[b] for a in c for b in c if a < b)]

    def _waived(self, student: str, offering: str, code: str) -> bool:
        return (student, offering, code) in self.permissions
