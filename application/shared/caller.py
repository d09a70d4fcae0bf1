"""Who asks: every use case takes a caller, and access is decided from what stands in it."""

from dataclasses import dataclass, field

from application.shared.errors import AccessDenied
from domain.shared.identifiers import InstitutionId, StudentId
from domain.shared.role import Role as Role  # noqa: PLC0414 - a caller is known by roles: said here, too

EVERYONE = frozenset(Role)
STAFF = frozenset({Role.ADVISOR, Role.REGISTRAR, Role.ADMINISTRATOR})
KEEPERS = frozenset({Role.REGISTRAR, Role.ADMINISTRATOR})
"""Who keeps the institution's records."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, at which institution, in which roles; `student_id` is the student that the caller is, if any."""

    institution: InstitutionId
    subject: str
    roles: frozenset[Role] = field(default_factory=frozenset)
    student_id: StudentId | None = None

    def require_role(self, allowed: frozenset[Role]) -> None:
        """Raise `AccessDenied` unless the caller has one of the `allowed` roles."""
        if not self.roles & allowed:
            raise AccessDenied

    def require_access_to_student(self, student: StudentId, allowed: frozenset[Role]) -> None:
        """Raise `AccessDenied` unless the caller has one of the `allowed` roles or is that student."""
        if self.student_id != student:
            self.require_role(allowed)
