"""The archive of static facts: each document is written once, however many commands look at it."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from hashlib import sha256
from uuid import UUID

from application.registration.documents import (
    Fact,
    OfferingDocument,
    TermFacts,
    attempt_text,
    encode,
    student_text,
)
from application.registration.remembered import Remembered
from domain.catalog.grading import GradingScheme
from domain.registration.facts import Facts, StudentFacts
from domain.registration.outcomes import Recorded
from domain.registration.requisites import AttemptAtCourse
from domain.shared.identifiers import InstitutionId, OfferingId, StudentId

_ATTEMPTS, _DIGESTS, _STORED = 16_384, 4_096, 100_000
"""How many attempts are remembered as texts, and how many digests, of facts and of stored documents."""


class Archive:
    """Remembers the digests of facts that do not change, and which documents are stored: hints that save work.

    One for a process, for every institution.
    """

    def __init__(self) -> None:
        self.attempts: Remembered[AttemptAtCourse, str] = Remembered(attempt_text, _ATTEMPTS)
        self._digests: dict[int, tuple[object, str, str]] = {}
        self._stored: dict[InstitutionId, set[str]] = {}

    def document_of(self, source: object, fact: Callable[[], Fact]) -> tuple[str, str]:
        """The digest and text of a fact; it is made and encoded once as long as `source` is the same object."""
        known = self._digests.get(id(source))
        if known is None or known[0] is not source:
            if len(self._digests) >= _DIGESTS:
                self._digests.clear()
            text = encode(fact())
            known = self._digests[id(source)] = (source, digest_of(text), text)
        return known[1], known[2]

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


class Documents:
    """The documents that the commands of a batch look at: `by_digest` are those that may not be stored yet."""

    def __init__(self, archive: Archive, institution: InstitutionId, facts: Facts) -> None:
        self.by_digest: dict[str, str] = {}
        self._archive = archive
        self._stored = archive.stored(institution)
        self._facts = facts
        self._offerings: dict[OfferingId, str] = {}
        self._schemes: dict[int, str] = {}
        self._term = self._constant(facts.tickets or facts.term, lambda: TermFacts(facts.term, facts.tickets))

    def look_at(self, recorded: Sequence[Recorded]) -> list[str]:
        """The digests of what each command looked at, a `LookedAt` in JSON; the documents themselves are gathered."""
        looked_at = {identifier for each in recorded for identifier in each.students}
        students = {identifier: self._facts.students[identifier] for identifier in looked_at}
        row_of = self._archive.attempts.of
        texts = [
            student_text(student, [row_of(attempt) for attempt in student.attempts]) for student in students.values()
        ]
        digests = [digest_of(text) for text in texts]
        self.by_digest |= zip(digests, texts, strict=True)
        known = dict(zip(students, map(_entry, students, digests), strict=True))
        return [self._looked_at(each, known) for each in recorded]

    def _looked_at(self, recorded: Recorded, students: Mapping[StudentId, str]) -> str:
        offerings = [self._offerings.get(known) or self._offering(known) for known in recorded.offerings]
        schemes = {scheme for known in recorded.students for scheme in self._schemes_of(self._facts.students[known])}
        entries = [f'"{entry!s}"' for entry in recorded.entries]
        return (
            f'{{"term":"{self._term}"'
            f',"offerings":{{{",".join(sorted(offerings))}}}'
            f',"students":{{{",".join(sorted([students[known] for known in recorded.students]))}}}'
            f',"schemes":{{{",".join(sorted(schemes))}}}'
            f',"entries":[{",".join(sorted(entries))}]}}'
        )

    def _offering(self, identifier: OfferingId) -> str:
        facts = self._facts.offerings[identifier]
        entry = _entry(identifier, self._constant(facts, lambda: OfferingDocument.of(facts)))
        self._offerings[identifier] = entry
        return entry

    def _schemes_of(self, student: StudentFacts) -> Iterable[str]:
        """The schemes of a student's attempts; there are few, which are known by their identity."""
        schemes = {id(attempt.scheme): attempt.scheme for attempt in student.attempts}
        return [self._schemes.get(key) or self._scheme(known) for key, known in schemes.items() if known is not None]

    def _scheme(self, scheme: GradingScheme) -> str:
        entry = self._schemes[id(scheme)] = _entry(scheme.id, self._constant(scheme, lambda: scheme))
        return entry

    def _constant(self, source: object, fact: Callable[[], Fact]) -> str:
        digest, text = self._archive.document_of(source, fact)
        if digest not in self._stored:
            self.by_digest[digest] = text
        return digest


def _entry(identifier: UUID, digest: str) -> str:
    return f'"{identifier!s}":"{digest}"'
