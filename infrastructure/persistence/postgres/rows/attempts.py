"""The table of course attempts."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.persistence.postgres.rows.base import (
    TENANT,
    Row,
    belongs_to_institution,
    key,
    refers_to,
    version_column,
    versioned,
)


class CourseAttemptRow(Row):
    """Students' past and present tries at courses."""

    __tablename__ = "course_attempts"

    institution_id: Mapped[UUID] = key()
    id: Mapped[UUID] = key()
    student_id: Mapped[UUID]
    course_id: Mapped[UUID]
    term: Mapped[str] = mapped_column(String(64, collation="C"))
    credits: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    grade: Mapped[str | None] = mapped_column(String(64))
    scheme_id: Mapped[UUID | None]
    passed: Mapped[bool]
    in_progress: Mapped[bool]
    transfer: Mapped[bool]
    version: Mapped[int] = version_column()

    __table_args__ = (
        belongs_to_institution(),
        refers_to("student", "students"),
        refers_to("course", "courses"),
        refers_to("scheme", "grading_schemes"),
        CheckConstraint("credits >= 0", name="credits"),
        CheckConstraint("(grade IS NULL) = (scheme_id IS NULL)", name="grade"),
        CheckConstraint("NOT (passed AND in_progress)", name="in_progress"),
        Index(None, TENANT, "student_id", "course_id"),
        Index(None, TENANT, "term", "id"),
    )
    __mapper_args__ = versioned(version)  # type: ignore[arg-type]  # a mapped column before the class is mapped
