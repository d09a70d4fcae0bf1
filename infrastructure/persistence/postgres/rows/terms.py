"""Tables of terms: terms with their sessions and credit limits, and the time tickets by which cohorts register."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Index, Integer, Numeric, SmallInteger, String
from sqlalchemy.dialects.postgresql import ARRAY, DATE
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


class TermRow(Row):
    """Academic periods."""

    __tablename__ = "terms"

    institution_id: Mapped[UUID] = key()
    id: Mapped[UUID] = key()
    code: Mapped[str] = natural_code()
    name: Mapped[str] = mapped_column(String(200))
    time_zone: Mapped[str] = mapped_column(String(64))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    registration_opens_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    registration_closes_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    add_deadline: Mapped[date]
    drop_deadline: Mapped[date]
    withdrawal_deadline: Mapped[date | None]
    holidays: Mapped[list[date]] = mapped_column(ARRAY(DATE))
    credit_maximum: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))
    credit_minimum: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))
    waitlist_closes_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    in_progress_counts: Mapped[bool]
    version: Mapped[int] = version_column()
    sessions: Mapped[list["SessionRow"]] = relationship(
        order_by="SessionRow.position", cascade="all, delete-orphan", lazy="selectin", passive_deletes=True
    )
    credit_limits: Mapped[list["TermCreditLimitRow"]] = relationship(
        order_by="TermCreditLimitRow.class_level", cascade="all, delete-orphan", lazy="selectin", passive_deletes=True
    )

    __table_args__ = (
        belongs_to_institution(),
        unique("code"),
        CheckConstraint("starts_on <= ends_on", name="dates"),
        CheckConstraint("registration_opens_at < registration_closes_at", name="window"),
        CheckConstraint("drop_deadline <= withdrawal_deadline", name="withdrawal_deadline"),
    )
    __mapper_args__ = versioned(version)  # type: ignore[arg-type]  # a mapped column before the class is mapped


class SessionRow(Row):
    """Parts of terms, with dates and deadlines of their own."""

    __tablename__ = "sessions"

    institution_id: Mapped[UUID] = key()
    term_id: Mapped[UUID] = key()
    code: Mapped[str] = mapped_column(String(64, collation="C"), primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str] = mapped_column(String(200))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    add_deadline: Mapped[date]
    drop_deadline: Mapped[date]
    withdrawal_deadline: Mapped[date | None]

    __table_args__ = (
        refers_to("term", "terms", cascade=True),
        CheckConstraint("starts_on <= ends_on", name="dates"),
        CheckConstraint("drop_deadline <= withdrawal_deadline", name="withdrawal_deadline"),
    )


class TermCreditLimitRow(Row):
    """How many credits the students of a class level may and must take in a term."""

    __tablename__ = "term_credit_limits"

    institution_id: Mapped[UUID] = key()
    term_id: Mapped[UUID] = key()
    class_level: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    credit_maximum: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))
    credit_minimum: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))

    __table_args__ = (
        refers_to("term", "terms", cascade=True),
        CheckConstraint("credit_minimum <= credit_maximum", name="limits"),
    )


class TimeTicketRow(Row):
    """When cohorts may register; who belongs to a cohort by `class_levels` alone stands nowhere else."""

    __tablename__ = "time_tickets"

    institution_id: Mapped[UUID] = key()
    id: Mapped[UUID] = key()
    term_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(200))
    class_levels: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    opens_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    closes_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[int] = version_column()
    students: Mapped[list["TimeTicketStudentRow"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", passive_deletes=True
    )
    programs: Mapped[list["TimeTicketProgramRow"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", passive_deletes=True
    )

    __table_args__ = (
        belongs_to_institution(),
        refers_to("term", "terms"),
        CheckConstraint("opens_at < closes_at", name="window"),
        Index(None, TENANT, "term_id"),
    )
    __mapper_args__ = versioned(version)  # type: ignore[arg-type]  # a mapped column before the class is mapped


class TimeTicketStudentRow(Row):
    """Students whom a time ticket names."""

    __tablename__ = "time_ticket_students"

    institution_id: Mapped[UUID] = key()
    time_ticket_id: Mapped[UUID] = key()
    student_id: Mapped[UUID] = key()

    __table_args__ = (
        refers_to("time_ticket", "time_tickets", cascade=True),
        refers_to("students", "students", "student_id"),
        Index(None, TENANT, "student_id"),
    )


class TimeTicketProgramRow(Row):
    """Programs whose students a time ticket is for."""

    __tablename__ = "time_ticket_programs"

    institution_id: Mapped[UUID] = key()
    time_ticket_id: Mapped[UUID] = key()
    program_id: Mapped[UUID] = key()

    __table_args__ = (
        refers_to("time_ticket", "time_tickets", cascade=True),
        refers_to("programs", "programs", "program_id"),
        Index(None, TENANT, "program_id"),
    )
