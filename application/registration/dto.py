"""The contract of registration: requests, decisions and the views of who sits where."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from application.scheduling.sections import MeetingFields
from application.shared.dto import Code, Credits, Dto, Moment, ReferenceText
from domain.registration.enrollment import EnrollmentStatus
from domain.registration.outcomes import Outcome

MAXIMUM_ACTIONS = 50


class AddAction(Dto):
    """Enroll in an offering: through the named sections, or, when none is named, wherever there is a place."""

    action: Literal["add"]
    offering: ReferenceText
    sections: Annotated[tuple[ReferenceText, ...], Field(max_length=30)] = ()


class DropAction(Dto):
    """Give up an enrollment."""

    action: Literal["drop"]
    enrollment: UUID


Action = Annotated[AddAction | DropAction, Field(discriminator="action")]


class RegistrationRequestFields(Dto):
    """A student's request: ordered actions, each decided on what those before it left (best effort).

    Within the request, offerings and sections may leave the term's code out of their natural codes.
    """

    student: ReferenceText
    term: ReferenceText
    actions: Annotated[tuple[Action, ...], Field(min_length=1, max_length=MAXIMUM_ACTIONS)]


class RejectionView(Dto):
    """A reason against an action: stable code, one sentence, and the parameters it is about."""

    code: str
    message: str
    parameters: dict[str, Any]


class SeatView(Dto):
    """A section that an enrollment goes through; `seat_no` is null in an unlimited section."""

    section: UUID
    section_code: Code
    seat_no: int | None


class DecisionView(Dto):
    """The answer to one action; `number` is its place in the term's order of decisions.

    `enrollment` is the enrollment that came to be or ended, null when the action was rejected.
    """

    number: int
    action: Literal["add", "drop"]
    outcome: Outcome
    enrollment: UUID | None = None
    offering: UUID | None = None
    seats: tuple[SeatView, ...] = ()
    rejections: tuple[RejectionView, ...] = ()


class RegistrationRequestView(Dto):
    """A decided request: one decision for each action, in listed order."""

    id: UUID
    student: UUID
    term: UUID
    arrived_at: Moment
    decisions: tuple[DecisionView, ...]


class EnrollmentView(Dto):
    """An enrollment as stored; `sections` are the codes of its sections."""

    id: UUID
    student: UUID
    student_code: Code
    term: UUID
    term_code: Code
    offering: UUID
    course: UUID
    course_code: Code
    status: EnrollmentStatus
    credits: Credits
    sections: tuple[Code, ...]
    number: int
    enrolled_at: Moment
    dropped_at: Moment | None


class ScheduledSection(Dto):
    """A section in a student's schedule."""

    section: UUID
    section_code: Code
    component: str
    seat_no: int | None
    meetings: tuple[MeetingFields, ...]


class ScheduledCourse(Dto):
    """A course in a student's schedule."""

    enrollment: UUID
    offering: UUID
    course_code: Code
    title: str
    credits: Credits
    sections: tuple[ScheduledSection, ...]


class ScheduleView(Dto):
    """What a student takes in a term, ordered by course code."""

    student: UUID
    term: UUID
    credits: Credits
    courses: tuple[ScheduledCourse, ...]


class RosterEntry(Dto):
    """A student who sits in a section."""

    student: UUID
    student_code: Code
    given_name: str
    family_name: str
    enrollment: UUID
    seat_no: int | None
    enrolled_at: Moment


class RosterView(Dto):
    """Who sits in a section, ordered by student code."""

    section: UUID
    section_code: Code
    capacity: int | None
    entries: tuple[RosterEntry, ...]


class EnrollmentRow(Dto):
    """A row of the enrollment export: one for each section of each enrollment."""

    student_code: Code
    course_code: Code
    section_code: Code
    status: EnrollmentStatus


class OffenceView(Dto):
    """A broken invariant: which one, and who breaks it."""

    invariant: str
    detail: str


class VerificationView(Dto):
    """The verdict on a term: what was looked at, and every offence found."""

    term: UUID
    enrollments: int
    seats_taken: int
    sections: int
    offences: tuple[OffenceView, ...]

    @property
    def is_clean(self) -> bool:
        """Whether no invariant is broken."""
        return not self.offences
