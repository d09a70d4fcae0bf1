"""Holds: an office's block on what a student may do, until it is released."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from domain.shared.identifiers import HoldId, StudentId
from domain.shared.invalid import require


class HoldBlock(StrEnum):
    """What a hold blocks."""

    REGISTRATION = "registration"
    TRANSCRIPTS = "transcripts"


@dataclass(frozen=True, slots=True)
class Hold:
    """A block placed by an `office` for a `reason`; it ends when it is released and is never deleted."""

    id: HoldId
    student_id: StudentId
    blocks: frozenset[HoldBlock]
    office: str
    reason: str
    placed_at: datetime
    released_at: datetime | None = None

    def __post_init__(self) -> None:
        require(bool(self.blocks), "blocks", "a hold blocks something")
        require(bool(self.office.strip()), "office", "must not be empty")
        require(bool(self.reason.strip()), "reason", "must not be empty")

    def is_active(self) -> bool:
        """Whether the hold still blocks."""
        return self.released_at is None

    def blocks_registration(self) -> bool:
        """Whether the hold keeps its student from registering now."""
        return self.is_active() and HoldBlock.REGISTRATION in self.blocks

    def release(self, at: datetime) -> "Hold":
        """The same hold, ended at `at`; a hold that has ended stays as it ended."""
        return self if self.released_at is not None else replace(self, released_at=at)
