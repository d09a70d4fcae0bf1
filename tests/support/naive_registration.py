"""A naive registration, written from the rules alone: plain dictionaries, brute force, no seats, no numbers, no speed.

It shares no line with the domain. A stateful test lets it and the product decide the same commands and compares.
"""

from tests.support.naive_rules import Asked, NaiveRules, Planned
from tests.support.naive_terms import (
    Codes,
    NaiveAction,
    NaiveAnswer,
    NaiveEnrollment,
    NaiveEntry,
)

ADDS = ("add", "swap")


class NaiveRegistration(NaiveRules):
    """How commands change the state."""

    # Commands

    def request(self, student: str, actions: list[NaiveAction], *, atomic: bool) -> list[NaiveAnswer]:
        """Decide a student's actions; what they give up is what the student has when asking."""
        asked = [Asked(action, self._given_up(student, action), self._left(student, action)) for action in actions]
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

    def _decide_unit(self, student: str, unit: list[Asked]) -> list[NaiveAnswer]:
        standing = [e for e in self.enrolled if e.student == student]
        leaving = [a.own for a in unit if a.own is not None and a.own in standing]
        plans: dict[int, Planned | Codes] = {}
        order = sorted(range(len(unit)), key=lambda i: unit[i].action.kind in ADDS and not unit[i].action.sections)
        for i in order:
            gained = [p for p in plans.values() if isinstance(p, Planned) and p.sections and not p.waits]
            if unit[i].claim in [other.claim for other in unit[:i]]:
                plans[i] = frozenset({"not_waiting" if unit[i].action.kind == "leave" else "not_enrolled"})
            else:
                plans[i] = self._plan(student, unit[i], unit, [e for e in standing if e not in leaving], gained)
        waiting = [unit[i].own for i, p in plans.items() if isinstance(p, Planned) and p.waits]
        leaving = [e for e in leaving if e not in waiting]
        verdicts = [self._finally(student, i, unit, plans, standing, leaving) for i in range(len(unit))]
        if any(verdicts):
            return [NaiveAnswer("rejected", codes) if codes else NaiveAnswer("not_applied") for codes in verdicts]
        return [self._apply(student, plan) for _, plan in sorted(plans.items()) if isinstance(plan, Planned)]

    def _finally(
        self,
        student: str,
        i: int,
        unit: list[Asked],
        plans: "dict[int, Planned | Codes]",
        standing: list[NaiveEnrollment],
        leaving: list[NaiveEnrollment],
    ) -> Codes:
        """Everything against an action, now that it is known what else is taken and given up."""
        asked, plan = unit[i], plans[i]
        codes: set[str] = set() if isinstance(plan, Planned) else set(plan)
        first = asked.claim not in [other.claim for other in unit[:i]]
        if asked.own is not None and asked.own in leaving and first:
            gained = [p for p in plans.values() if isinstance(p, Planned) and p.sections and not p.waits]
            taken = [p.asked.action.offering for p in gained]
            codes |= self._left_behind(student, asked.own, taken, standing, leaving)
        if not isinstance(plan, Planned):
            return frozenset(codes)
        before = [p for j, p in plans.items() if j < i and isinstance(p, Planned) and p.waits]
        if plan.waits and any(p.asked.action.offering == asked.action.offering for p in before):
            codes.add("already_waitlisted")
        if asked.action.kind in ADDS and len(unit) > 1:
            others = [p for j, p in plans.items() if j != i and isinstance(p, Planned) and p.sections and not p.waits]
            staying = [e for e in standing if e not in leaving and e is not asked.own]
            codes |= self._against(student, asked.action.offering, plan.sections, staying, others, frozenset())
        return frozenset(codes)

    def _plan(
        self,
        student: str,
        asked: Asked,
        unit: list[Asked],
        staying: list[NaiveEnrollment],
        gained: list[Planned],
    ) -> "Planned | Codes":
        action = asked.action
        own = asked.own if asked.own in self.enrolled else None
        if action.kind == "leave":
            return Planned(asked) if asked.entry in self.queue else frozenset({"not_waiting"})
        if action.kind == "drop":
            against = self._leaving_codes(student, None if own is None else own.offering)
            return against | {"not_enrolled"} if own is None else against or Planned(asked)
        codes: Codes = frozenset()
        if action.kind == "swap":
            codes = frozenset({"not_enrolled"}) if own is None else self._leaving_codes(student, own.offering)
        expected = frozenset(a.action.offering for a in unit if a is not asked and a.action.kind in ADDS)
        chosen = self._choose(student, asked, staying, gained, expected, own)
        if isinstance(chosen, Planned):
            return codes or chosen
        return codes | chosen

    def _choose(  # noqa: C901 - the naive way
        self,
        student: str,
        asked: Asked,
        staying: list[NaiveEnrollment],
        gained: list[Planned],
        expected: Codes,
        own: NaiveEnrollment | None,
    ) -> "Planned | Codes":
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
            return Planned(asked, sections, pools, extra)
        if action.wait and missing:
            return self._wait(student, asked, sections, codes, missing, codes | missing)
        return codes | missing

    def _wait(
        self,
        student: str,
        asked: Asked,
        sections: tuple[str, ...],
        codes: Codes,
        missing: Codes,
        refused: Codes,
    ) -> "Planned | Codes":
        """Join the queue, or say what speaks against it."""
        action = asked.action
        joining: set[str] = {"deadline_passed"} if self.now >= self.times.waitlist else set()
        if any(e.student == student and e.offering == action.offering for e in self.queue):
            joining.add("already_waitlisted")
        own = asked.own if asked.own in self.enrolled else None
        kept = () if own is None else own.sections
        full = [s for s in sections if s not in kept and self._seats(student, action.offering, (s,), None, ())[2]]
        if any(not self._has_room(student, s) for s in full):
            joining.add("waitlist_full")
        against = codes | joining
        if not against:
            return Planned(asked, sections, waits=True)
        return refused | against if action.sections else against | missing

    # Changing

    def _apply(self, student: str, plan: Planned) -> NaiveAnswer:
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
            if own is not None:
                standing = [*staying, own]
                codes |= self._leaving_codes(entry.student, own.offering)
                codes |= self._left_behind(entry.student, own, [entry.offering], standing, [own])
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
