"""Records of every kind with every field filled, in an order in which they can be added."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from application.shared.records import Entity
from domain.people.hold import HoldBlock
from domain.scheduling.calendar import Weekday
from domain.scheduling.offering import Component, ComponentKind, Configuration
from domain.scheduling.section import SectionStatus
from domain.shared.identifiers import ComponentId, ConfigurationId
from tests.support.builders import (
    a_course,
    a_department,
    a_hold,
    a_program,
    a_room,
    a_section,
    a_student,
    a_term,
    an_instructor,
    an_offering,
)
from tests.support.domain_builders import NOON, a_meeting, identifier

DEPARTMENT = a_department("Ñ-ÁLG", "Álgebra, 代数 & Ω «%_\\»")
COURSE = replace(
    a_course("CS", "101+", title="Programación 🎓", credits_="4.25"),
    description="Line one\nline two\t'quoted' \"twice\"",
    department_id=DEPARTMENT.id,
)
PROGRAM = replace(
    a_program(),
    registry_code="SNIES 1024",
    degree="Ingeniera",
    required_credits=Decimal("160.5"),
    department_id=DEPARTMENT.id,
)
STUDENT = replace(
    a_student("s1", "Nuñez", "Zoë"), birthday=date(2008, 2, 29), email="zoe@example.org", program_id=PROGRAM.id
)
INSTRUCTORS = (
    replace(an_instructor("i1"), email="one@example.org", department_id=DEPARTMENT.id),
    an_instructor("i2"),
    an_instructor("i3"),
)
HOLD = replace(
    a_hold(),
    blocks=frozenset(HoldBlock),
    reason="Owes: 12,50 €",
    placed_at=datetime(2027, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
    released_at=NOON,
)
ROOMS = (a_room("R1"), a_room("R2", "Aula máxima", 0))
TERM = replace(
    a_term(credit_maximum="18.5"),
    time_zone="America/Bogota",
    holidays=frozenset({date(2027, 3, 22), date(2027, 5, 1)}),
)
OFFERING = replace(
    an_offering("CS-101+", "LEC", "LAB"),
    configurations=(
        *an_offering("CS-101+", "LEC", "LAB").configurations,
        Configuration(
            ConfigurationId(identifier("configuration", "remote")),
            "0 remote",
            (Component(ComponentId(identifier("component", "remote")), "SEM", ComponentKind.SEMINAR),),
        ),
    ),
)
LECTURE = replace(
    a_section(OFFERING, "Z"),
    status=SectionStatus.PLANNED,
    meetings=(
        replace(
            a_meeting(Weekday.FRIDAY, Weekday.MONDAY, at="18:30", until="23:59:59"),
            weeks=frozenset({1, 3, 16}),
            first_date=date(2027, 2, 1),
            last_date=date(2027, 5, 30),
            room_id=ROOMS[1].id,
        ),
        replace(a_meeting(Weekday.SUNDAY, at="00:00", until="06:00"), room_id=ROOMS[0].id),
        a_meeting(Weekday.TUESDAY),
    ),
    instructor_ids=(INSTRUCTORS[2].id, INSTRUCTORS[0].id, INSTRUCTORS[1].id),
)
LAB = a_section(OFFERING, "A", component="LAB", capacity=None, parent=LECTURE)
EVERYTHING: Sequence[Entity] = (
    DEPARTMENT,
    COURSE,
    PROGRAM,
    STUDENT,
    *INSTRUCTORS,
    HOLD,
    *ROOMS,
    TERM,
    OFFERING,
    LECTURE,
    LAB,
)
