"""The rejection codes of registration: one table that rules, adapters and the error catalogue share."""

from dataclasses import dataclass
from enum import StrEnum


class RejectionCode(StrEnum):
    """Why an action was refused. The codes are stable: clients may rely on them."""

    __hash__ = str.__hash__  # as equal texts have it; an enum's own hash is made in Python, of the name

    UNKNOWN_OFFERING = "unknown_offering"
    UNKNOWN_SECTION = "unknown_section"
    TERM_NOT_OPEN = "term_not_open"
    TIME_TICKET_NOT_OPEN = "time_ticket_not_open"
    DEADLINE_PASSED = "deadline_passed"
    HOLD = "hold"
    ALREADY_ENROLLED = "already_enrolled"
    COURSE_ALREADY_PASSED = "course_already_passed"
    REPEAT_LIMIT = "repeat_limit"
    TIME_CONFLICT = "time_conflict"
    CREDIT_MAXIMUM = "credit_maximum"
    CREDIT_MINIMUM = "credit_minimum"
    PREREQUISITE = "prerequisite"
    COREQUISITE = "corequisite"
    EXCLUSION = "exclusion"
    CLASS_LEVEL = "class_level"
    PROGRAM_RESTRICTED = "program_restricted"
    CONSENT_REQUIRED = "consent_required"
    GRADING_BASIS_NOT_ALLOWED = "grading_basis_not_allowed"
    COMPONENT_MISSING = "component_missing"
    PARENT_SECTION_MISMATCH = "parent_section_mismatch"
    SECTION_NOT_OPEN = "section_not_open"
    SEATS_FULL = "seats_full"
    SEATS_RESERVED = "seats_reserved"
    NO_OPEN_COMBINATION = "no_open_combination"
    WAITLIST_FULL = "waitlist_full"
    ALREADY_WAITLISTED = "already_waitlisted"
    NOT_ENROLLED = "not_enrolled"
    NOT_WAITING = "not_waiting"


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """What the error catalogue says of a code.

    `sentence` is a `str.format` template over the rejection's parameters, `waivable` whether a permission may waive
    the rule.
    """

    sentence: str
    parameters: tuple[str, ...]
    waivable: bool


