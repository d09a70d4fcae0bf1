"""Tables of scheduling: rooms, offerings with their courses and parts, sections with what belongs to them."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Index, Integer, SmallInteger, String
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


class RoomRow(Row):
    """Rooms."""

    __tablename__ = "rooms"

    institution_id: Mapped[UUID] = key()
    id: Mapped[UUID] = key()
    code: Mapped[str] = natural_code()
    name: Mapped[str] = mapped_column(String(200))
    capacity: Mapped[int]
    version: Mapped[int] = version_column()

    __table_args__ = (
        belongs_to_institution(),
        unique("code"),
        CheckConstraint("capacity >= 0", name="capacity"),
    )
    __mapper_args__ = versioned(version)  # type: ignore[arg-type]  # a mapped column before the class is mapped


class OfferingRow(Row):
    """Courses as terms teach them."""

    __tablename__ = "offerings"

    institution_id: Mapped[UUID] = key()
    id: Mapped[UUID] = key()
    term_id: Mapped[UUID]
    course_id: Mapped[UUID]
    code: Mapped[str] = natural_code()
    session: Mapped[str | None] = mapped_column(String(64, collation="C"))
    class_levels: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    consent: Mapped[str | None] = mapped_column(String(20))
    version: Mapped[int] = version_column()
    courses: Mapped[list["OfferingCourseRow"]] = relationship(
        order_by="OfferingCourseRow.position", cascade="all, delete-orphan", lazy="selectin", passive_deletes=True
    )
    programs: Mapped[list["OfferingProgramRow"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", passive_deletes=True
    )
    configurations: Mapped[list["ConfigurationRow"]] = relationship(
        order_by="ConfigurationRow.position", cascade="all, delete-orphan", lazy="selectin", passive_deletes=True
    )

    __table_args__ = (
        belongs_to_institution(),
        refers_to("term", "terms"),
        refers_to("course", "courses"),
        refers_to("session", "sessions", "term_id", "session", targets=("term_id", "code")),
        unique("term_id", "code"),
        unique("id", "term_id"),
        Index(None, TENANT, "course_id"),
    )
    __mapper_args__ = versioned(version)  # type: ignore[arg-type]  # a mapped column before the class is mapped


class OfferingCourseRow(Row):
    """Courses as which an offering can be taken: the main one, and those that are cross-listed with it."""

    __tablename__ = "offering_courses"

    institution_id: Mapped[UUID] = key()
    offering_id: Mapped[UUID] = key()
    course_id: Mapped[UUID] = key()
    position: Mapped[int] = mapped_column(SmallInteger)

    __table_args__ = (
        refers_to("offering", "offerings", cascade=True),
        refers_to("cross_listed", "courses", "course_id"),
        Index(None, TENANT, "course_id"),
    )


class OfferingProgramRow(Row):
    """Programs to whose students an offering is restricted."""

    __tablename__ = "offering_programs"

    institution_id: Mapped[UUID] = key()
    offering_id: Mapped[UUID] = key()
    program_id: Mapped[UUID] = key()

    __table_args__ = (
        refers_to("offering", "offerings", cascade=True),
        refers_to("programs", "programs", "program_id"),
        Index(None, TENANT, "program_id"),
    )


class ConfigurationRow(Row):
    """Ways to take an offering."""

    __tablename__ = "configurations"

    institution_id: Mapped[UUID] = key()
    id: Mapped[UUID] = key()
    offering_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str] = mapped_column(String(200))
    components: Mapped[list["ComponentRow"]] = relationship(
        order_by="ComponentRow.position", cascade="all, delete-orphan", lazy="selectin", passive_deletes=True
    )

    __table_args__ = (
        refers_to("offering", "offerings", cascade=True),
        unique("offering_id", "name"),
        unique("id", "offering_id"),
    )


class ComponentRow(Row):
    """Parts of a configuration, of each of which one section is taken."""

    __tablename__ = "components"

    institution_id: Mapped[UUID] = key()
    id: Mapped[UUID] = key()
    configuration_id: Mapped[UUID]
    offering_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))

    __table_args__ = (
        refers_to(
            "configuration",
            "configurations",
            "configuration_id",
            "offering_id",
            targets=("id", "offering_id"),
            cascade=True,
        ),
        unique("configuration_id", "name"),
        unique("id", "offering_id"),
    )


class SectionRow(Row):
    """What a seat is taken in. `unlimited` says that the section has no seats to run out of."""

    __tablename__ = "sections"

    institution_id: Mapped[UUID] = key()
    id: Mapped[UUID] = key()
    term_id: Mapped[UUID]
    offering_id: Mapped[UUID]
    component_id: Mapped[UUID]
    code: Mapped[str] = natural_code()
    capacity: Mapped[int | None]
    unlimited: Mapped[bool]
    status: Mapped[str] = mapped_column(String(20))
    parent_id: Mapped[UUID | None]
    waitlist_capacity: Mapped[int]
    version: Mapped[int] = version_column()
    meetings: Mapped[list["MeetingRow"]] = relationship(
        order_by="MeetingRow.position", cascade="all, delete-orphan", lazy="selectin", passive_deletes=True
    )
    instructors: Mapped[list["SectionInstructorRow"]] = relationship(
        order_by="SectionInstructorRow.position", cascade="all, delete-orphan", lazy="selectin", passive_deletes=True
    )
    reserved: Mapped[list["ReservedSeatsRow"]] = relationship(
        order_by="ReservedSeatsRow.position", cascade="all, delete-orphan", lazy="selectin", passive_deletes=True
    )

    __table_args__ = (
        refers_to("offering", "offerings", "offering_id", "term_id", targets=("id", "term_id")),
        refers_to("component", "components", "component_id", "offering_id", targets=("id", "offering_id")),
        refers_to("parent", "sections", "parent_id", "offering_id", targets=("id", "offering_id")),
        unique("term_id", "code"),
        unique("id", "offering_id"),
        unique("id", "component_id"),
        unique("id", "unlimited"),
        CheckConstraint("capacity >= 0", name="capacity"),
        CheckConstraint("unlimited = (capacity IS NULL)", name="unlimited"),
        CheckConstraint("waitlist_capacity >= 0", name="waitlist_capacity"),
        Index(None, TENANT, "offering_id"),
        Index(None, TENANT, "parent_id"),
    )
    __mapper_args__ = versioned(version)  # type: ignore[arg-type]  # a mapped column before the class is mapped


class MeetingRow(Row):
    """Weekly slots of a section; `weeks` null means every week of the term."""

    __tablename__ = "meetings"

    institution_id: Mapped[UUID] = key()
    section_id: Mapped[UUID] = key()
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    starts_at: Mapped[time]
    ends_at: Mapped[time]
    weeks: Mapped[list[int] | None] = mapped_column(ARRAY(SmallInteger))
    first_date: Mapped[date | None]
    last_date: Mapped[date | None]
    room_id: Mapped[UUID | None]

    __table_args__ = (
        refers_to("section", "sections", cascade=True),
        refers_to("room", "rooms"),
        CheckConstraint("starts_at < ends_at", name="times"),
        Index(None, TENANT, "room_id"),
    )


class SectionInstructorRow(Row):
    """Who teaches a section."""

    __tablename__ = "section_instructors"

    institution_id: Mapped[UUID] = key()
    section_id: Mapped[UUID] = key()
    instructor_id: Mapped[UUID] = key()
    position: Mapped[int] = mapped_column(SmallInteger)

    __table_args__ = (
        refers_to("section", "sections", cascade=True),
        refers_to("instructors", "instructors", "instructor_id"),
        Index(None, TENANT, "instructor_id"),
    )


class ReservedSeatsRow(Row):
    """Seats of a section that are kept for a cohort."""

    __tablename__ = "reserved_seats"

    institution_id: Mapped[UUID] = key()
    section_id: Mapped[UUID] = key()
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger)
    seats: Mapped[int]
    class_levels: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    released_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    students: Mapped[list["ReservedSeatsStudentRow"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", passive_deletes=True
    )
    programs: Mapped[list["ReservedSeatsProgramRow"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", passive_deletes=True
    )

    __table_args__ = (
        refers_to("section", "sections", cascade=True),
        CheckConstraint("seats >= 0", name="seats"),
    )


class ReservedSeatsStudentRow(Row):
    """Students for whom seats are kept by name."""

    __tablename__ = "reserved_seats_students"

    institution_id: Mapped[UUID] = key()
    section_id: Mapped[UUID] = key()
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    student_id: Mapped[UUID] = key()

    __table_args__ = (
        refers_to("reserved", "reserved_seats", "section_id", "name", targets=("section_id", "name"), cascade=True),
        refers_to("students", "students", "student_id"),
        Index(None, TENANT, "student_id"),
    )


class ReservedSeatsProgramRow(Row):
    """Programs for whose students seats are kept."""

    __tablename__ = "reserved_seats_programs"

    institution_id: Mapped[UUID] = key()
    section_id: Mapped[UUID] = key()
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    program_id: Mapped[UUID] = key()

    __table_args__ = (
        refers_to("reserved", "reserved_seats", "section_id", "name", targets=("section_id", "name"), cascade=True),
        refers_to("programs", "programs", "program_id"),
        Index(None, TENANT, "program_id"),
    )
