"""Random commands for a random university, most of which make sense."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
    adds_in,
)
from domain.registration.decide import decide
from domain.registration.facts import Facts, OfferingFacts
from domain.scheduling.section import Section, SectionStatus
from domain.shared.identifiers import EnrollmentId, RequestId, WaitlistEntryId
from domain.shared.reference import Reference
from tests.properties.university_strategy import LATER, RARELY, SOON, STUDENTS, TOO_LATE
from tests.support.asking import a_permission, permitting, releasing, reviewing, revoking, swapping, waiting_for
from tests.support.domain_builders import NOON, a_request, by_code, enrollment_id, entry_id, identifier, student_id
from tests.support.stored_term import StoredTerm

HARMLESS = (
    RejectionCode.SEATS_FULL,
    RejectionCode.SEATS_RESERVED,
    RejectionCode.HOLD,
    RejectionCode.TIME_TICKET_NOT_OPEN,
    RejectionCode.SECTION_NOT_OPEN,
    RejectionCode.TIME_CONFLICT,
    RejectionCode.WAITLIST_FULL,
)
"""What permissions may waive without breaking what the properties claim of a term."""


@dataclass
class _Writer:
    """Draws the commands of a list; `term` is what those drawn before have made of the university."""

    draw: st.DrawFn
    term: StoredTerm

    @property
    def facts(self) -> Facts:
        """What is known when the next command is drawn."""
        return self.term.facts()

    def write(self, command: Command) -> Command:
        """The command, after deciding it for those that follow."""
        _, effects = decide(self.facts, [command])
        self.term.apply(effects)
        return command

    def request(self, number: int, at: datetime, *, everything: bool) -> RegistrationRequest:
        """A request of one to three actions; of `everything`, or of adds and drops alone."""
        student = self.draw(st.sampled_from(STUDENTS))
        whose = self.draw(st.sampled_from(STUDENTS)) if self.draw(RARELY) else student
        enrollments = [e.id for e in self.term.enrollments.values() if e.student_id == student_id(whose)]
        entries = [e.id for e in self.term.entries.values() if e.student_id == student_id(whose)]
        actions: list[Action] = []
        for position in range(self.draw(st.sampled_from((1, 1, 2, 3)))):
            name = f"{number}/{position}"
            actions.append(self.action(name, enrollments, entries, everything=everything))
            if not everything:
                enrollments += [add.enrollment_id for action in actions[-1:] for add in adds_in(action)]
        return RegistrationRequest(
            id=RequestId(identifier("request", str(number))),
            student_id=student_id(student),
            actions=tuple(actions),
            arrived_at=at,
            mode=self.draw(st.sampled_from(Mode)) if everything else Mode.BEST_EFFORT,
        )

    def action(
        self,
        name: str,
        enrollments: Sequence[EnrollmentId],
        entries: Sequence[WaitlistEntryId],
        *,
        everything: bool,
    ) -> Action:
        """An action about one of the enrollments or entries, or one that makes `name`."""
        adds = self.draw(st.integers(0, 2)) < 2
        if entries and everything and self.draw(RARELY):
            return LeaveWaitlist(self.draw(st.sampled_from(entries)))
        if not enrollments or (adds and not everything):
            return self.add(name, if_full=everything)
        old = self.draw(st.sampled_from(enrollments))
        return self.change(name, old) if everything else Drop(old)

    def change(self, name: str, old: EnrollmentId) -> Action:
        """An action about an enrollment, or one that makes `name`."""
        match self.draw(st.sampled_from(("drop", "drop", "swap", "swap", "move", "basis", "add"))):
            case "swap":
                return Swap(old, self.add(name, if_full=True))
            case "move":
                return ChangeSections(old, self.sections(self.offering_of(old)))
            case "basis":
                return ChangeBasis(old, self.draw(st.sampled_from(GradingBasis)))
            case "drop":
                return Drop(old)
            case _:
                return self.add(name, if_full=True)

    def offering_of(self, identifier_: EnrollmentId) -> OfferingFacts:
        """The offering of an enrollment, or any for one that there is not."""
        known = self.term.enrollments.get(identifier_)
        return self.offering() if known is None else self.facts.offerings[known.offering_id]

    def add(self, name: str, *, if_full: bool) -> Add:
        """An add, of ranked choices and with a place in the queue if there may be one."""
        several = 2 if if_full and self.draw(RARELY) else 1
        waits = if_full and self.draw(st.integers(0, 3)) > 0
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
        if self.draw(RARELY) and self.facts.sections:
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
        unlimited = self.draw(RARELY) or section.is_unlimited
        unreserved = unlimited or self.draw(RARELY)
        revised = replace(
            section,
            capacity=None if unlimited else self.draw(st.integers(0, 4)),
            status=self.draw(st.sampled_from((*[SectionStatus.OPEN] * 5, *statuses))),
            reserved=() if unreserved else section.reserved,
        )
        return ReviseSection(revised, at)

    def of_a_registrar(self, number: int, at: datetime) -> Command:
        """What a registrar does to seats and queues."""
        kind = self.draw(st.sampled_from(("revise", "revise", "permit", "permit", "revoke", "release", "review")))
        if kind == "revise" and self.facts.sections:
            return self.revision(at, SectionStatus.CLOSED, SectionStatus.CANCELLED)
        student = self.draw(st.sampled_from(STUDENTS))
        if kind == "permit":
            code = self.draw(st.sampled_from(HARMLESS))
            permission = a_permission(student, self.offering().offering.code, code, name=f"waiver {number}")
            return permitting(permission, at=at)
        standing = [known for known in self.term.permissions.values() if known.revoked_at is None]
        if kind == "revoke" and standing:
            return revoking(self.draw(st.sampled_from(standing)), at=at)
        return releasing(student, at=at) if kind == "release" else reviewing(at)


@st.composite
def command_lists(draw: st.DrawFn, facts: Facts) -> list[Command]:
    """Up to ten requests and revisions; drops mostly name what an add of the same student before them has made."""
    writer = _Writer(draw, StoredTerm(facts))
    commands: list[Command] = []
    for number in range(draw(st.integers(1, 10))):
        if facts.sections and draw(st.integers(0, 3)) == 0:
            commands.append(writer.write(writer.revision(NOON, SectionStatus.CLOSED)))
        else:
            at = draw(st.sampled_from((*[NOON] * 9, TOO_LATE)))
            commands.append(writer.write(writer.request(number, at, everything=False)))
    return commands


@st.composite
def busy_lists(draw: st.DrawFn, facts: Facts) -> list[Command]:
    """A rush for seats and places in queues, and then up to eight commands of every kind, while time passes."""
    writer = _Writer(draw, StoredTerm(facts))
    commands = [writer.write(_in_the_rush(draw, facts, name)) for name in draw(st.permutations(STUDENTS))]
    count = draw(st.integers(1, 8))
    for number, at in enumerate(sorted(draw(st.lists(moments, min_size=count, max_size=count)))):
        if draw(st.sampled_from((True, False, False))):
            commands.append(writer.write(writer.of_a_registrar(number, at)))
        else:
            commands.append(writer.write(writer.request(number, at, everything=True)))
    return commands


def _in_the_rush(draw: st.DrawFn, facts: Facts, student: str) -> RegistrationRequest:
    """What everybody asks for on the first day: every offering, or its queue, some in exchange for others."""
    actions: list[Action] = []
    before: str | None = None
    for code in draw(st.permutations(sorted(known.offering.code for known in facts.offerings.values()))):
        add = waiting_for(code, as_name=f"{student}/{code}")
        exchanges = before is not None and draw(st.booleans())
        actions.append(swapping(f"{student}/{before}", add) if exchanges else add)
        before = code
    return a_request(student, *actions)


moments = st.sampled_from((*[NOON] * 6, *[SOON] * 3, LATER, TOO_LATE))
