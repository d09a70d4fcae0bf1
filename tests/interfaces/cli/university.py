"""A tiny timetable for commands to work on: one course with one seat, and two students who want it."""

from datetime import UTC, date, datetime
from decimal import Decimal

from application.catalog.courses import CourseFields
from application.people.students import StudentFields
from application.registration.dto import AddAction, RegistrationRequestFields
from application.scheduling.offerings import ComponentFields, ConfigurationFields
from application.scheduling.terms import TermFields
from application.scheduling.timetable import Timetable, TimetableOffering, TimetableSection

TERM = "2027-1"
TIMETABLE = Timetable(
    term=TermFields(
        code=TERM,
        name="First term of 2027",
        time_zone="America/Bogota",
        starts_on=date(2027, 2, 1),
        ends_on=date(2027, 5, 30),
        registration_opens_at=datetime(2020, 1, 1, tzinfo=UTC),
        registration_closes_at=datetime(2099, 1, 1, tzinfo=UTC),
        add_deadline=date(2098, 12, 31),
        drop_deadline=date(2098, 12, 31),
    ),
    courses=(CourseFields(subject="CS", number="101", title="Programming", credits=Decimal(3)),),
    students=tuple(StudentFields(code=f"S{n}", given_name="Student", family_name=str(n)) for n in (1, 2)),
    offerings=(
        TimetableOffering(
            course="CS-101",
            configurations=(ConfigurationFields(components=(ComponentFields(name="LEC"),)),),
            sections=(TimetableSection(component="1/LEC", code="CS-101-A", capacity=1),),
        ),
    ),
)


def wish_of(student: str) -> RegistrationRequestFields:
    """The request of a student for the course."""
    wish = AddAction(action="add", offering="code:CS-101")
    return RegistrationRequestFields(student=f"code:{student}", term=f"code:{TERM}", actions=(wish,))
