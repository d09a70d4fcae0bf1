"""Random commands for a random university, most of which make sense."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from hypothesis import strategies as st

from domain.catalog.grading import GradingBasis
from domain.registration.codes import RejectionCode
from domain.registration.commands import (
    Action,
    Add,
    ChangeBasis,
    ChangeSections,
    Choice,
    Command,
    Drop,
    IfFull,
    LeaveWaitlist,
    Mode,
    RegistrationRequest,
    ReviseSection,
    Swap,
)
from domain.registration.facts import Facts, OfferingFacts
from domain.scheduling.section import Section, SectionStatus
from domain.shared.identifiers import RequestId
from domain.shared.reference import Reference
from tests.properties.university_strategy import LATER, SOON, STUDENTS, TOO_LATE
from tests.support.asking import a_permission, permitting, releasing, reviewing
from tests.support.domain_builders import NOON, by_code, enrollment_id, entry_id, identifier, student_id

HARMLESS = (
    RejectionCode.SEATS_FULL,
    RejectionCode.SEATS_RESERVED,
    RejectionCode.HOLD,
    RejectionCode.TIME_TICKET_NOT_OPEN,
    RejectionCode.SECTION_NOT_OPEN,
    RejectionCode.WAITLIST_FULL,
)
"""What permissions may waive without breaking what verification proves of a term."""


@dataclass
class _Writer:
    """Draws the commands of a list; `made` are the names of what each student's adds may have made."""

    draw: st.DrawFn
    facts: Facts
    made: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in STUDENTS})

    def request(self, number: int, at: datetime, *, everything: bool) -> RegistrationRequest:
        """A request of one to three actions; of `everything`, or of adds and drops alone."""
        student = self.draw(st.sampled_from(STUDENTS))
        anybody = self.draw(st.integers(0, 9)) == 9
        own = self.made[self.draw(st.sampled_from(STUDENTS)) if anybody else student]
        actions: list[Action] = []
        new: list[str] = []
        for position in range(self.draw(st.integers(1, 3))):
            name = f"{number}/{position}"
            known = (*own, *new)
            kind = (
                self.draw(st.sampled_from(("add", "drop") if not everything else ("add", *KINDS))) if known else "add"
            )
            if kind in {"add", "swap"}:
                new.append(name)
            actions.append(self.action(kind, name, known, if_full=everything))
        self.made[student] += new
        return RegistrationRequest(
            id=RequestId(identifier("request", str(number))),
            student_id=student_id(student),
            actions=tuple(actions),
            arrived_at=at,
            mode=self.draw(st.sampled_from(Mode)) if everything else Mode.BEST_EFFORT,
        )

    def action(self, kind: str, name: str, known: tuple[str, ...], *, if_full: bool) -> Action:
        """An action; it is about one of the `known` enrollments or entries, or makes `name`."""
        if kind == "add":
            return self.add(name, if_full=if_full)
        old = self.draw(st.sampled_from(known))
        if kind == "swap":
            return Swap(enrollment_id(old), self.add(name, if_full=True))
        if kind == "move":
            return ChangeSections(enrollment_id(old), self.sections(self.offering()))
        if kind == "basis":
            return ChangeBasis(enrollment_id(old), self.draw(st.sampled_from(GradingBasis)))
        return Drop(enrollment_id(old)) if kind == "drop" else LeaveWaitlist(entry_id(old))

    def add(self, name: str, *, if_full: bool) -> Add:
        """An add, of ranked choices and with a place in the queue if there may be one."""
        several = 2 if if_full and self.draw(st.integers(0, 3)) == 0 else 1
        waits = if_full and self.draw(st.booleans())
        return Add(
            enrollment_id(name),
            entry_id(name),
            tuple(self.choice() for _ in range(several)),
            if_full=IfFull.WAITLIST if waits else IfFull.REJECT,
        )

    def choice(self) -> Choice:
        """An offering, through named sections or not."""
        known = self.offering()
        offering = self.draw(st.sampled_from((*[by_code(known.offering.code)] * 9, by_code("NOWHERE"))))
        course = self.draw(st.sampled_from((None, *known.courses)))
        named = None if course is None else by_code(course.code)
        return Choice(offering, () if self.draw(st.booleans()) else self.sections(known), named)

    def sections(self, known: OfferingFacts) -> tuple[Reference, ...]:
        """Sections of an offering, one for each component, sometimes with one too many."""
        sections: tuple[Reference, ...] = ()
        for component in self.draw(st.sampled_from(known.offering.configurations)).components:
            own = [section.code for section in known.sections if section.component_id == component.id]
            if own:
                sections = (*sections, by_code(self.draw(st.sampled_from(own))))
        if self.draw(st.integers(0, 5)) == 0 and self.facts.sections:
            sections = (*sections, by_code(self.section().code))
        return sections

    def offering(self) -> OfferingFacts:
        """Any offering."""
        return self.draw(st.sampled_from(sorted(self.facts.offerings.values(), key=lambda o: o.offering.code)))

    def section(self) -> Section:
        """Any section."""
        return self.draw(st.sampled_from(sorted(self.facts.sections.values(), key=lambda s: s.code)))

    def revision(self, at: datetime, *statuses: SectionStatus) -> ReviseSection:
        """A section with another capacity and one of the statuses."""
        section = self.section()
        unlimited = self.draw(st.integers(0, 19)) == 0 or section.is_unlimited
        unreserved = unlimited or self.draw(st.integers(0, 19)) == 0
        revised = replace(
            section,
            capacity=None if unlimited else self.draw(st.integers(0, 4)),
            status=self.draw(st.sampled_from((*[SectionStatus.OPEN] * 5, *statuses))),
            reserved=() if unreserved else section.reserved,
        )
        return ReviseSection(revised, at)

    def of_a_registrar(self, number: int, at: datetime) -> Command:
        """What a registrar does to seats and queues."""
        kind = self.draw(st.sampled_from(("revise", "revise", "permit", "permit", "release", "review")))
        if kind == "revise" and self.facts.sections:
            return self.revision(at, SectionStatus.CLOSED, SectionStatus.CANCELLED)
        student = self.draw(st.sampled_from(STUDENTS))
        if kind == "permit":
            code = self.draw(st.sampled_from(HARMLESS))
            permission = a_permission(student, self.offering().offering.code, code, name=f"waiver {number}")
            return permitting(permission, at=at)
        return releasing(student, at=at) if kind == "release" else reviewing(at)


