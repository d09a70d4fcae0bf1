"""The catalog's resources: departments, programs and courses."""

from typing import Any

from application.catalog.courses import COURSES
from application.catalog.departments import DEPARTMENTS
from application.catalog.programs import PROGRAMS
from interfaces.rest import examples
from interfaces.rest.kept import kept
from interfaces.rest.records import records_router
from interfaces.rest.resources import Resource

RESOURCES: tuple[Resource[Any, Any], ...] = (
    Resource(
        name="department",
        collection="departments",
        about="An academic unit; it owns courses and employs instructors.",
        fields=DEPARTMENTS.fields,
        view=DEPARTMENTS.view,
        listing=DEPARTMENTS.listing,
        example=examples.DEPARTMENT,
        example_patch={"name": "Computing"},
        example_view=examples.stored(examples.DEPARTMENT_ID, examples.DEPARTMENT),
    ),
    Resource(
        name="program",
        collection="programs",
        about="A course of study that students follow, with its code in the official registry.",
        fields=PROGRAMS.fields,
        view=PROGRAMS.view,
        listing=PROGRAMS.listing,
        example=examples.PROGRAM,
        example_patch={"required_credits": "155", "degree": None},
        example_view=examples.stored(examples.PROGRAM_ID, examples.PROGRAM, department=examples.DEPARTMENT_ID),
    ),
    Resource(
        name="course",
        collection="courses",
        about="A catalog entry; subject and number together are its code.",
        fields=COURSES.fields,
        view=COURSES.view,
        listing=COURSES.listing,
        example=examples.COURSE,
        example_patch={"title": "Programming I", "department": None},
        example_view=examples.stored(
            examples.COURSE_ID, examples.COURSE, code="CS-101", department=examples.DEPARTMENT_ID
        ),
    ),
)

ROUTERS = tuple(records_router(resource, kept(resource.collection)) for resource in RESOURCES)
