"""Course attempts as a resource, and those of one student."""

from typing import Any

from application.registration.course_attempts import (
    COURSE_ATTEMPTS,
    OF_ONE_STUDENT,
    CourseAttemptView,
)
from interfaces.rest import examples
from interfaces.rest.answers import PERSONAL
from interfaces.rest.kept import kept
from interfaces.rest.readings import own_router
from interfaces.rest.records import records_router
from interfaces.rest.resources import Resource

ATTEMPTS: Resource[Any, Any] = Resource(
    name="course attempt",
    collection="course-attempts",
    about="A student's past or present try at a course, which requisites and repeat limits look at.",
    fields=COURSE_ATTEMPTS.fields,
    view=COURSE_ATTEMPTS.view,
    listing=COURSE_ATTEMPTS.listing,
    example=examples.COURSE_ATTEMPT,
    example_patch={"grade": "2.8", "passed": None},
    example_view=examples.COURSE_ATTEMPT_VIEW,
    caching=PERSONAL,
)

OWN = own_router(
    ATTEMPTS.collection,
    "What the student has tried before and tries now.",
    CourseAttemptView,
    OF_ONE_STUDENT,
    examples.COURSE_ATTEMPT_VIEW,
    "read_course_attempts",
)

RESOURCES = (ATTEMPTS,)
ROUTERS = (OWN, records_router(ATTEMPTS, kept("course_attempts")))
