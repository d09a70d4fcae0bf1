"""What can be asked of registration: a student's request with its actions, and a registrar's change of a section."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from domain.scheduling.section import Section
from domain.shared.identifiers import EnrollmentId, RequestId, StudentId
from domain.shared.reference import Reference


@dataclass(frozen=True, slots=True)
class Add:
    """Enroll in an offering, through the named sections, or, when none is named, wherever there is a place.

    `enrollment_id` is the identifier that the enrollment will have if it comes to be.
    """

    enrollment_id: EnrollmentId
    offering: Reference
    sections: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Drop:
    """Give up an enrollment."""

    enrollment_id: EnrollmentId


Action: TypeAlias = Add | Drop


@dataclass(frozen=True, slots=True)
class RegistrationRequest:
    """A student's ordered list of actions, best effort: each is decided on what those before it left.

    `arrived_at` is the moment by which windows and deadlines are judged.
    """

    id: RequestId
    student_id: StudentId
    actions: tuple[Action, ...]
    arrived_at: datetime


@dataclass(frozen=True, slots=True)
class ReviseSection:
    """A registrar's new state of a section, `section`; None for `expected_version` revises whatever is stored."""

    section: Section
    arrived_at: datetime
    expected_version: int | None = None


Command: TypeAlias = RegistrationRequest | ReviseSection
