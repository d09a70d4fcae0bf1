"""The archive of static facts: each document is written once, however many commands look at it."""

from collections.abc import Callable, Container, Iterable, Sequence
from hashlib import sha256
from uuid import UUID

from application.registration.documents import (
    Fact,
    OfferingDocument,
    TermFacts,
    encode,
    student_text,
)
from application.registration.written import attempt_text
from domain.registration.facts import Facts, StudentFacts
from domain.registration.outcomes import Recorded
from domain.registration.requisites import AttemptAtCourse
from domain.shared.identifiers import InstitutionId, OfferingId

_DIGESTS, _STORED = 4_096, 100_000
"""How many digests are remembered, of facts and of stored documents."""


class Archive:
    """Remembers the digests of facts that do not change, and which documents are stored: hints that save work.

    One for a process, for every institution.
    """

    def __init__(self) -> None:
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
    """The documents that the commands of a batch look at: `by_digest` are those that may not be stored yet.

    What many of its commands have in common (offerings, attempts of students) is written once.
    """

    def __init__(self, archive: Archive, institution: InstitutionId, facts: Facts) -> None:
        self.by_digest: dict[str, str] = {}
        self._archive = archive
        self._stored = archive.stored(institution)
        self._facts = facts
        self._offerings: dict[OfferingId, str] = {}
        self._attempts: dict[int, tuple[str, str]] = {}
        self._term = self._constant(facts.tickets or facts.term, lambda: TermFacts(facts.term, facts.tickets))

    def look_at(self, recorded: Sequence[Recorded]) -> list[str]:
        """The digests of what each command looked at, a `LookedAt` in JSON; the documents themselves are gathered."""
        known = list({identifier for each in recorded for identifier in each.students})
        attempts = [self._attempts_of(self._facts.students[identifier]) for identifier in known]
        texts = [
            student_text(self._facts.students[identifier], [row for row, _ in rows])
            for identifier, rows in zip(known, attempts, strict=True)
        ]
        digests = [digest_of(text) for text in texts]
        self.by_digest |= zip(digests, texts, strict=True)
        schemes = [{scheme for _, scheme in rows} for rows in attempts]
        students = dict(zip(known, zip(map(_entry, known, digests), schemes, strict=True), strict=True))
        return [self._looked_at(each, [students[identifier] for identifier in each.students]) for each in recorded]

    def _looked_at(self, recorded: Recorded, students: Sequence[tuple[str, set[str]]]) -> str:
        schemes = {scheme for _, graded_by in students for scheme in graded_by if scheme}
        offerings = [self._offerings.get(known) or self._offering(known) for known in recorded.offerings]
        entries = [f'"{entry!s}"' for entry in recorded.entries]
        return (
            f'{{"term":"{self._term}"'
            f',"offerings":{{{",".join(sorted(offerings))}}}'
            f',"students":{{{",".join(sorted([student for student, _ in students]))}}}'
            f',"schemes":{{{",".join(sorted(schemes))}}}'
            f',"entries":[{",".join(sorted(entries))}]}}'
        )

    def _offering(self, identifier: OfferingId) -> str:
        facts = self._facts.offerings[identifier]
        entry = _entry(identifier, self._constant(facts, lambda: OfferingDocument.of(facts)))
        self._offerings[identifier] = entry
        return entry

    def _attempts_of(self, student: StudentFacts) -> list[tuple[str, str]]:
        """The attempts as rows, each with its scheme as an entry; known by their identity, for the facts hold them."""
        known = self._attempts
        return [known.get(id(attempt)) or self._attempt(attempt) for attempt in student.attempts]

    def _attempt(self, attempt: AttemptAtCourse) -> tuple[str, str]:
        scheme = attempt.scheme
        entry = "" if scheme is None else _entry(scheme.id, self._constant(scheme, lambda: scheme))
        written = self._attempts[id(attempt)] = (attempt_text(attempt), entry)
        return written

    def _constant(self, source: object, fact: Callable[[], Fact]) -> str:
        digest, text = self._archive.document_of(source, fact)
        if digest not in self._stored:
            self.by_digest[digest] = text
        return digest


def _entry(identifier: UUID, digest: str) -> str:
    return f'"{identifier!s}":"{digest}"'
