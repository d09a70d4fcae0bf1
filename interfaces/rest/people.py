"""The resources of people: students, instructors and holds."""

from typing import Any

from application.people.holds import HoldFields, HoldView
from application.people.instructors import INSTRUCTORS
from application.people.students import STUDENTS
from application.shared.paging import Listing
from interfaces.rest import examples
from interfaces.rest.answers import PERSONAL
from interfaces.rest.kept import kept, kept_holds
from interfaces.rest.records import records_router
from interfaces.rest.resources import Resource

HOLDS = Resource(
    name="hold",
    collection="holds",
    about="Blocks a student's registration or transcripts until it is released; it stays on record.",
    fields=HoldFields,
    view=HoldView,
    listing=Listing(sorts=("placed_at", "office"), filters=("student", "office"), searches=("office", "reason")),
    example=examples.HOLD,
    example_patch={"reason": "One book is overdue."},
    example_view=examples.HOLD_VIEW,
    caching=PERSONAL,
    removal="Release",
)

RECORDS: tuple[Resource[Any, Any], ...] = (
    Resource(
        name="student",
        collection="students",
        about="A person who studies; `program` is the primary one.",
        fields=STUDENTS.fields,
        view=STUDENTS.view,
        listing=STUDENTS.listing,
        example=examples.STUDENT,
        example_patch={"email": None, "program": "code:SYS-ENG"},
        example_view=examples.stored(examples.STUDENT_ID, examples.STUDENT, program=examples.PROGRAM_ID),
        caching=PERSONAL,
    ),
    Resource(
        name="instructor",
        collection="instructors",
        about="A person who teaches sections.",
        fields=INSTRUCTORS.fields,
        view=INSTRUCTORS.view,
        listing=INSTRUCTORS.listing,
        example=examples.INSTRUCTOR,
        example_patch={"name": "Instructor Number Two"},
        example_view=examples.stored(examples.INSTRUCTOR_ID, examples.INSTRUCTOR, department=examples.DEPARTMENT_ID),
        caching=PERSONAL,
    ),
)

RESOURCES = (*RECORDS, HOLDS)
ROUTERS = (
    *(records_router(resource, kept(resource.collection)) for resource in RECORDS),
    records_router(HOLDS, kept_holds),
)
