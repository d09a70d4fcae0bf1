"""Tables of people: students, instructors and holds."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, String, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.persistence.postgres.rows.base import (
    TENANT,
    Row,
    belongs_to_institution,
    key,
    natural_code,
    refers_to,
    unique,
    version_column,
    versioned,
)


class StudentRow(Row):
    """Who registers."""

    __tablename__ = "students"

    institution_id: Mapped[UUID] = key()
    id: Mapped[UUID] = key()
    code: Mapped[str] = natural_code()
    given_name: Mapped[str] = mapped_column(String(200))
    family_name: Mapped[str] = mapped_column(String(200))
    birthday: Mapped[date | None]
    email: Mapped[str | None] = mapped_column(String(256))
    program_id: Mapped[UUID | None]
    version: Mapped[int] = version_column()

    __table_args__ = (belongs_to_institution(), refers_to("program", "programs"), unique("code"))
    __mapper_args__ = versioned(version)  # type: ignore[arg-type]  # a mapped column before the class is mapped


class InstructorRow(Row):
    """Who teaches."""

    __tablename__ = "instructors"

    institution_id: Mapped[UUID] = key()
    id: Mapped[UUID] = key()
    code: Mapped[str] = natural_code()
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(256))
    department_id: Mapped[UUID | None]
    version: Mapped[int] = version_column()

    __table_args__ = (belongs_to_institution(), refers_to("department", "departments"), unique("code"))
    __mapper_args__ = versioned(version)  # type: ignore[arg-type]  # a mapped column before the class is mapped


class HoldRow(Row):
    """Blocks on students."""

    __tablename__ = "holds"

    institution_id: Mapped[UUID] = key()
    id: Mapped[UUID] = key()
    student_id: Mapped[UUID]
    blocks: Mapped[list[str]] = mapped_column(ARRAY(String(20)))
    office: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    placed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    released_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[int] = version_column()

    __table_args__ = (
        belongs_to_institution(),
        refers_to("student", "students"),
        Index(None, TENANT, "student_id"),
    )
    __mapper_args__ = versioned(version)  # type: ignore[arg-type]  # a mapped column before the class is mapped
