"""What the rules look at: loaded once for a list of commands, then only read."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from domain.people.hold import Hold
from domain.registration.enrollment import Enrollment
from domain.registration.seating import Seating
from domain.scheduling.offering import CourseOffering
from domain.scheduling.section import Section
from domain.scheduling.term import Term
from domain.shared.identifiers import OfferingId, SectionId, StudentId
from domain.shared.reference import Reference


@dataclass(frozen=True, slots=True)
class StudentFacts:
    """A student's active registration holds, and the enrollments of the term that stand (status enrolled)."""

    holds: tuple[Hold, ...] = ()
    enrollments: tuple[Enrollment, ...] = ()


@dataclass(frozen=True, slots=True)
class OfferingFacts:
    """An offering with the credits of its course and all its sections, ordered by code."""

    offering: CourseOffering
    credits: Decimal
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that deciding a list of commands of one term needs.

    `next_number` is the next free number in the term's order of decisions. `sections` holds the sections of
    `offerings` and those in which the students sit; `seating` is there for each of them that has a capacity.
    `offering_ids` and `section_ids` resolve the references of the commands; what is unknown is absent.
    """

    term: Term
    next_number: int
    students: Mapping[StudentId, StudentFacts]
    offerings: Mapping[OfferingId, OfferingFacts]
    sections: Mapping[SectionId, Section]
    seating: Mapping[SectionId, Seating]
    offering_ids: Mapping[Reference, OfferingId]
    section_ids: Mapping[Reference, SectionId]

    def offering_named(self, reference: Reference) -> OfferingFacts | None:
        """The offering that `reference` names, if the term has it."""
        identifier = self.offering_ids.get(reference)
        return None if identifier is None else self.offerings.get(identifier)

    def section_named(self, reference: Reference, within: OfferingFacts) -> Section | None:
        """The section that `reference` names, if the offering `within` has it."""
        identifier = self.section_ids.get(reference)
        section = None if identifier is None else self.sections.get(identifier)
        return section if section is not None and section.offering_id == within.offering.id else None
