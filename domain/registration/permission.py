"""Permissions: a waiver of named rejection codes for one student, and one offering or section."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from domain.registration.codes import REJECTIONS, RejectionCode
from domain.shared.identifiers import OfferingId, PermissionId, SectionId, StudentId, TermId
from domain.shared.invalid import require


@dataclass(frozen=True, slots=True)
class Permission:
    """What `issuer` waives for a student until `expires_at` (None: until the end of the term).

    Without `section_id` it counts for every section of the offering. `seats_full` among the codes allows seating above
    capacity, one seat for the permission.
    """

    id: PermissionId
    student_id: StudentId
    term_id: TermId
    offering_id: OfferingId
    codes: frozenset[RejectionCode]
    issuer: str
    reason: str
    given_at: datetime
    section_id: SectionId | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    def __post_init__(self) -> None:
        require(bool(self.codes), "codes", "a permission waives something")
        fixed = sorted(code for code in self.codes if not REJECTIONS[code].waivable)
        require(not fixed, "codes", f"no permission waives {', '.join(fixed)}")
        require(bool(self.reason.strip()), "reason", "must not be empty")
        require(self.expires_at is None or self.given_at < self.expires_at, "expires_at", "must lie ahead")

    def waives(self, code: RejectionCode, sections: Iterable[SectionId], moment: datetime) -> bool:
        """Whether the rejection of an add of the offering through `sections` is waived at `moment`."""
        in_force = self.revoked_at is None and (self.expires_at is None or moment < self.expires_at)
        return in_force and code in self.codes and (self.section_id is None or self.section_id in set(sections))

    def revoke(self, at: datetime) -> "Permission":
        """The same permission, ended at `at`; one that has ended stays as it ended."""
        return self if self.revoked_at is not None else replace(self, revoked_at=at)
