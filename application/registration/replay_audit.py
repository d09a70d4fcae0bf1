"""Replaying the audit log: every logged command of a term is decided again, in order, from nothing.

The static facts come from the documents that each record names; seats, enrollments and queues are only what the
replay itself has made of them. So the log proves itself: equal answers, and in the end the state that is stored.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from application.registration.documents import (
    LookedAt,
    OfferingDocument,
    StudentDocument,
    TermFacts,
    decode,
    decode_command,
)
from application.registration.journal import answer_document, consequences_document, decision_texts
from application.registration.ports import AuditRecord, RegistrationReading, RegistrationViews, Standing
from application.shared.access import authorise
from application.shared.caller import Caller
from application.shared.dto import Dto
from application.shared.errors import NotFound
from domain.catalog.grading import GradingScheme
from domain.registration.commands import Command
from domain.registration.decide import decide
from domain.registration.enrollment import Enrollment, EnrollmentStatus
from domain.registration.facts import Facts
from domain.registration.outcomes import Effects
from domain.registration.references import (
    references_to_courses,
    references_to_offerings,
    references_to_sections,
    resolved,
)
from domain.registration.seating import Seating
from domain.registration.waitlist import EntryStatus, WaitlistEntry
from domain.scheduling.section import Section
from domain.scheduling.term import Term
from domain.shared.identifiers import (
    EnrollmentId,
    OfferingId,
    SectionId,
    StudentId,
    TermId,
    WaitlistEntryId,
)
from domain.shared.reference import Reference

_PAGE = 500
F = TypeVar("F")
K = TypeVar("K", bound=UUID)


class Difference(Dto):
    """Where the replay came to something else; `number` is the place in the term's order, null for the final state."""

    number: int | None
    what: str


class ReplayView(Dto):
    """The verdict on a term's audit log."""

    term: UUID
    commands: int
    enrollments: int
    waiting: int
    differences: tuple[Difference, ...]

    @property
    def is_clean(self) -> bool:
        """Whether the replay arrived at the same answers and the same state."""
        return not self.differences


class ReplayAudit:
    """The use case."""

    def __init__(self, reading: RegistrationReading) -> None:
        self._reading = reading

    async def execute(self, caller: Caller, term: Reference) -> ReplayView:
        """Decide every logged command of a term again. Raises `NotFound`, `AccessDenied`."""
        authorise(caller, "replay_audit")
        async with self._reading(caller.institution) as views:
            identifier = await views.identify(Term, term)
            if identifier is None:
                raise NotFound("term", str(term))
            return await self._replay(views, TermId(identifier))

    async def _replay(self, views: RegistrationViews, term: TermId) -> ReplayView:
        state, differences, commands, after = _State(), list[Difference](), 0, 0
        while records := await views.audit_records(term, after, _PAGE):
            documents = await self._documents(views, records)
            for record in records:
                differences += state.decide_again(record, documents)
            commands += len(records)
            after = records[-1].number
        stored = await views.standing(term)
        differences += state.compare(stored)
        return ReplayView(
            term=term,
            commands=commands,
            enrollments=len(stored.enrollments),
            waiting=len(stored.entries),
            differences=tuple(differences),
        )

    @staticmethod
    async def _documents(views: RegistrationViews, records: Sequence[AuditRecord]) -> Mapping[str, str]:
        wanted: set[str] = set()
        for record in records:
            wanted |= _looked_at(record).digests
        return await views.audit_documents(sorted(wanted))


def _looked_at(record: AuditRecord) -> LookedAt:
    looked_at = decode(LookedAt, record.facts)
    if not isinstance(looked_at, LookedAt):
        raise TypeError(record.number)
    return looked_at


