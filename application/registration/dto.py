"""The contract of registration: requests, decisions and the views of who sits where."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from application.scheduling.sections import MeetingFields
from application.shared.dto import Code, Credits, Dto, Moment, ReferenceText
from domain.catalog.grading import GradingBasis
from domain.registration.commands import IfFull, Mode
from domain.registration.enrollment import EnrollmentStatus
from domain.registration.outcomes import Outcome

MAXIMUM_ACTIONS = 50


class ChoiceFields(Dto):
    """An offering through the named sections, or, when none is named, wherever there is a place.

    `course` says as which of its courses a cross-listed offering is taken.
    """

    offering: ReferenceText
    sections: Annotated[tuple[ReferenceText, ...], Field(max_length=30)] = ()
    course: ReferenceText | None = None


class AddFields(ChoiceFields):
    """What an add asks for: the first choice, `alternatives` by preference, and what to do when seats are missing."""

    alternatives: Annotated[tuple[ChoiceFields, ...], Field(max_length=10)] = ()
    grading_basis: GradingBasis | None = None
    if_full: IfFull = IfFull.REJECT


class AddAction(AddFields):
    """Enroll in an offering."""

    action: Literal["add"]


class DropAction(Dto):
    """Give up an enrollment; after the drop deadline that is a withdrawal."""

    action: Literal["drop"]
    enrollment: UUID


class SwapAction(AddFields):
    """Give up `enrollment` for something else, and only for it.

    With `if_full` `waitlist`, the enrollment is kept until the waitlist comes through.
    """

    action: Literal["swap"]
    enrollment: UUID


class ChangeSectionsAction(Dto):
    """Go on with an enrollment through other sections of the same offering."""

    action: Literal["change_sections"]
    enrollment: UUID
    sections: Annotated[tuple[ReferenceText, ...], Field(min_length=1, max_length=30)]


class ChangeBasisAction(Dto):
    """Have an enrollment graded in another way."""

    action: Literal["change_basis"]
    enrollment: UUID
    grading_basis: GradingBasis


class LeaveWaitlistAction(Dto):
    """Wait no longer."""

    action: Literal["leave_waitlist"]
    entry: UUID


Action = Annotated[
    AddAction | DropAction | SwapAction | ChangeSectionsAction | ChangeBasisAction | LeaveWaitlistAction,
    Field(discriminator="action"),
]


class RegistrationRequestFields(Dto):
    """A student's cart of actions.

    `best_effort` decides one action after the other, each on what those before it left (mutual corequisites
    together); `atomic` applies all or none, judged on the schedule as it will be after all of them. Within the
    request, offerings and sections may leave the term's code out of their natural codes.
    """

    student: ReferenceText
    term: ReferenceText
    mode: Mode = Mode.BEST_EFFORT
    actions: Annotated[tuple[Action, ...], Field(min_length=1, max_length=MAXIMUM_ACTIONS)]


class RejectionView(Dto):
    """A reason against an action: stable code, one sentence, and the parameters it is about."""

    code: str
    message: str
    parameters: dict[str, Any]


class WaiverView(RejectionView):
    """A reason that a permission waived."""

    permission: UUID


class VerdictView(Dto):
    """What one rule said: `allowed`, `rejected` or `waived`, with what it looked at."""

    rule: str
    verdict: Literal["allowed", "rejected", "waived"]
    code: str | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)
    permission: UUID | None = None


class SeatView(Dto):
    """A section that an enrollment goes through; `seat_no` is null in an unlimited section.

    `pool` names the reserved seats against which it counts, `permission` the one that added the seat above capacity.
    """

    section: UUID
    section_code: Code
    seat_no: int | None
    pool: str | None = None
    permission: UUID | None = None


class DecisionView(Dto):
    """The answer to one action; `number` is its place in the term's order of decisions.

    `enrollment` is the enrollment that came to be, changed or ended, `ended` the one that a swap gave up, `entry` the
    waitlist entry that came to be (at `position`, from 1) or ended. `rejections` are all the reasons against the
    action, `waived` those that permissions set aside.
    """

    number: int
    action: str
    outcome: Outcome
    enrollment: UUID | None = None
    ended: UUID | None = None
    offering: UUID | None = None
    grading_basis: GradingBasis | None = None
    seats: tuple[SeatView, ...] = ()
    entry: UUID | None = None
    position: int | None = None
    rejections: tuple[RejectionView, ...] = ()
    waived: tuple[WaiverView, ...] = ()


class RegistrationRequestView(Dto):
    """A decided request: one decision for each action, in listed order."""

    id: UUID
    student: UUID
    term: UUID
    arrived_at: Moment
    decisions: tuple[DecisionView, ...]


class OwnView(Dto):
    """The view of a record that is a student's own."""

    id: UUID
    student: UUID


class EnrollmentView(OwnView):
    """An enrollment as stored; `sections` are the codes of its sections, also after it has ended.

    `mark` is what it leaves on the record: a withdrawal leaves W, a drop nothing.
    """

    student_code: Code
    term: UUID
    term_code: Code
    offering: UUID
    course: UUID
    course_code: Code
    status: EnrollmentStatus
    mark: Literal["W"] | None = None
    grading_basis: GradingBasis
    credits: Credits
    sections: tuple[Code, ...]
    number: int
    enrolled_at: Moment
    ended_at: Moment | None


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
