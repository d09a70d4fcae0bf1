"""Commands and facts as JSON documents, so that the audit log can be decided again; and back.

Static facts (a term with its tickets, an offering, a student) are documents known by the digest of their content:
however many commands look at the same facts, they are kept once.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeAlias, cast, get_args
from uuid import UUID

from pydantic import TypeAdapter

from domain.catalog.course import Course
from domain.catalog.grading import GradingScheme
from domain.catalog.requisite import Requisite
from domain.catalog.requisite_grammar import parse_requisite, print_requisite
from domain.people.hold import Hold
from domain.registration.commands import (
    Command,
    GivePermission,
    RegistrationRequest,
    ReleaseHold,
    ReviewQueues,
    ReviseSection,
    RevokePermission,
)
from domain.registration.events import Event
from domain.registration.facts import OfferingFacts, Profile, StudentFacts
from domain.registration.permission import Permission
from domain.registration.requisites import AttemptAtCourse
from domain.scheduling.offering import CourseOffering
from domain.scheduling.section import Section
from domain.scheduling.term import Term
from domain.scheduling.time_ticket import TimeTicket
from domain.shared.identifiers import TimeTicketId
from domain.shared.value import value

COMMAND_KINDS: Mapping[str, type[Command]] = {
    "registration_request": RegistrationRequest,
    "section_revision": ReviseSection,
    "permission": GivePermission,
    "permission_revocation": RevokePermission,
    "hold_release": ReleaseHold,
    "queue_review": ReviewQueues,
}
"""The kinds of commands by the names that the audit log gives them."""

_KIND_NAMES = {kind: name for name, kind in COMMAND_KINDS.items()}


@dataclass(frozen=True, slots=True)
class TermFacts:
    """What is looked at of a term, whatever the offering."""

    term: Term
    tickets: tuple[TimeTicket, ...]


@dataclass(frozen=True, slots=True)
class CourseDocument:
    """A course beside its requisites, which are canonical texts: as bare JSON, "all of" and "any of" look alike."""

    course: Course
    prerequisite: str | None
    corequisite: str | None
    exclusion: str | None

    @classmethod
    def of(cls, course: Course) -> "CourseDocument":
        """The document of a course."""
        bare = replace(course, prerequisite=None, corequisite=None, exclusion=None)
        return cls(bare, _text(course.prerequisite), _text(course.corequisite), _text(course.exclusion))

    def course_again(self) -> Course:
        """The course that it is the document of."""
        return replace(
            self.course,
            prerequisite=_requisite(self.prerequisite),
            corequisite=_requisite(self.corequisite),
            exclusion=_requisite(self.exclusion),
        )


def _text(requisite: Requisite | None) -> str | None:
    return None if requisite is None else print_requisite(requisite)


def _requisite(text: str | None) -> Requisite | None:
    return None if text is None else parse_requisite(text)


@dataclass(frozen=True, slots=True)
class OfferingDocument:
    """What is looked at of an offering."""

    offering: CourseOffering
    courses: tuple[CourseDocument, ...]
    sections: tuple[Section, ...]

    @classmethod
    def of(cls, facts: OfferingFacts) -> "OfferingDocument":
        """The document of an offering."""
        return cls(facts.offering, tuple(CourseDocument.of(course) for course in facts.courses), facts.sections)

    def facts(self) -> OfferingFacts:
        """The facts that it is the document of."""
        return OfferingFacts(self.offering, tuple(document.course_again() for document in self.courses), self.sections)


AttemptRow: TypeAlias = tuple[str, str, str | None, UUID | None, bool, bool, bool]
"""An attempt in the document of a student: the fields of `AttemptAtCourse`, but for its scheme the scheme's id."""


