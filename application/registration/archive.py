"""The archive of static facts: each document is written once, however many commands look at it."""

from collections.abc import Callable, Iterable
from hashlib import sha256

from application.registration.documents import Fact, OfferingDocument, StudentDocument, TermFacts, encode, to_json
from domain.catalog.grading import GradingScheme
from domain.registration.facts import Facts, StudentFacts
from domain.registration.outcomes import Recorded
from domain.shared.identifiers import InstitutionId, OfferingId

_DIGESTS, _STORED = 4_096, 100_000
"""How many digests are remembered, of facts and of stored documents."""


class Archive:
    """Remembers the digests of facts that do not change, and which documents are stored: hints that save work.

    One for a process, for every institution.
    """

    def __init__(self) -> None:
        self._digests: dict[int, tuple[object, str, str]] = {}
        self._stored: set[tuple[InstitutionId, str]] = set()

    def document_of(self, source: object, fact: Callable[[], Fact]) -> tuple[str, str]:
        """The digest and text of a fact; it is made and encoded once as long as `source` is the same object."""
        known = self._digests.get(id(source))
        if known is None or known[0] is not source:
            if len(self._digests) >= _DIGESTS:
                self._digests.clear()
            known = self._digests[id(source)] = (source, *digest_and_text(fact()))
        return known[1], known[2]

    def has(self, institution: InstitutionId, digest: str) -> bool:
        """Whether a document is stored for certain."""
        return (institution, digest) in self._stored

    def note(self, institution: InstitutionId, digests: Iterable[str]) -> None:
        """Remember documents whose transaction was committed."""
        if len(self._stored) >= _STORED:
            self._stored.clear()
        self._stored.update((institution, digest) for digest in digests)


def digest_and_text(fact: Fact) -> tuple[str, str]:
    """The digest of a fact's document, and the document."""
    text = encode(fact)
    return sha256(text.encode()).hexdigest(), text


class Documents:
    """The documents that the commands of a batch look at: `by_digest` are those that may not be stored yet."""

    def __init__(self, archive: Archive, institution: InstitutionId, facts: Facts) -> None:
        self.by_digest: dict[str, str] = {}
        self._archive = archive
        self._institution = institution
        self._facts = facts
        self._term = self._constant(facts.tickets or facts.term, lambda: TermFacts(facts.term, facts.tickets))

    def look_at(self, recorded: Recorded) -> str:
        """The digests of what a command looked at, as a `LookedAt` in JSON; the documents themselves are gathered."""
        students = {key: self._facts.students[key] for key in sorted(recorded.students)}
        schemes = {
            attempt.scheme.id: attempt.scheme
            for student in students.values()
            for attempt in student.attempts
            if attempt.scheme is not None
        }
        return to_json(
            {
                "term": self._term,
                "offerings": {str(key): self._offering(key) for key in sorted(recorded.offerings)},
                "students": {str(key): self._student(known) for key, known in students.items()},
                "schemes": {str(key): self._scheme(schemes[key]) for key in sorted(schemes)},
                "entries": sorted(recorded.entries),
            }
        )

    def _scheme(self, scheme: GradingScheme) -> str:
        return self._constant(scheme, lambda: scheme)

    def _offering(self, identifier: OfferingId) -> str:
        facts = self._facts.offerings[identifier]
        return self._constant(facts, lambda: OfferingDocument.of(facts))

    def _student(self, facts: StudentFacts) -> str:
        digest, text = digest_and_text(StudentDocument.of(facts))
        self.by_digest[digest] = text
        return digest

    def _constant(self, source: object, fact: Callable[[], Fact]) -> str:
        digest, text = self._archive.document_of(source, fact)
        if not self._archive.has(self._institution, digest):
            self.by_digest[digest] = text
        return digest