KINDS = ("drop", "swap", "swap", "move", "basis", "leave")


@st.composite
def command_lists(draw: st.DrawFn, facts: Facts) -> list[Command]:
    """Up to ten requests and revisions; drops mostly name what an add of the same student before them may have made."""
    writer = _Writer(draw, facts)
    commands: list[Command] = []
    for number in range(draw(st.integers(1, 10))):
        if facts.sections and draw(st.integers(0, 3)) == 0:
            commands.append(writer.revision(NOON, SectionStatus.CLOSED))
        else:
            at = draw(st.sampled_from((*[NOON] * 9, TOO_LATE)))
            commands.append(writer.request(number, at, everything=False))
    return commands


@st.composite
def busy_lists(draw: st.DrawFn, facts: Facts) -> list[Command]:
    """Up to twelve commands of every kind, while time passes."""
    writer = _Writer(draw, facts)
    commands: list[Command] = []
    count = draw(st.integers(1, 12))
    for number, at in enumerate(sorted(draw(st.lists(moments, min_size=count, max_size=count)))):
        if draw(st.integers(0, 3)) == 0:
            commands.append(writer.of_a_registrar(number, at))
        else:
            commands.append(writer.request(number, at, everything=True))
    return commands


moments = st.sampled_from((*[NOON] * 6, *[SOON] * 3, LATER, TOO_LATE))
