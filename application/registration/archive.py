"""The archive of static facts: each document is written once, however many commands look at it."""

from collections.abc import Container, Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from application.registration.documents import (
    Fact,
    OfferingDocument,
    attempt_text,
    encode,
    student_text,
    term_text,
)
from application.registration.remembered import Remembered
from domain.catalog.grading import GradingScheme
from domain.registration.facts import Facts, OfferingFacts, StudentFacts
from domain.registration.outcomes import Recorded
from domain.registration.requisites import AttemptAtCourse
from domain.scheduling.term import Term
from domain.scheduling.time_ticket import TimeTicket
from domain.shared.identifiers import InstitutionId, StudentId

_ATTEMPTS, _OFFERINGS, _SCHEMES, _TERMS, _STORED = 16_384, 4_096, 256, 64, 100_000
"""How many of these are remembered as texts, and how many digests of stored documents."""


class Named(NamedTuple):
    """The document of a fact; `entry` names its `digest` under the id of the fact, as a member of a JSON object."""

    digest: str
    text: str
    entry: str


class Archive:
    """Remembers the documents of facts that do not change, and which of them are stored: hints that save work.

    One for a process, for every institution.
    """

    def __init__(self) -> None:
        self.attempts: Remembered[AttemptAtCourse, str] = Remembered(attempt_text, _ATTEMPTS)
        self.offerings: Remembered[OfferingFacts, Named] = Remembered(_offering, _OFFERINGS)
        self.terms: Remembered[Term, str] = Remembered(encode, _TERMS)
        self.tickets: Remembered[tuple[TimeTicket, ...], str] = Remembered(_list, _TERMS)
        self.schemes: Remembered[GradingScheme, Named] = Remembered(_scheme, _SCHEMES)
        self._stored: dict[InstitutionId, set[str]] = {}

    def stored(self, institution: InstitutionId) -> Container[str]:
        """The digests of documents that are stored for certain."""
        return self._stored.setdefault(institution, set())

    def note(self, institution: InstitutionId, digests: Iterable[str]) -> None:
        """Remember documents whose transaction was committed."""
        if sum(map(len, self._stored.values())) >= _STORED:
            self._stored.clear()
        self._stored.setdefault(institution, set()).update(digests)


def digest_of(document: str) -> str:
    """The digest by which a document is known."""
    return sha256(document.encode()).hexdigest()


def _list(facts: Sequence[object]) -> str:
    return f"[{','.join(map(encode, facts))}]"


def _offering(facts: OfferingFacts) -> Named:
    return _named(facts.offering.id, OfferingDocument.of(facts))


def _scheme(scheme: GradingScheme) -> Named:
    return _named(scheme.id, scheme)


def _named(identifier: UUID, fact: Fact) -> Named:
    text = encode(fact)
    digest = digest_of(text)
    return Named(digest, text, _entry(identifier, digest))


def _entry(identifier: UUID, digest: str) -> str:
    return f'"{identifier!s}":"{digest}"'


class Documents:
    """The documents that the commands of a batch look at: `by_digest` are those that may not be stored yet."""

    def __init__(self, archive: Archive, institution: InstitutionId, facts: Facts) -> None:
        self.by_digest: dict[str, str] = {}
        self._archive = archive
        self._stored = archive.stored(institution)
        self._facts = facts
        text = term_text(archive.terms.of(facts.term), archive.tickets.of(facts.tickets))
        self._term = self._gathered(digest_of(text), text)

    def look_at(self, recorded: Sequence[Recorded]) -> list[str]:
        """The digests of what each command looked at, a `LookedAt` in JSON; the documents themselves are gathered."""
        looked_at = {identifier for each in recorded for identifier in each.students}
        students = {identifier: self._facts.students[identifier] for identifier in looked_at}
        row_of = self._archive.attempts.of
        texts = [
            student_text(student, [row_of(attempt) for attempt in student.attempts]) for student in students.values()
        ]
        digests = [self._gathered(digest_of(text), text) for text in texts]
        entries = dict(zip(students, map(_entry, students, digests), strict=True))
        return [self._looked_at(each, entries) for each in recorded]

    def _looked_at(self, recorded: Recorded, students: dict[StudentId, str]) -> str:
        offerings = [self._offering(self._facts.offerings[known]) for known in recorded.offerings]
        schemes = {entry for known in recorded.students for entry in self._schemes_of(self._facts.students[known])}
        entries = [f'"{entry!s}"' for entry in recorded.entries]
        return (
            f'{{"term":"{self._term}"'
            f',"offerings":{{{",".join(sorted(offerings))}}}'
            f',"students":{{{",".join(sorted([students[known] for known in recorded.students]))}}}'
            f',"schemes":{{{",".join(sorted(schemes))}}}'
            f',"entries":[{",".join(sorted(entries))}]}}'
        )

    def _offering(self, facts: OfferingFacts) -> str:
        digest, text, entry = self._archive.offerings.of(facts)
        self._gathered(digest, text)
        return entry

    def _schemes_of(self, student: StudentFacts) -> list[str]:
        """The schemes of a student's attempts; there are few, told apart by their identity."""
        schemes = {id(attempt.scheme): attempt.scheme for attempt in student.attempts}
        named = [self._archive.schemes.of(scheme) for scheme in schemes.values() if scheme is not None]
        for digest, text, _ in named:
            self._gathered(digest, text)
        return [entry for _, _, entry in named]

    def _gathered(self, digest: str, text: str) -> str:
        if digest not in self._stored:
            self.by_digest[digest] = text
        return digest
