"""Who asks: every use case takes a caller, and access is decided from what stands in it."""

from dataclasses import dataclass, field

from domain.shared.identifiers import InstitutionId, InstructorId, StudentId
from domain.shared.role import Role as Role  # noqa: PLC0414 - a caller is known by roles: said here, too


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, at which institution, in which roles.

    `student_id` is the student that the caller is, `instructor_id` the instructor (advisors are instructors, too), if
    any. `scopes` limit what an API client may do of what its roles may; None does not limit.
    """

    institution: InstitutionId
    subject: str
    roles: frozenset[Role] = field(default_factory=frozenset)
    student_id: StudentId | None = None
    instructor_id: InstructorId | None = None
    scopes: frozenset[str] | None = None
