"""The rejection codes of registration: one table that rules, adapters and the error catalogue share."""

from dataclasses import dataclass
from enum import StrEnum


class RejectionCode(StrEnum):
    """Why an action was refused. The codes are stable: clients may rely on them."""

    UNKNOWN_OFFERING = "unknown_offering"
    UNKNOWN_SECTION = "unknown_section"
    TERM_NOT_OPEN = "term_not_open"
    DEADLINE_PASSED = "deadline_passed"
    HOLD = "hold"
    ALREADY_ENROLLED = "already_enrolled"
    TIME_CONFLICT = "time_conflict"
    CREDIT_MAXIMUM = "credit_maximum"
    COMPONENT_MISSING = "component_missing"
    PARENT_SECTION_MISMATCH = "parent_section_mismatch"
    SECTION_NOT_OPEN = "section_not_open"
    SEATS_FULL = "seats_full"
    NO_OPEN_COMBINATION = "no_open_combination"
    NOT_ENROLLED = "not_enrolled"


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
    RejectionCode.DEADLINE_PASSED: CatalogueEntry(
        "The last day to {action} in {term} was {deadline}.", ("action", "term", "deadline"), waivable=True
    ),
    RejectionCode.HOLD: CatalogueEntry(
        "A hold of {office} blocks registration: {reason}", ("hold", "office", "reason"), waivable=True
    ),
    RejectionCode.ALREADY_ENROLLED: CatalogueEntry(
        "The student is already enrolled in this course.", ("enrollment", "course"), waivable=False
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
    RejectionCode.NO_OPEN_COMBINATION: CatalogueEntry(
        "No combination of sections of {offering} is open and fits the student's schedule.",
        ("offering", "blocked"),
        waivable=True,
    ),
    RejectionCode.NOT_ENROLLED: CatalogueEntry(
        "The student has no enrollment {enrollment} in this term.", ("enrollment",), waivable=False
    ),
}