class _State:
    """The registration of a term as the replay has made it."""

    def __init__(self) -> None:
        self._enrollments: dict[EnrollmentId, Enrollment] = {}
        self._entries: dict[WaitlistEntryId, WaitlistEntry] = {}
        self._seating: dict[SectionId, Seating] = {}

    def decide_again(self, record: AuditRecord, documents: Mapping[str, str]) -> list[Difference]:
        """Decide a logged command on the state so far, and take over what it changes."""
        command = decode_command(record.kind, record.command)
        facts = self._facts(record, command, documents)
        (answer,), effects = decide(facts, [command])
        (recorded,) = effects.recorded
        decisions = decision_texts(answer, facts)
        again = (answer_document(answer, decisions), consequences_document(recorded.consequences))
        self._take_over(effects)
        differences = []
        for name, before, now in zip(
            ("answer", "consequences"), (record.answer, record.consequences), again, strict=True
        ):
            if not _same(before, now):
                differences.append(Difference(number=record.number, what=f"{name}: logged {before}, again {now}"))
        return differences

    def compare(self, stored: Standing) -> list[Difference]:
        """What is stored beside what the replay has arrived at."""
        standing = {e.id: _seats(e) for e in self._enrollments.values() if e.status is EnrollmentStatus.ENROLLED}
        waiting = {e.id: e.rank for e in self._entries.values() if e.status is EntryStatus.WAITING}
        return [
            *_unequal("enrollment", standing, {e.id: _seats(e) for e in stored.enrollments}),
            *_unequal("waitlist entry", waiting, {e.id: e.rank for e in stored.entries}),
        ]

    def _facts(self, record: AuditRecord, command: Command, documents: Mapping[str, str]) -> Facts:
        looked_at = _looked_at(record)
        of_term = _decoded(TermFacts, documents[looked_at.term])
        offerings = {
            OfferingId(identifier): _decoded(OfferingDocument, documents[digest]).facts()
            for identifier, digest in looked_at.offerings.items()
        }
        sections = {section.id: section for known in offerings.values() for section in known.sections}
        stands = (e for e in self._enrollments.values() if e.status is EnrollmentStatus.ENROLLED)
        standing = sorted(stands, key=lambda enrollment: enrollment.number)
        schemes = {
            identifier: _decoded(GradingScheme, documents[digest]) for identifier, digest in looked_at.schemes.items()
        }
        students = {
            StudentId(identifier): replace(
                _decoded(StudentDocument, documents[digest]).facts(schemes),
                enrollments=tuple(e for e in standing if e.student_id == identifier),
            )
            for identifier, digest in looked_at.students.items()
        }
        pools: dict[SectionId, dict[str, int]] = {}
        for enrollment in standing:
            for seat in enrollment.seats:
                if seat.pool is not None:
                    counts = pools.setdefault(seat.section_id, {})
                    counts[seat.pool] = counts.get(seat.pool, 0) + 1
        offering_codes = {known.offering.id: known.offering.code for known in offerings.values()}
        course_codes = {course.id: course.code for known in offerings.values() for course in known.courses}
        section_codes = {section.id: section.code for section in sections.values()}
        term_code = of_term.term.code
        return Facts(
            term=of_term.term,
            tickets=of_term.tickets,
            next_number=record.number,
            students=students,
            offerings=offerings,
            sections=sections,
            seating={
                section.id: self._seating_of(section) for section in sections.values() if not section.is_unlimited
            },
            pools=pools,
            entries={
                key: self._entries[key] for key in map(WaitlistEntryId, looked_at.entries) if key in self._entries
            },
            offering_ids=resolved(references_to_offerings([command]), offering_codes, term_code),
            section_ids=resolved(references_to_sections([command]), section_codes, term_code),
            course_ids=resolved(references_to_courses([command]), course_codes, None),
        )

    def _seating_of(self, section: Section) -> Seating:
        known = self._seating.get(section.id)
        return Seating.new(section.capacity or 0) if known is None else known

    def _take_over(self, effects: Effects) -> None:
        self._enrollments |= {key: change.after for key, change in effects.enrollments.items()}
        self._entries |= {key: change.after for key, change in effects.entries.items()}
        self._seating |= effects.seating


def _decoded(kind: type[F], document: str) -> F:
    value = decode(kind, document)
    if not isinstance(value, kind):
        raise TypeError(kind)
    return value


def _same(one: str, other: str) -> bool:
    """Whether two JSON documents say the same; ids that are made anew at each decision do not occur in them."""
    return bool(json.loads(one) == json.loads(other))


def _seats(enrollment: Enrollment) -> Mapping[SectionId, int | None]:
    return {seat.section_id: seat.seat_no for seat in enrollment.seats}


def _unequal(kind: str, replayed: Mapping[K, object], stored: Mapping[K, object]) -> Iterable[Difference]:
    for key in sorted({*replayed, *stored}):
        if replayed.get(key) != stored.get(key):
            what = f"{kind} {key}: stored {stored.get(key)}, replayed {replayed.get(key)}"
            yield Difference(number=None, what=what)
