"""The archive of static facts: each document is written once, however many commands look at it."""

from collections.abc import Callable, Iterable
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
        self._stored: set[tuple[InstitutionId, str]] = set()

    def document_of(self, source: object, fact: Callable[[], Fact]) -> tuple[str, str]:
        """The digest and text of a fact; it is made and encoded once as long as `source` is the same object."""
        known = self._digests.get(id(source))
        if known is None or known[0] is not source:
            if len(self._digests) >= _DIGESTS:
                self._digests.clear()
            text = encode(fact())
            known = self._digests[id(source)] = (source, digest_of(text), text)
        return known[1], known[2]

    def has(self, institution: InstitutionId, digest: str) -> bool:
        """Whether a document is stored for certain."""
        return (institution, digest) in self._stored

    def note(self, institution: InstitutionId, digests: Iterable[str]) -> None:
        """Remember documents whose transaction was committed."""
        if len(self._stored) >= _STORED:
            self._stored.clear()
        self._stored.update((institution, digest) for digest in digests)


def digest_of(document: str) -> str:
    """The digest by which a document is known."""
    return sha256(document.encode()).hexdigest()


class Documents:
    """The documents that the commands of a batch look at: `by_digest` are those that may not be stored yet.

    What many of its students have in common, their attempts and offerings, is written once.
    """

    def __init__(self, archive: Archive, institution: InstitutionId, facts: Facts) -> None:
        self.by_digest: dict[str, str] = {}
        self._archive = archive
        self._institution = institution
        self._facts = facts
        self._offerings: dict[OfferingId, str] = {}
        self._attempts: dict[int, tuple[str, str]] = {}
        self._term = self._constant(facts.tickets or facts.term, lambda: TermFacts(facts.term, facts.tickets))

    def look_at(self, recorded: Recorded) -> str:
        """The digests of what a command looked at, as a `LookedAt` in JSON; the documents themselves are gathered."""
        students, schemes = [], set()
        for identifier in recorded.students:
            digest, graded_by = self._student(self._facts.students[identifier])
            students.append(_entry(identifier, digest))
            schemes |= graded_by
        schemes.discard(_UNGRADED)
        offerings = [self._offerings.get(known) or self._offering(known) for known in recorded.offerings]
        entries = [f'"{entry!s}"' for entry in recorded.entries]
        return (
            f'{{"term":"{self._term}"'
            f',"offerings":{{{",".join(sorted(offerings))}}}'
            f',"students":{{{",".join(sorted(students))}}}'
            f',"schemes":{{{",".join(sorted(schemes))}}}'
            f',"entries":[{",".join(sorted(entries))}]}}'
        )

    def _offering(self, identifier: OfferingId) -> str:
        facts = self._facts.offerings[identifier]
        digest = self._constant(facts, lambda: OfferingDocument.of(facts))
        entry = self._offerings[identifier] = _entry(identifier, digest)
        return entry

    def _student(self, facts: StudentFacts) -> tuple[str, set[str]]:
        """The digest of a student's document, and the schemes of the attempts as entries."""
        known = self._attempts
        attempts = [known.get(id(attempt)) or self._attempt(attempt) for attempt in facts.attempts]
        text = student_text(facts, [row for row, _ in attempts])
        digest = digest_of(text)
        self.by_digest[digest] = text
        return digest, {scheme for _, scheme in attempts}

    def _attempt(self, attempt: AttemptAtCourse) -> tuple[str, str]:
        """An attempt as a row, and its scheme as an entry; known by its identity, for the facts hold it."""
        scheme = attempt.scheme
        entry = _UNGRADED if scheme is None else _entry(scheme.id, self._constant(scheme, lambda: scheme))
        written = self._attempts[id(attempt)] = (attempt_text(attempt), entry)
        return written

    def _constant(self, source: object, fact: Callable[[], Fact]) -> str:
        digest, text = self._archive.document_of(source, fact)
        if not self._archive.has(self._institution, digest):
            self.by_digest[digest] = text
        return digest


_UNGRADED = ""
"""The entry of no scheme."""


def _entry(identifier: UUID, digest: str) -> str:
    return f'"{identifier!s}":"{digest}"'
