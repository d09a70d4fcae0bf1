"""Tables of registration: the seats that there are, and the enrollments that sit in them.

Overselling cannot be written down. `seats` holds one row for each seat of a section, and a seat above capacity names
the permission that added it. A row of `enrollment_sections` that stands names a seat which exists (foreign key), which
nobody else names (unique), or says that the section is unlimited, which the section itself must say too (foreign key on
`unlimited`). A row that has ended, and one of an enrollment that has ended, names none.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Index, Integer, Numeric, String, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.persistence.postgres.rows.base import TENANT, Row, key, refers_to, unique


class TermRegistrationRow(Row):
    """The one lock of a term's registration, which numbers its decisions and the versions of its static facts.

    Triggers raise `facts_version` in every transaction that changes an offering, a section, a course or what else
    `registration_statics` loads. A new term starts with the time, so that no version is used twice.
    """

    __tablename__ = "term_registrations"

    institution_id: Mapped[UUID] = key()
    term_id: Mapped[UUID] = key()
    next_number: Mapped[int] = mapped_column(BigInteger, server_default="1")
    facts_version: Mapped[int] = mapped_column(
        BigInteger, server_default=text("(extract(epoch FROM clock_timestamp()) * 1000)::bigint")
    )

    __table_args__ = (refers_to("term", "terms", cascade=True),)


class SeatRow(Row):
    """A seat of a section with a capacity, or one that a permission added; rows come and go, and never change."""

    __tablename__ = "seats"

    institution_id: Mapped[UUID] = key()
    section_id: Mapped[UUID] = key()
    seat_no: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    permission_id: Mapped[UUID | None]

    __table_args__ = (
        refers_to("section", "sections", cascade=True),
        refers_to("permission", "permissions"),
        CheckConstraint("seat_no >= 1", name="seat_no"),
        Index(None, TENANT, "permission_id", postgresql_where=text("permission_id IS NOT NULL")),
        Index("ix_seats_above_capacity", TENANT, "section_id", postgresql_where=text("permission_id IS NOT NULL")),
    )


class SectionSeatingRow(Row):
    """Hints where the free seats are: numbers from `next_seat` to `last_seat`, and those in `freed`.

    `seats` does not count what permissions added; `pools` says how many seats of each reserved pool are taken.
    """

    __tablename__ = "section_seating"

    institution_id: Mapped[UUID] = key()
    section_id: Mapped[UUID] = key()
    next_seat: Mapped[int]
    last_seat: Mapped[int]
    seats: Mapped[int]
    freed: Mapped[list[int]] = mapped_column(ARRAY(Integer), server_default=text("'{}'"))
    pools: Mapped[Any] = mapped_column(JSONB, server_default=text("'{}'"))

    __table_args__ = (
        refers_to("section", "sections", cascade=True),
        {"postgresql_with": {"fillfactor": "50"}},
    )


class EnrollmentRow(Row):
    """Students in course offerings; at most one standing enrollment of a student in a course, and in an offering."""

    __tablename__ = "enrollments"

    institution_id: Mapped[UUID] = key()
    id: Mapped[UUID] = key()
    student_id: Mapped[UUID]
    term_id: Mapped[UUID]
    offering_id: Mapped[UUID]
    course_id: Mapped[UUID]
    status: Mapped[str] = mapped_column(String(20))
    credits: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    grading_basis: Mapped[str] = mapped_column(String(20))
    number: Mapped[int] = mapped_column(BigInteger)
    enrolled_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        refers_to("student", "students"),
        refers_to("offering", "offerings", "offering_id", "term_id", targets=("id", "term_id")),
        refers_to("course", "offering_courses", "offering_id", "course_id", targets=("offering_id", "course_id")),
        unique("id", "student_id", "term_id", "status"),
        unique("term_id", "number"),
        CheckConstraint("status IN ('enrolled', 'dropped', 'withdrawn')", name="status"),
        CheckConstraint("(status <> 'enrolled') = (ended_at IS NOT NULL)", name="ended_at"),
        CheckConstraint("grading_basis IN ('graded', 'pass_fail', 'audit')", name="grading_basis"),
        Index(
            "uq_enrollments_standing",
            TENANT,
            "student_id",
            "term_id",
            "course_id",
            unique=True,
            postgresql_where=text("status = 'enrolled'"),
        ),
        Index(
            "uq_enrollments_standing_offering",
            TENANT,
            "student_id",
            "term_id",
            "offering_id",
            unique=True,
            postgresql_where=text("status = 'enrolled'"),
        ),
        Index(None, TENANT, "offering_id"),
    )


class EnrollmentSectionRow(Row):
    """The sections through which an enrollment goes and went, a row for each stay: from `since_at` to `until_at`.

    `since` is the number of the decision that began it. `until_at` is empty while the stay lasts; in an enrollment that
    has ended none does. `status` is that of the enrollment, `pool` the reserved seats against which the stay counts.
    """

    __tablename__ = "enrollment_sections"

    institution_id: Mapped[UUID] = key()
    enrollment_id: Mapped[UUID] = key()
    section_id: Mapped[UUID] = key()
    since: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    since_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    until_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    component_id: Mapped[UUID]
    student_id: Mapped[UUID]
    term_id: Mapped[UUID]
    status: Mapped[str] = mapped_column(String(20))
    seat_no: Mapped[int | None]
    unlimited: Mapped[bool | None]
    pool: Mapped[str | None] = mapped_column(Text)

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
        Index(
            "uq_enrollment_sections_standing",
            TENANT,
            "enrollment_id",
            "component_id",
            unique=True,
            postgresql_where=text("until_at IS NULL"),
        ),
        CheckConstraint("unlimited", name="unlimited"),
        CheckConstraint("seat_no IS NULL OR unlimited IS NULL", name="one_kind_of_place"),
        CheckConstraint("status = 'enrolled' OR until_at IS NOT NULL", name="ended_with_enrollment"),
        CheckConstraint(
            "(until_at IS NULL) = (seat_no IS NOT NULL OR unlimited IS NOT NULL)",
            name="standing_has_a_place",
        ),
        CheckConstraint("pool IS NULL OR unlimited IS NULL", name="pool"),
    )
