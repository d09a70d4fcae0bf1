"""Accounts: how a person is known to the system, and what that person is at the institution."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime

from domain.shared.identifiers import AccountId, InstructorId, StudentId
from domain.shared.invalid import require
from domain.shared.role import Role

_EMAIL = re.compile(r"[^@\s\x00]{1,64}@[^@\s\x00]{1,190}")

_STUDENTS = frozenset({Role.STUDENT})
_TEACHERS = frozenset({Role.INSTRUCTOR, Role.ADVISOR})


_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def normalised_email(email: str) -> str:
    """The address as accounts are found by it: people write it in any case.

    Only the letters of ASCII are folded. Folding all of Unicode makes one address of two that different people may
    own, such as those at `straße.example` and `strasse.example`.
    """
    return email.strip().translate(_LOWER)


@dataclass(frozen=True, slots=True)
class Account:
    """A person's way in: an address unique at the institution, roles, and who the person is in the records.

    `password_hash` is None for people whom another provider signs in. An account is never deleted: what its person did
    stays to be read. `disabled_at` tells since when it lets nobody in.
    """

    id: AccountId
    email: str
    roles: frozenset[Role]
    created_at: datetime
    password_hash: str | None = field(default=None, repr=False)
    student_id: StudentId | None = None
    instructor_id: InstructorId | None = None
    disabled_at: datetime | None = None

    def __post_init__(self) -> None:
        require(_EMAIL.fullmatch(self.email) is not None, "email", "must be an e-mail address")
        require(self.email == normalised_email(self.email), "email", "must be in lower case")
        require(bool(self.roles), "roles", "an account has at least one role")
        require(
            bool(self.roles & _STUDENTS) == (self.student_id is not None),
            "student",
            "accounts with the role student name the student, and no others do",
        )
        require(
            bool(self.roles & _TEACHERS) == (self.instructor_id is not None),
            "instructor",
            "accounts with the role instructor or advisor name the instructor, and no others do",
        )

    def is_open(self) -> bool:
        """Whether it lets somebody in."""
        return self.disabled_at is None

    def disabled(self, at: datetime) -> "Account":
        """The same account, closed since `at`; one that was closed stays as it was."""
        return self if self.disabled_at is not None else replace(self, disabled_at=at)

    def enabled(self) -> "Account":
        """The same account, open again."""
        return replace(self, disabled_at=None)

    def with_password(self, password_hash: str) -> "Account":
        """The same account with another password."""
        return replace(self, password_hash=password_hash)
