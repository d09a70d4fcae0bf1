"""The catalog's resources: departments, programs, courses and grading schemes."""

from typing import Any

from application.catalog.courses import COURSES
from application.catalog.departments import DEPARTMENTS
from application.catalog.grading_schemes import GRADING_SCHEMES
from application.catalog.programs import PROGRAMS
from interfaces.rest import examples
from interfaces.rest.answers import PERSONAL
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
        about="A catalog entry; subject and number together are its code. Its requisites are texts in a small grammar.",
        fields=COURSES.fields,
        view=COURSES.view,
        listing=COURSES.listing,
        example=examples.COURSE,
        example_patch={"title": "Programming I", "department": None, "prerequisite": "MATH-101 >= 3.5 or level >= 2"},
        example_view=examples.stored(
            examples.COURSE_ID, examples.COURSE, code="CS-101", department=examples.DEPARTMENT_ID
        ),
    ),
    Resource(
        name="grading scheme",
        collection="grading-schemes",
        about="How grades are written: letters from the best to the worst, or numbers of a scale.",
        fields=GRADING_SCHEMES.fields,
        view=GRADING_SCHEMES.view,
        listing=GRADING_SCHEMES.listing,
        example=examples.GRADING_SCHEME,
        example_patch={"name": "The scale from 0 to 5"},
        example_view=examples.stored(examples.GRADING_SCHEME_ID, examples.GRADING_SCHEME),
        caching=PERSONAL,
    ),
)

ROUTERS = tuple(records_router(resource, kept(resource.collection.replace("-", "_"))) for resource in RESOURCES)