@value(frozen=True, slots=True)
class StudentDocument:
    """What is looked at of a student, but for what registration itself changes."""

    profile: Profile | None
    program: str | None
    department: str | None
    tickets: tuple[TimeTicketId, ...]
    holds: tuple[Hold, ...]
    permissions: tuple[Permission, ...]
    attempts: tuple[AttemptRow, ...]

    def facts(self, schemes: Mapping[UUID, GradingScheme]) -> StudentFacts:
        """The facts that it is the document of, without enrollments."""
        return StudentFacts(
            profile=self.profile,
            program=self.program,
            department=self.department,
            tickets=frozenset(self.tickets),
            holds=self.holds,
            permissions=self.permissions,
            attempts=tuple(
                AttemptAtCourse(
                    course, term, grade, None if scheme is None else schemes[scheme], passed, in_progress, transfer
                )
                for course, term, grade, scheme, passed, in_progress, transfer in self.attempts
            ),
        )


@dataclass(frozen=True, slots=True)
class LookedAt:
    """The digests of the static facts that a command was decided on, and the waiting entries in its view.

    `schemes` are those of the students' attempts.
    """

    term: str
    offerings: Mapping[UUID, str]
    students: Mapping[UUID, str]
    schemes: Mapping[UUID, str]
    entries: tuple[UUID, ...]

    @property
    def digests(self) -> frozenset[str]:
        """The digests of all documents."""
        return frozenset((self.term, *self.offerings.values(), *self.students.values(), *self.schemes.values()))


Fact: TypeAlias = TermFacts | OfferingDocument | StudentDocument | GradingScheme

_ANYTHING: TypeAdapter[object] = TypeAdapter(object)
_ADAPTERS: dict[type, TypeAdapter[object]] = {}


def _adapter(kind: type) -> TypeAdapter[object]:
    """The codec of a type; made at first use, since making one takes milliseconds."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def prepare() -> None:
    """Make the codecs of all that is written down, which takes a tenth of a second, before somebody waits for it."""
    for kind in (
        *COMMAND_KINDS.values(),
        *get_args(Event),
        Term,
        TimeTicket,
        OfferingDocument,
        StudentDocument,
        GradingScheme,
    ):
        _adapter(kind)


text_of = cast("Callable[[UUID], str]", lru_cache(maxsize=65_536)(str))
"""The text of an id that many commands name."""


def to_json(value: object) -> str:
    """Any plain value as JSON: mappings, lists, texts, numbers, ids and moments."""
    return _ANYTHING.serializer.to_json(value).decode()


def encode(value: object) -> str:
    """A dataclass as JSON."""
    return _adapter(type(value)).serializer.to_json(value).decode()


def term_text(term: str, tickets: str) -> str:
    """The `TermFacts` of a term as JSON, from the texts of the term and of the list of its tickets."""
    return f'{{"term":{term},"tickets":{tickets}}}'


def student_text(facts: StudentFacts, attempts: Iterable[str]) -> str:
    """The `StudentDocument` of a student as JSON; `attempts` are those of the facts, as `attempt_text` writes them."""
    bare = StudentDocument(
        facts.profile,
        facts.program,
        facts.department,
        tuple(sorted(facts.tickets)),
        facts.holds,
        facts.permissions,
        attempts=(),
    )
    return f"{encode(bare).removesuffix(_NO_ATTEMPTS)}[{','.join(attempts)}]}}"


_NO_ATTEMPTS = "[]}"
"""How the document of somebody without attempts ends."""


def attempt_text(attempt: AttemptAtCourse) -> str:
    """An attempt as JSON, an `AttemptRow`."""
    row: AttemptRow = (
        attempt.course,
        attempt.term,
        attempt.grade,
        None if attempt.scheme is None else attempt.scheme.id,
        attempt.passed,
        attempt.in_progress,
        attempt.transfer,
    )
    return to_json(row)


def decode(kind: type[object], document: str) -> object:
    """The dataclass in a JSON document. Raises `ValueError` for a document of another kind."""
    return _adapter(kind).validate_json(document)


def kind_of(command: Command) -> str:
    """The name of a command's kind."""
    return _KIND_NAMES[type(command)]


def decode_command(kind: str, document: str) -> Command:
    """The command of that kind in a document. Raises `ValueError` for what is none."""
    command = decode(COMMAND_KINDS[kind], document)
    if not isinstance(command, Command):
        raise TypeError(kind)
    return command
