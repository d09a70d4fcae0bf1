"""A clerk who takes the commands of a university one at a time, and remembers what the last one brought about."""

from datetime import datetime

from domain.registration.commands import Action, Command, RegistrationRequest
from domain.registration.decide import decide
from domain.registration.events import Event
from domain.registration.outcomes import Consequence, Decided, Decision, Effects, Movement, Outcome
from domain.shared.identifiers import StudentId
from tests.support.asking import a_cart
from tests.support.decided import decisions
from tests.support.domain_builders import NOON, a_request, student_id
from tests.support.stored_term import StoredTerm
from tests.support.university import University


class Clerk:
    """Decides each command on what those before it left; `effects` and `followed` are those of the last one."""

    def __init__(self, university: University) -> None:
        self.term = StoredTerm(university.facts())
        self.effects = Effects(0)
        self.followed: tuple[Consequence, ...] = ()

    def take(self, command: Command) -> Decided:
        """The answer to a command, after storing what follows from it."""
        (answer,), self.effects = decide(self.term.facts(), [command])
        self.followed = self.effects.recorded[0].consequences
        self.term.apply(self.effects)
        return answer

    def ask(self, student: str, action: Action, *, at: datetime = NOON) -> Decision:
        """The decision on a single action."""
        (decision,) = decisions(self.take(a_request(student, action, at=at)))
        return decision

    def ask_for(self, request: RegistrationRequest) -> list[Outcome]:
        """What became of the actions of a request."""
        return [decision.outcome for decision in decisions(self.take(request))]

    def ask_atomically(self, student: str, *actions: Action) -> tuple[Decision, ...]:
        """The decisions on an atomic cart."""
        return decisions(self.take(a_cart(student, *actions)))

    @property
    def events(self) -> list[Event]:
        """What the last command made happen."""
        return self.effects.events

    @property
    def moved(self) -> list[tuple[Movement, StudentId]]:
        """What followed, and for whom."""
        return [(consequence.movement, _whose(consequence)) for consequence in self.followed]

    def sections_of(self, student: str) -> list[str]:
        """The codes of the sections in which a student sits."""
        own = [e for e in self.term.enrollments.values() if e.student_id == student_id(student)]
        return sorted(self.term.sections[seat.section_id].code for e in own for seat in e.seats)

    def waiting(self) -> list[StudentId]:
        """Who waits, in the order of the queue."""
        return [entry.student_id for entry in sorted(self.term.entries.values(), key=lambda entry: entry.rank)]

    def free(self, section: str) -> int:
        """How many seats of a section are free."""
        (known,) = (s for s in self.term.sections.values() if s.code == section)
        return self.term.seating[known.id].free


def _whose(consequence: Consequence) -> StudentId:
    if consequence.entry is not None:
        return consequence.entry.student_id
    assert consequence.enrollment is not None
    return consequence.enrollment.student_id


def codes(decision: Decision) -> list[str]:
    """The codes of the reasons against an action."""
    return [str(rejection.code) for rejection in decision.rejections]
