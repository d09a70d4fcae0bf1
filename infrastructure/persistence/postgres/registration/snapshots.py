"""Snapshots of a term's static facts: offerings, sections, courses, the term itself, as of one version.

The version is read with the lock of the term, or in the snapshot of a reading transaction: so what is remembered under
it is what the database holds. Offerings come when they are first needed.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import TypeAlias
from uuid import UUID

import asyncpg
import orjson

from domain.catalog.course import Course
from domain.catalog.grading import GradingScheme
from domain.registration.facts import OfferingFacts
from domain.registration.requisites import AttemptAtCourse, courses_that_count, courses_that_count_beside
from domain.scheduling.section import Section
from domain.scheduling.term import Term
from domain.scheduling.time_ticket import TimeTicket
from domain.shared.identifiers import CourseId, InstitutionId, OfferingId, SectionId, TermId
from infrastructure.persistence.postgres.registration.facts_of_offerings import courses_of, offerings_of, sections_of
from infrastructure.persistence.postgres.registration.facts_of_terms import schemes_of, term_of, tickets_of

_STATICS = "SELECT registration_statics($1, $2, $3, $4)"
Place: TypeAlias = tuple[InstitutionId, TermId]
"""A term of an institution."""

_REMEMBERED = 64
"""How many terms are remembered."""


@dataclass(slots=True)
class Snapshot:
    """The static facts of a term at a version, as far as they were needed.

    `attempts` are those that were met, by what was loaded of them: of so many students, many have done the same.
    """

    version: int
    term: Term
    tickets: tuple[TimeTicket, ...]
    schemes: dict[UUID, GradingScheme]
    offerings: dict[OfferingId, OfferingFacts] = field(default_factory=dict)
    sections: dict[SectionId, Section] = field(default_factory=dict)
    courses: dict[CourseId, Course] = field(default_factory=dict)
    offering_codes: dict[str, OfferingId] = field(default_factory=dict)
    section_codes: dict[str, SectionId] = field(default_factory=dict)
    counting: dict[OfferingId, frozenset[str]] = field(default_factory=dict)
    """The courses at which attempts count for whoever wants to take an offering."""
    counting_beside: dict[OfferingId, frozenset[str]] = field(default_factory=dict)
    """The same for whoever takes it and wants or leaves another beside it; what is not here, asks for none."""
    course_codes: dict[str, CourseId] = field(default_factory=dict)
    attempts: dict[tuple[bytes | None, tuple[object, ...]], AttemptAtCourse] = field(default_factory=dict)

    def add(self, document: dict[str, list[list[object]]]) -> None:
        """Take over the offerings of a document of `registration_statics`."""
        courses = courses_of(document["courses"])
        sections = sections_of(document["sections"], self.term.id)
        offerings = offerings_of(document["offerings"], self.term.id, courses, sections)
        self.courses |= courses
        self.sections |= sections
        self.offerings |= offerings
        self.course_codes |= {course.code: course.id for course in courses.values()}
        self.section_codes |= {section.code: section.id for section in sections.values()}
        for identifier, facts in offerings.items():
            self.counting[identifier] = frozenset().union(*map(courses_that_count, facts.courses))
            if beside := courses_that_count_beside(facts.courses):
                self.counting_beside[identifier] = beside
        self.offering_codes |= {known.offering.code: known.offering.id for known in offerings.values()}

    def courses_that_count(self, wanted: Iterable[OfferingId], taken: Iterable[OfferingId]) -> frozenset[str]:
        """The courses at which attempts count for those who want these offerings or take those, as far as known."""
        of_wanted = (self.counting[offering] for offering in wanted if offering in self.counting)
        of_taken = (self.counting_beside[offering] for offering in taken if offering in self.counting_beside)
        return frozenset().union(*of_wanted, *of_taken)


class Snapshots:
    """The snapshots of a process, for every institution: one for each term, of the newest version seen."""

    def __init__(self) -> None:
        self._snapshots: dict[Place, Snapshot] = {}

    def newest(self, place: Place) -> Snapshot | None:
        """The snapshot of a term that is remembered: what it says may be out of date."""
        return self._snapshots.get(place)

    async def at(
        self,
        driver: asyncpg.Connection,
        place: Place,
        version: int,
        offerings: Collection[OfferingId],
    ) -> Snapshot:
        """The snapshot of a term at `version`, with those of the `offerings` that there are."""
        known = self._snapshots.get(place)
        current = known if known is not None and known.version == version else None
        missing = [o for o in offerings if current is None or o not in current.offerings]
        if current is not None and not missing:
            return current
        document = orjson.loads(await driver.fetchval(_STATICS, *place, missing, current is None))
        if current is None:
            of_term = document["of_term"]
            current = Snapshot(version, term_of(of_term), tickets_of(of_term, place[1]), schemes_of(of_term))
            if known is None or known.version < version:
                self._remember(place, current)
        current.add(document)
        return current

    def _remember(self, place: Place, snapshot: Snapshot) -> None:
        self._snapshots.pop(place, None)
        if len(self._snapshots) >= _REMEMBERED:
            del self._snapshots[next(iter(self._snapshots))]
        self._snapshots[place] = snapshot
