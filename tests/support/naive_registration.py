"""A naive registration, written from the rules alone: plain dictionaries, brute force, no seats, no numbers, no speed.

It shares no line with the domain. A stateful test lets it and the product decide the same commands and compares.
"""

from dataclasses import dataclass
from itertools import product

from tests.support.naive_terms import (
    Codes,
    NaiveAction,
    NaiveAnswer,
    NaiveEnrollment,
    NaiveEntry,
    NaiveOffering,
    NaiveSection,
    NaiveTimes,
)

ADDS = ("add", "swap")


@dataclass(eq=False)
class _Asked:
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
class _Planned:
    """An action that nothing speaks against."""

    asked: _Asked
    sections: tuple[str, ...] = ()
    pools: frozenset[str] = frozenset()
    extra: frozenset[str] = frozenset()
    waits: bool = False


class NaiveRegistration:
    """The whole state, and how commands change it."""

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

    # Commands

    def request(self, student: str, actions: list[NaiveAction], *, atomic: bool) -> list[NaiveAnswer]:
        """Decide a student's actions; what they give up is what the student has when asking."""
        asked = [_Asked(action, self._given_up(student, action), self._left(student, action)) for action in actions]
        self.settle()
        answers: list[NaiveAnswer] = []
        for unit in [asked] if atomic else [[each] for each in asked]:
            answers += self._decide_unit(student, unit)
            self.settle()
        return answers

    def set_capacity(self, section: str, capacity: int) -> None:
        """Change a capacity."""
        self.settle()
        self.sections[section].capacity = capacity
        self.settle()

    def set_status(self, section: str, status: str) -> None:
        """Open, close or cancel a section."""
        self.settle()
        self.sections[section].status = status
        if status == "cancelled":
            self.queue = [entry for entry in self.queue if section not in entry.sections]
            self.enrolled = [e for e in self.enrolled if section not in e.sections]
        self.settle()

    def permit(self, student: str, offering: str, code: str) -> None:
        """Waive a code for a student in an offering."""
        self.settle()
        self.permissions.append((student, offering, code))
        self.settle()

    def hold(self, student: str) -> None:
        """Place a hold; nothing else moves."""
        self.holds[student] += 1

    def release(self, student: str) -> None:
        """Release one hold; the queues are looked at only if the student waits for something."""
        if not self.holds[student]:
            return
        if any(entry.student == student for entry in self.queue):
            self.settle()
            self.holds[student] -= 1
            self.settle()
        else:
            self.holds[student] -= 1

    # Deciding

    def _decide_unit(self, student: str, unit: list[_Asked]) -> list[NaiveAnswer]:
        standing = [e for e in self.enrolled if e.student == student]
        leaving = [a.own for a in unit if a.own is not None and a.own in standing]
        plans: dict[int, _Planned | Codes] = {}
        order = sorted(range(len(unit)), key=lambda i: unit[i].action.kind in ADDS and not unit[i].action.sections)
        for i in order:
            gained = [p for p in plans.values() if isinstance(p, _Planned) and p.sections and not p.waits]
            if unit[i].claim in [other.claim for other in unit[:i]]:
                plans[i] = frozenset({"not_waiting" if unit[i].action.kind == "leave" else "not_enrolled"})
            else:
                plans[i] = self._plan(student, unit[i], unit, [e for e in standing if e not in leaving], gained)
        waiting = [unit[i].own for i, p in plans.items() if isinstance(p, _Planned) and p.waits]
        leaving = [e for e in leaving if e not in waiting]
        verdicts = [self._finally(student, i, unit, plans, standing, leaving) for i in range(len(unit))]
        if any(verdicts):
            return [NaiveAnswer("rejected", codes) if codes else NaiveAnswer("not_applied") for codes in verdicts]
        return [self._apply(student, plan) for _, plan in sorted(plans.items()) if isinstance(plan, _Planned)]

    def _finally(
        self,
        student: str,
        i: int,
        unit: list[_Asked],
        plans: "dict[int, _Planned | Codes]",
        standing: list[NaiveEnrollment],
        leaving: list[NaiveEnrollment],
    ) -> Codes:
        """Everything against an action, now that it is known what else is taken and given up."""
        asked, plan = unit[i], plans[i]
        codes: set[str] = set() if isinstance(plan, _Planned) else set(plan)
        first = asked.claim not in [other.claim for other in unit[:i]]
        if asked.own in leaving and first:
            codes |= self._left_behind(student, asked, plans, standing, leaving)
        if not isinstance(plan, _Planned):
            return frozenset(codes)
        before = [p for j, p in plans.items() if j < i and isinstance(p, _Planned) and p.waits]
        if plan.waits and any(p.asked.action.offering == asked.action.offering for p in before):
            codes.add("already_waitlisted")
        if asked.action.kind in ADDS and len(unit) > 1:
            others = [p for j, p in plans.items() if j != i and isinstance(p, _Planned) and p.sections and not p.waits]
            staying = [e for e in standing if e not in leaving and e is not asked.own]
            codes |= self._against(student, asked.action.offering, plan.sections, staying, others, frozenset())
        return frozenset(codes)

    def _plan(
        self,
        student: str,
        asked: _Asked,
        unit: list[_Asked],
        staying: list[NaiveEnrollment],
        gained: list[_Planned],
    ) -> "_Planned | Codes":
        action = asked.action
        own = asked.own if asked.own in self.enrolled else None
        if action.kind == "leave":
            return _Planned(asked) if asked.entry in self.queue else frozenset({"not_waiting"})
        if action.kind == "drop":
            against = self._leaving_codes(student, None if own is None else own.offering)
            return against | {"not_enrolled"} if own is None else against or _Planned(asked)
        codes: Codes = frozenset()
        if action.kind == "swap":
            codes = frozenset({"not_enrolled"}) if own is None else self._leaving_codes(student, own.offering)
        expected = frozenset(a.action.offering for a in unit if a is not asked and a.action.kind in ADDS)
        chosen = self._choose(student, asked, staying, gained, expected, own)
        if isinstance(chosen, _Planned):
            return codes or chosen
        return codes | chosen

    def _choose(  # noqa: C901 - the naive way
        self,
        student: str,
        asked: _Asked,
        staying: list[NaiveEnrollment],
        gained: list[_Planned],
        expected: Codes,
        own: NaiveEnrollment | None,
    ) -> "_Planned | Codes":
        action = asked.action
        kept = () if own is None else own.sections

        def seats(sections: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str], Codes]:
            return self._seats(student, action.offering, sections, own, kept)

        def place(*, to_wait: bool) -> tuple[str, ...] | None:
            for sections in self._combinations(action.offering):
                clash = self._clashes(sections, action.offering, staying, gained)
                if clash and not self._waived(student, action.offering, "time_conflict"):
                    continue
                if any(self.sections[s].status != "open" for s in sections) and not self._waived(
                    student, action.offering, "section_not_open"
                ):
                    continue
                missing = [s for s in sections if s not in kept and seats((s,))[2]]
                if not missing:
                    return sections
                if to_wait and all(self._has_room(student, s) for s in missing):
                    return sections
            return None

        sections = action.sections or place(to_wait=False)
        if sections is None:
            codes = self._against(student, action.offering, None, staying, gained, expected) | {"no_open_combination"}
            sections = place(to_wait=True) if action.wait else None
            if sections is None:
                return codes
            waiting_codes = self._against(student, action.offering, sections, staying, gained, expected)
            return self._wait(student, asked, sections, waiting_codes, seats(sections)[2], codes)
        pools, extra, missing = seats(sections)
        codes = self._against(student, action.offering, sections, staying, gained, expected)
        if not codes | missing:
            return _Planned(asked, sections, pools, extra)
        if action.wait and missing:
            return self._wait(student, asked, sections, codes, missing, codes | missing)
        return codes | missing

    def _wait(
        self,
        student: str,
        asked: _Asked,
        sections: tuple[str, ...],
        codes: Codes,
        missing: Codes,
        refused: Codes,
    ) -> "_Planned | Codes":
        """Join the queue, or say what speaks against it."""
        action = asked.action
        joining: set[str] = set()
        if any(e.student == student and e.offering == action.offering for e in self.queue):
            joining.add("already_waitlisted")
        own = asked.own if asked.own in self.enrolled else None
        kept = () if own is None else own.sections
        full = [s for s in sections if s not in kept and self._seats(student, action.offering, (s,), None, ())[2]]
        if any(not self._has_room(student, s) for s in full):
            joining.add("waitlist_full")
        against = codes | joining
        if not against:
            return _Planned(asked, sections, waits=True)
        return refused | against if action.sections else against | missing

    def _against(  # noqa: C901, PLR0912 - one branch a rule
        self,
        student: str,
        offering: str,
        sections: tuple[str, ...] | None,
        staying: list[NaiveEnrollment],
        gained: list[_Planned],
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
        asked: _Asked,
        plans: "dict[int, _Planned | Codes]",
        standing: list[NaiveEnrollment],
        leaving: list[NaiveEnrollment],
    ) -> Codes:
        """Whether what stays still has its corequisite."""
        gained = [
            p.asked.action.offering for p in plans.values() if isinstance(p, _Planned) and p.sections and not p.waits
        ]
        had = {*(e.offering for e in standing), *self.passed[student]}
        stay = [e.offering for e in standing if e not in leaving]
        after = {*stay, *gained, *self.passed[student]}
        lost = [o for o in stay if self.offerings[o].coreq in had and self.offerings[o].coreq not in after]
        waived = asked.own is not None and self._waived(student, asked.own.offering, "corequisite")
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
        self, sections: tuple[str, ...], offering: str, staying: list[NaiveEnrollment], gained: list[_Planned]
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

    # Changing

    def _apply(self, student: str, plan: _Planned) -> NaiveAnswer:
        action, own = plan.asked.action, plan.asked.own
        if action.kind == "leave":
            self.queue = [e for e in self.queue if e is not plan.asked.entry]
            return NaiveAnswer("left_waitlist")
        if action.kind == "drop":
            self.enrolled = [e for e in self.enrolled if e is not own]
            return NaiveAnswer("dropped" if self.now <= self.times.drop else "withdrawn")
        if plan.waits:
            entry = NaiveEntry(student, action.offering, plan.sections, own)
            self.queue.append(entry)
            return NaiveAnswer("waitlisted", position=self.position(entry))
        if action.kind == "swap":
            self.enrolled = [e for e in self.enrolled if e is not own]
        self._enroll(NaiveEnrollment(student, action.offering, plan.sections, plan.pools, plan.extra))
        return NaiveAnswer("swapped" if action.kind == "swap" else "enrolled")

    def _enroll(self, enrollment: NaiveEnrollment) -> None:
        self.enrolled.append(enrollment)
        self.queue = [e for e in self.queue if (e.student, e.offering) != (enrollment.student, enrollment.offering)]

    def settle(self) -> None:
        """Seat whoever waits, in order, until nobody can be seated; or let everybody's entry expire."""
        if self.now >= self.times.waitlist:
            self.queue = []
            return
        while self._promote_one():
            pass

    def _promote_one(self) -> bool:
        for entry in list(self.queue):
            own = entry.giving_up if entry.giving_up in self.enrolled else None
            kept = () if own is None else own.sections
            pools, extra, missing = self._seats(entry.student, entry.offering, entry.sections, own, kept)
            if missing:
                continue
            staying = [e for e in self.enrolled if e.student == entry.student and e is not own]
            codes = self._against(entry.student, entry.offering, entry.sections, staying, [], frozenset())
            if own is not None and self.now > self.times.withdraw:
                codes |= {"deadline_passed"}
            if codes:
                entry.skipped = codes
                continue
            self.queue.remove(entry)
            self.enrolled = [e for e in self.enrolled if e is not own]
            self._enroll(NaiveEnrollment(entry.student, entry.offering, entry.sections, pools, extra))
            return True
        return False

    def position(self, entry: NaiveEntry) -> int:
        """The place in the queue among those who wait for one of the same sections."""
        before = self.queue[: self.queue.index(entry) + 1]
        return sum(1 for other in before if set(other.sections) & set(entry.sections))

    def _given_up(self, student: str, action: NaiveAction) -> NaiveEnrollment | None:
        offering = {"drop": action.offering, "swap": action.drop}.get(action.kind)
        return next((e for e in self.enrolled if (e.student, e.offering) == (student, offering)), None)

    def _left(self, student: str, action: NaiveAction) -> NaiveEntry | None:
        mine = (e for e in self.queue if (e.student, e.offering) == (student, action.offering))
        return next(mine, None) if action.kind == "leave" else None

    def _waived(self, student: str, offering: str, code: str) -> bool:
        return (student, offering, code) in self.permissions
