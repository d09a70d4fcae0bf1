"""Tables of registration: the seats that there are, and the enrollments that sit in them.

Overselling cannot be written down. `seats` holds one row for each seat of a section. A row of `enrollment_sections`
that is enrolled names a seat which exists (foreign key), which nobody else names (unique), or says that the section is
unlimited, which the section itself must say too (foreign key on `unlimited`). Who is not enrolled names none.
"""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Index, Integer, Numeric, String, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.persistence.postgres.rows.base import TENANT, Row, key, refers_to, unique


class TermRegistrationRow(Row):
    """The one lock of a term's registration, which also numbers its decisions."""

    __tablename__ = "term_registrations"

    institution_id: Mapped[UUID] = key()
    term_id: Mapped[UUID] = key()
    next_number: Mapped[int] = mapped_column(BigInteger, server_default="1")

    __table_args__ = (refers_to("term", "terms", cascade=True),)


class SeatRow(Row):
    """A seat of a section with a capacity; rows come and go, and never change."""

    __tablename__ = "seats"

    institution_id: Mapped[UUID] = key()
    section_id: Mapped[UUID] = key()
    seat_no: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)

    __table_args__ = (
        refers_to("section", "sections", cascade=True),
        CheckConstraint("seat_no >= 1", name="seat_no"),
    )


class SectionSeatingRow(Row):
    """Hints where the free seats are: numbers from `next_seat` to `last_seat`, and those in `freed`."""

    __tablename__ = "section_seating"

    institution_id: Mapped[UUID] = key()
    section_id: Mapped[UUID] = key()
    next_seat: Mapped[int]
    last_seat: Mapped[int]
    seats: Mapped[int]
    freed: Mapped[list[int]] = mapped_column(ARRAY(Integer), server_default=text("'{}'"))

    __table_args__ = (
        refers_to("section", "sections", cascade=True),
        {"postgresql_with": {"fillfactor": "50"}},
    )


class EnrollmentRow(Row):
    """Students in course offerings; at most one standing enrollment of a student in a course and term."""

    __tablename__ = "enrollments"

    institution_id: Mapped[UUID] = key()
    id: Mapped[UUID] = key()
    student_id: Mapped[UUID]
    term_id: Mapped[UUID]
    offering_id: Mapped[UUID]
    course_id: Mapped[UUID]
    status: Mapped[str] = mapped_column(String(20))
    credits: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    number: Mapped[int] = mapped_column(BigInteger)
    enrolled_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    dropped_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        refers_to("student", "students"),
        refers_to("offering", "offerings", "offering_id", "term_id", targets=("id", "term_id")),
        refers_to("course", "offerings", "offering_id", "course_id", targets=("id", "course_id")),
        unique("id", "student_id", "term_id", "status"),
        unique("term_id", "number"),
        CheckConstraint("status IN ('enrolled', 'dropped')", name="status"),
        CheckConstraint("(status = 'dropped') = (dropped_at IS NOT NULL)", name="dropped_at"),
        Index(
            "uq_enrollments_standing",
            TENANT,
            "student_id",
            "term_id",
            "course_id",
            unique=True,
            postgresql_where=text("status = 'enrolled'"),
        ),
        Index(None, TENANT, "offering_id"),
    )


class EnrollmentSectionRow(Row):
    """The sections through which an enrollment goes, each with its seat."""

    __tablename__ = "enrollment_sections"

    institution_id: Mapped[UUID] = key()
    enrollment_id: Mapped[UUID] = key()
    section_id: Mapped[UUID] = key()
    component_id: Mapped[UUID]
    student_id: Mapped[UUID]
    term_id: Mapped[UUID]
    status: Mapped[str] = mapped_column(String(20))
    seat_no: Mapped[int | None]
    unlimited: Mapped[bool | None]

    __table_args__ = (
        refers_to(
            "enrollment",
            "enrollments",
            "enrollment_id",
            "student_id",
            "term_id",
            "status",
            targets=("id", "student_id", "term_id", "status"),
        ),
        refers_to("section", "sections", "section_id", "component_id", targets=("id", "component_id")),
        refers_to("unlimited", "sections", "section_id", "unlimited", targets=("id", "unlimited")),
        refers_to("seat", "seats", "section_id", "seat_no", targets=("section_id", "seat_no")),
        unique("section_id", "seat_no"),
        unique("enrollment_id", "component_id"),
        CheckConstraint("unlimited", name="unlimited"),
        CheckConstraint("seat_no IS NULL OR unlimited IS NULL", name="one_kind_of_place"),
        CheckConstraint(
            "(status = 'enrolled') = (seat_no IS NOT NULL OR unlimited IS NOT NULL)",
            name="enrolled_has_a_place",
        ),
        Index(None, TENANT, "student_id", "term_id"),
    )