REJECTIONS: dict[RejectionCode, CatalogueEntry] = {
    RejectionCode.UNKNOWN_OFFERING: CatalogueEntry(
        "The term has no offering {offering}.", ("offering",), waivable=False
    ),
    RejectionCode.UNKNOWN_SECTION: CatalogueEntry(
        "The offering has no section {section}.", ("section",), waivable=False
    ),
    RejectionCode.TERM_NOT_OPEN: CatalogueEntry(
        "Registration for {term} is open from {opens_at} until {closes_at}.",
        ("term", "opens_at", "closes_at"),
        waivable=True,
    ),
    RejectionCode.TIME_TICKET_NOT_OPEN: CatalogueEntry(
        "No time ticket of the student for {term} is open; the next one opens: {opens_at}.",
        ("term", "opens_at"),
        waivable=True,
    ),
    RejectionCode.DEADLINE_PASSED: CatalogueEntry(
        "The last day to {action} in {term} was {deadline}.", ("action", "term", "deadline"), waivable=True
    ),
    RejectionCode.HOLD: CatalogueEntry(
        "A hold of {office} blocks registration: {reason}", ("hold", "office", "reason"), waivable=True
    ),
    RejectionCode.ALREADY_ENROLLED: CatalogueEntry(
        "The student is already enrolled in this course.", ("enrollment", "course"), waivable=False
    ),
    RejectionCode.COURSE_ALREADY_PASSED: CatalogueEntry(
        "The student has passed {course} in {term}, and it may not be taken again.", ("course", "term"), waivable=True
    ),
    RejectionCode.REPEAT_LIMIT: CatalogueEntry(
        "The student has tried {course} {attempts} times of at most {maximum}.",
        ("course", "attempts", "maximum"),
        waivable=True,
    ),
    RejectionCode.TIME_CONFLICT: CatalogueEntry(
        "Section {section} meets at {meeting}, which clashes with section {other_section}.",
        ("section", "other_section", "meeting"),
        waivable=True,
    ),
    RejectionCode.CREDIT_MAXIMUM: CatalogueEntry(
        "{enrolled} enrolled and {requested} requested credits exceed the maximum of {maximum}.",
        ("enrolled", "requested", "maximum"),
        waivable=True,
    ),
    RejectionCode.CREDIT_MINIMUM: CatalogueEntry(
        "{remaining} remaining credits would fall below the minimum of {minimum}.",
        ("remaining", "minimum"),
        waivable=True,
    ),
    RejectionCode.PREREQUISITE: CatalogueEntry(
        "{course} asks for what the student has not done yet: {sentence}.",
        ("course", "sentence", "unmet", "expression"),
        waivable=True,
    ),
    RejectionCode.COREQUISITE: CatalogueEntry(
        "{course} must be taken together with, or after: {sentence}.",
        ("course", "sentence", "unmet", "expression"),
        waivable=True,
    ),
    RejectionCode.EXCLUSION: CatalogueEntry(
        "{course} is not for whoever has: {sentence}.", ("course", "sentence", "expression"), waivable=True
    ),
    RejectionCode.CLASS_LEVEL: CatalogueEntry(
        "{offering} is for the class levels {class_levels}; the student's is {class_level}.",
        ("offering", "class_levels", "class_level"),
        waivable=True,
    ),
    RejectionCode.PROGRAM_RESTRICTED: CatalogueEntry(
        "{offering} is not open to students of the program {program}.", ("offering", "program"), waivable=True
    ),
    RejectionCode.CONSENT_REQUIRED: CatalogueEntry(
        "{offering} is taken only with the consent of the {by}.", ("offering", "by"), waivable=True
    ),
    RejectionCode.GRADING_BASIS_NOT_ALLOWED: CatalogueEntry(
        "{course} is not graded as {grading_basis}; allowed: {allowed}.",
        ("course", "grading_basis", "allowed"),
        waivable=True,
    ),
    RejectionCode.COMPONENT_MISSING: CatalogueEntry(
        "The sections must be one for each component of one configuration; missing: {missing}; too many: {surplus}.",
        ("missing", "surplus"),
        waivable=False,
    ),
    RejectionCode.PARENT_SECTION_MISMATCH: CatalogueEntry(
        "Section {section} can only be taken together with section {parent}.", ("section", "parent"), waivable=False
    ),
    RejectionCode.SECTION_NOT_OPEN: CatalogueEntry(
        "Section {section} is {status}.", ("section", "status"), waivable=True
    ),
    RejectionCode.SEATS_FULL: CatalogueEntry(
        "All {capacity} seats of section {section} are taken.", ("section", "capacity"), waivable=True
    ),
    RejectionCode.SEATS_RESERVED: CatalogueEntry(
        "The {free} free seats of section {section} are reserved for {reserved}.",
        ("section", "free", "reserved"),
        waivable=True,
    ),
    # What blocks the single sections can be waived; nothing is left to take without one of them.
    RejectionCode.NO_OPEN_COMBINATION: CatalogueEntry(
        "No combination of sections of {offering} is open and fits the student's schedule.",
        ("offering", "blocked"),
        waivable=False,
    ),
    RejectionCode.WAITLIST_FULL: CatalogueEntry(
        "All {capacity} places of the waitlist of section {section} are taken.",
        ("section", "capacity"),
        waivable=True,
    ),
    RejectionCode.ALREADY_WAITLISTED: CatalogueEntry(
        "The student is already waiting for this offering.", ("entry", "offering"), waivable=False
    ),
    RejectionCode.NOT_WAITING: CatalogueEntry(
        "The student has no waitlist entry {entry} in this term.", ("entry",), waivable=False
    ),
    RejectionCode.NOT_ENROLLED: CatalogueEntry(
        "The student has no enrollment {enrollment} in this term.", ("enrollment",), waivable=False
    ),
}
