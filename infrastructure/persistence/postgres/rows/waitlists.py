"""Tables of who waits for seats, and of what was waived for whom."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Index, Integer, SmallInteger, String, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.persistence.postgres.rows.base import (
    TENANT,
    Row,
    key,
    refers_to,
    unique,
    version_column,
    versioned,
)


class PermissionRow(Row):
    """Waivers of named rejections for a student, in an offering or one section of it."""

    __tablename__ = "permissions"

    institution_id: Mapped[UUID] = key()
    id: Mapped[UUID] = key()
    student_id: Mapped[UUID]
    term_id: Mapped[UUID]
    offering_id: Mapped[UUID]
    section_id: Mapped[UUID | None]
    codes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    issuer: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    given_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[int] = version_column()

    __table_args__ = (
        refers_to("student", "students"),
        refers_to("offering", "offerings", "offering_id", "term_id", targets=("id", "term_id")),
        refers_to("section", "sections", "section_id", "offering_id", targets=("id", "offering_id")),
        CheckConstraint("cardinality(codes) > 0", name="codes"),
        Index(None, TENANT, "student_id", "term_id"),
        Index(None, TENANT, "offering_id"),
    )
    __mapper_args__ = versioned(version)  # type: ignore[arg-type]  # a mapped column before the class is mapped


class WaitlistEntryRow(Row):
    """Places in the queues, in the order of (`priority`, `number`); a student waits once for an offering.

    `enrollment_id` is the id that the enrollment will have, `skipped` the rejections for which the entry was passed
    over last.
    """

    __tablename__ = "waitlist_entries"

    institution_id: Mapped[UUID] = key()
    id: Mapped[UUID] = key()
    enrollment_id: Mapped[UUID]
    student_id: Mapped[UUID]
    term_id: Mapped[UUID]
    offering_id: Mapped[UUID]
    course_id: Mapped[UUID]
    grading_basis: Mapped[str] = mapped_column(String(20))
    priority: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(BigInteger)
    joined_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    drop_if_enrolled: Mapped[UUID | None]
    status: Mapped[str] = mapped_column(String(20))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    skipped: Mapped[Any] = mapped_column(JSONB)

    __table_args__ = (
        refers_to("student", "students"),
        refers_to("offering", "offerings", "offering_id", "term_id", targets=("id", "term_id")),
        refers_to("course", "offering_courses", "offering_id", "course_id", targets=("offering_id", "course_id")),
        refers_to("drop_if_enrolled", "enrollments", "drop_if_enrolled"),
        unique("term_id", "number"),
        CheckConstraint("status IN ('waiting', 'promoted', 'left', 'expired', 'cancelled')", name="status"),
        CheckConstraint("(status <> 'waiting') = (ended_at IS NOT NULL)", name="ended_at"),
        CheckConstraint("grading_basis IN ('graded', 'pass_fail', 'audit')", name="grading_basis"),
        Index(
            "uq_waitlist_entries_waiting",
            TENANT,
            "student_id",
            "offering_id",
            unique=True,
            postgresql_where=text("status = 'waiting'"),
        ),
        Index(
            "ix_waitlist_entries_queue",
            TENANT,
            "offering_id",
            "priority",
            "number",
            postgresql_where=text("status = 'waiting'"),
        ),
        Index(None, TENANT, "student_id"),
        Index(None, TENANT, "offering_id"),
        Index(
            None,
            TENANT,
            "drop_if_enrolled",
            postgresql_where=text("drop_if_enrolled IS NOT NULL"),
        ),
    )


class WaitlistEntrySectionRow(Row):
    """The sections that an entry waits for, one for each component of a configuration."""

    __tablename__ = "waitlist_entry_sections"

    institution_id: Mapped[UUID] = key()
    entry_id: Mapped[UUID] = key()
    section_id: Mapped[UUID] = key()
    position: Mapped[int] = mapped_column(SmallInteger)

    __table_args__ = (
        refers_to("entry", "waitlist_entries"),
        refers_to("section", "sections"),
        Index(None, TENANT, "section_id"),
    )
