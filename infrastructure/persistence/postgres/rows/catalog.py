"""Tables of the catalog: departments, courses, programs and grading schemes; and the institutions themselves."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Numeric, String, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.persistence.postgres.rows.base import (
    Row,
    belongs_to_institution,
    key,
    natural_code,
    refers_to,
    unique,
    version_column,
    versioned,
)

Json = dict[str, Any]


class InstitutionRow(Row):
    """The tenants."""

    __tablename__ = "institutions"

    institution_id: Mapped[UUID] = key()
    code: Mapped[str] = natural_code()
    name: Mapped[str] = mapped_column(String(200))
    time_zone: Mapped[str] = mapped_column(String(64))
    version: Mapped[int] = version_column()

    __table_args__ = (UniqueConstraint("code", name="code"),)
    __mapper_args__ = versioned(version)  # type: ignore[arg-type]  # a mapped column before the class is mapped


class DepartmentRow(Row):
    """Academic units."""

    __tablename__ = "departments"

    institution_id: Mapped[UUID] = key()
    id: Mapped[UUID] = key()
    code: Mapped[str] = natural_code()
    name: Mapped[str] = mapped_column(String(200))
    version: Mapped[int] = version_column()

    __table_args__ = (belongs_to_institution(), unique("code"))
    __mapper_args__ = versioned(version)  # type: ignore[arg-type]  # a mapped column before the class is mapped


class CourseRow(Row):
    """Catalog entries."""

    __tablename__ = "courses"

    institution_id: Mapped[UUID] = key()
    id: Mapped[UUID] = key()
    code: Mapped[str] = natural_code()
    subject: Mapped[str] = mapped_column(String(64))
    number: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)
    credits: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    department_id: Mapped[UUID | None]
    prerequisite: Mapped[Json | None] = mapped_column(JSONB(none_as_null=True))
    corequisite: Mapped[Json | None] = mapped_column(JSONB(none_as_null=True))
    exclusion: Mapped[Json | None] = mapped_column(JSONB(none_as_null=True))
    grading_bases: Mapped[list[str]] = mapped_column(ARRAY(String(20)))
    attempts_maximum: Mapped[int | None]
    repeatable: Mapped[bool]
    version: Mapped[int] = version_column()

    __table_args__ = (
        belongs_to_institution(),
        refers_to("department", "departments"),
        unique("code"),
        CheckConstraint("credits >= 0", name="credits"),
    )
    __mapper_args__ = versioned(version)  # type: ignore[arg-type]  # a mapped column before the class is mapped


class ProgramRow(Row):
    """Courses of study."""

    __tablename__ = "programs"

    institution_id: Mapped[UUID] = key()
    id: Mapped[UUID] = key()
    code: Mapped[str] = natural_code()
    name: Mapped[str] = mapped_column(String(200))
    registry_code: Mapped[str | None] = mapped_column(String(200))
    degree: Mapped[str | None] = mapped_column(String(200))
    required_credits: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))
    department_id: Mapped[UUID | None]
    version: Mapped[int] = version_column()

    __table_args__ = (belongs_to_institution(), refers_to("department", "departments"), unique("code"))
    __mapper_args__ = versioned(version)  # type: ignore[arg-type]  # a mapped column before the class is mapped


class GradingSchemeRow(Row):
    """How grades are written: letters from the best to the worst, or a numeric scale, as JSON."""

    __tablename__ = "grading_schemes"

    institution_id: Mapped[UUID] = key()
    id: Mapped[UUID] = key()
    code: Mapped[str] = natural_code()
    name: Mapped[str] = mapped_column(String(200))
    grades: Mapped[list[Json]] = mapped_column(JSONB)
    scale: Mapped[Json | None] = mapped_column(JSONB(none_as_null=True))
    version: Mapped[int] = version_column()

    __table_args__ = (belongs_to_institution(), unique("code"))
    __mapper_args__ = versioned(version)  # type: ignore[arg-type]  # a mapped column before the class is mapped
