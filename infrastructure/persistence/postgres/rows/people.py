"""Tables of people: students with their test scores and advisors, instructors and holds."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Index, Numeric, SmallInteger, String, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

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
    class_level: Mapped[int | None] = mapped_column(SmallInteger)
    credit_maximum: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))
    credit_minimum: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))
    version: Mapped[int] = version_column()
    test_scores: Mapped[list["TestScoreRow"]] = relationship(
        order_by="TestScoreRow.position", cascade="all, delete-orphan", lazy="selectin", passive_deletes=True
    )
    advisors: Mapped[list["StudentAdvisorRow"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", passive_deletes=True
    )

    __table_args__ = (
        belongs_to_institution(),
        refers_to("program", "programs"),
        unique("code"),
        CheckConstraint("class_level >= 1", name="class_level"),
    )
    __mapper_args__ = versioned(version)  # type: ignore[arg-type]  # a mapped column before the class is mapped


class TestScoreRow(Row):
    """What students scored in placement tests."""

    __tablename__ = "test_scores"

    institution_id: Mapped[UUID] = key()
    student_id: Mapped[UUID] = key()
    test: Mapped[str] = mapped_column(String(64, collation="C"), primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger)
    score: Mapped[Decimal] = mapped_column(Numeric(8, 2))

    __table_args__ = (refers_to("student", "students", cascade=True),)


class StudentAdvisorRow(Row):
    """Which instructors advise which students."""

    __tablename__ = "student_advisors"

    institution_id: Mapped[UUID] = key()
    student_id: Mapped[UUID] = key()
    instructor_id: Mapped[UUID] = key()

    __table_args__ = (
        refers_to("student", "students", cascade=True),
        refers_to("advisors", "instructors", "instructor_id"),
        Index(None, TENANT, "instructor_id"),
    )


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
