"""Asking without doing: what would become of an add now, with every rule's verdict."""

from dataclasses import dataclass, replace
from datetime import datetime

from domain.registration.assessment import rejections_in
from domain.registration.choosing import choose
from domain.registration.commands import Add, IfFull, RegistrationRequest
from domain.registration.facts import Facts
from domain.registration.ledger import Ledger
from domain.registration.outcomes import Judged
from domain.registration.queue import settle
from domain.registration.situation import Situation
from domain.scheduling.section import Section
from domain.shared.verdict import Rejection


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether the student would be enrolled, or could wait, through which sections, and what every rule said."""

    eligible: bool
    could_wait: bool
    sections: tuple[Section, ...]
    judged: tuple[Judged, ...]

    @property
    def rejections(self) -> tuple[Rejection, ...]:
        """What speaks against enrolling now."""
        return rejections_in(self.judged)


def ask(facts: Facts, request: RegistrationRequest, add: Add) -> Answer:
    """Judge `add` as if it were the only action of `request`; the queues are settled first, as at the desk."""
    ledger = Ledger(facts)
    settle(ledger, request.arrived_at)
    standing = ledger.enrollments(request.student_id)
    situation = Situation(ledger, request.student_id, request.arrived_at, standing)
    now = choose(situation, replace(add, if_full=IfFull.REJECT))
    if not now.rejections:
        sections = () if now.candidate is None else now.candidate.sections
        return Answer(eligible=True, could_wait=False, sections=sections, judged=now.judged)
    later = choose(situation, replace(add, if_full=IfFull.WAITLIST))
    could_wait = later.waits and not later.rejections
    sections = later.candidate.sections if could_wait and later.candidate is not None else ()
    return Answer(eligible=False, could_wait=could_wait, sections=sections, judged=now.judged)


def would_move(facts: Facts, moment: datetime) -> bool:
    """Whether looking at the queues at `moment` would promote, skip or expire any entry."""
    return bool(settle(Ledger(facts), moment))
