"""What commands ask about: the people, enrollments, offerings and sections from which loading facts begins."""

from collections.abc import Sequence
from uuid import UUID

from domain.registration.commands import (
    ChangeBasis,
    ChangeSections,
    Command,
    Drop,
    GivePermission,
    RegistrationRequest,
    ReleaseHold,
    ReviewQueues,
    ReviseSection,
    RevokePermission,
    Swap,
)
from domain.shared.identifiers import EnrollmentId, SectionId, StudentId


def requests_among(commands: Sequence[Command]) -> tuple[RegistrationRequest, ...]:
    """The registration requests in a list of commands."""
    return tuple(command for command in commands if isinstance(command, RegistrationRequest))


def students_of(commands: Sequence[Command]) -> frozenset[StudentId]:
    """The students whom commands are about."""
    students = set()
    for command in commands:
        match command:
            case RegistrationRequest() | ReleaseHold():
                students.add(command.student_id)
            case GivePermission() | RevokePermission():
                students.add(command.permission.student_id)
            case _:
                pass
    return frozenset(students)


def enrollments_changed_by(commands: Sequence[Command]) -> frozenset[EnrollmentId]:
    """The enrollments that the requests give up or change."""
    return frozenset(
        action.enrollment_id
        for request in requests_among(commands)
        for action in request.actions
        if isinstance(action, Drop | Swap | ChangeSections | ChangeBasis)
    )


def offerings_touched_by(commands: Sequence[Command]) -> frozenset[UUID]:
    """The ids of the offerings that registrars' commands are about."""
    touched: set[UUID] = set()
    for command in commands:
        match command:
            case ReviseSection():
                touched.add(command.section.offering_id)
            case GivePermission() | RevokePermission():
                touched.add(command.permission.offering_id)
            case ReviewQueues(_, offerings) if offerings is not None:
                touched.update(offerings)
            case _:
                pass
    return frozenset(touched)


def sections_revised_by(commands: Sequence[Command]) -> frozenset[SectionId]:
    """The sections that get a new state."""
    return frozenset(command.section.id for command in commands if isinstance(command, ReviseSection))


def review_every_queue(commands: Sequence[Command]) -> bool:
    """Whether all queues of the term are looked at."""
    return any(isinstance(command, ReviewQueues) and command.offerings is None for command in commands)
