"""Examples for the documentation: one university's records, as they are given and as they are stored.

Identifiers in them are made up; each example is valid for the model it stands for, and a test holds them to that.
"""

from typing import Any

Json = dict[str, Any]

INSTITUTION_ID = "01939a1c-0000-7000-8000-000000000001"
DEPARTMENT_ID = "01939a1c-0000-7000-8000-000000000002"
PROGRAM_ID = "01939a1c-0000-7000-8000-000000000003"
COURSE_ID = "01939a1c-0000-7000-8000-000000000004"
STUDENT_ID = "01939a1c-0000-7000-8000-000000000005"
INSTRUCTOR_ID = "01939a1c-0000-7000-8000-000000000006"
HOLD_ID = "01939a1c-0000-7000-8000-000000000007"
TERM_ID = "01939a1c-0000-7000-8000-000000000008"
ROOM_ID = "01939a1c-0000-7000-8000-000000000009"
OFFERING_ID = "01939a1c-0000-7000-8000-00000000000a"
CONFIGURATION_ID = "01939a1c-0000-7000-8000-00000000000b"
COMPONENT_ID = "01939a1c-0000-7000-8000-00000000000c"
SECTION_ID = "01939a1c-0000-7000-8000-00000000000d"
GRADING_SCHEME_ID = "01939a1c-0000-7000-8000-000000000010"
COURSE_ATTEMPT_ID = "01939a1c-0000-7000-8000-000000000011"
TIME_TICKET_ID = "01939a1c-0000-7000-8000-000000000020"

ARRIVED = "2026-01-12T13:00:00Z"


def stored(identifier: str, fields: Json, **changed: object) -> Json:
    """What is stored of `fields`."""
    return {**fields, **changed, "id": identifier, "version": 1}


INSTITUTION: Json = {"code": "main", "name": "University of the Valley", "time_zone": "America/Bogota"}
DEPARTMENT: Json = {"code": "CS", "name": "Computer Science"}
PROGRAM: Json = {
    "code": "SYS-ENG",
    "name": "Systems Engineering",
    "registry_code": "1234",
    "degree": "Systems Engineer",
    "required_credits": "160",
    "department": "code:CS",
}
COURSE: Json = {
    "subject": "CS",
    "number": "101",
    "title": "Introduction to Programming",
    "description": "Variables, loops, functions.",
    "credits": "3",
    "department": "code:CS",
    "prerequisite": "MATH-101 >= 3.5 or placement:MATH >= 70",
    "corequisite": None,
    "exclusion": "CS-100",
    "grading_bases": ["audit", "graded"],
    "attempts_maximum": 3,
    "repeatable": False,
}
GRADING_SCHEME: Json = {
    "code": "0-5",
    "name": "Numbers from 0 to 5",
    "grades": [],
    "scale": {"minimum": "0", "maximum": "5", "pass_mark": "3", "decimals": 1},
}
STUDENT: Json = {
    "code": "S-0001",
    "given_name": "Student",
    "family_name": "Number One",
    "birthday": "2006-03-14",
    "email": "s-0001@students.example",
    "program": "code:SYS-ENG",
    "class_level": 2,
    "test_scores": [{"test": "MATH", "score": "72.50"}],
    "credit_maximum": "21.00",
    "credit_minimum": None,
    "advisors": ["code:I-0001"],
}
INSTRUCTOR: Json = {
    "code": "I-0001",
    "name": "Instructor Number One",
    "email": "i-0001@staff.example",
    "department": "code:CS",
}
HOLD: Json = {
    "student": "code:S-0001",
    "blocks": ["registration"],
    "office": "Library",
    "reason": "Two books are overdue.",
}
COURSE_ATTEMPT: Json = {
    "student": "code:S-0001",
    "course": "code:CS-101",
    "term": "2025-2",
    "credits": "3",
    "grade": "4.2",
    "scheme": "code:0-5",
    "passed": True,
    "in_progress": False,
    "transfer": False,
}
TERM: Json = {
    "code": "2026-1",
    "name": "First semester of 2026",
    "time_zone": "America/Bogota",
    "starts_on": "2026-02-02",
    "ends_on": "2026-05-30",
    "registration_opens_at": "2026-01-12T13:00:00Z",
    "registration_closes_at": "2026-02-14T05:00:00Z",
    "add_deadline": "2026-02-13",
    "drop_deadline": "2026-03-27",
    "holidays": ["2026-04-03"],
    "credit_maximum": "18",
    "withdrawal_deadline": "2026-05-08",
    "credit_minimum": None,
    "credit_limits": [{"class_level": 1, "credit_maximum": "15.00", "credit_minimum": "6.00"}],
    "sessions": [
        {
            "code": "A",
            "name": "First eight weeks",
            "starts_on": "2026-02-02",
            "ends_on": "2026-03-28",
            "add_deadline": "2026-02-06",
            "drop_deadline": "2026-02-20",
            "withdrawal_deadline": "2026-03-13",
        }
    ],
    "waitlist_closes_at": "2026-02-13T05:00:00Z",
    "in_progress_counts": True,
}
TIME_TICKET: Json = {
    "term": "code:2026-1",
    "name": "Systems Engineering, second year on",
    "cohort": {"students": ["code:S-0001"], "programs": ["code:SYS-ENG"], "class_levels": [2, 3, 4, 5]},
    "opens_at": "2026-01-12T13:00:00Z",
    "closes_at": "2026-01-30T05:00:00Z",
}
ROOM: Json = {"code": "B-101", "name": "Building B, room 101", "capacity": 40}
OFFERING: Json = {
    "term": "code:2026-1",
    "course": "code:CS-101",
    "code": "CS-101",
    "configurations": [{"name": "1", "components": [{"name": "LEC", "kind": "lecture"}]}],
    "cross_listed": [],
    "session": None,
    "class_levels": [],
    "programs": [],
    "consent": None,
}
SECTION: Json = {
    "offering": "code:2026-1:CS-101",
    "component": "LEC",
    "code": "CS-101-A",
    "capacity": 30,
    "status": "open",
    "parent": None,
    "meetings": [
        {
            "weekdays": [1, 3],
            "starts_at": "10:00:00",
            "ends_at": "11:30:00",
            "weeks": None,
            "first_date": None,
            "last_date": None,
            "room": "code:B-101",
        }
    ],
    "instructors": ["code:I-0001"],
    "waitlist_capacity": 10,
    "reserved": [],
}
RESERVED_SEATS: Json = {
    "name": "First year",
    "cohort": {"students": [], "programs": ["code:SYS-ENG"], "class_levels": [1]},
    "seats": 5,
    "released_at": "2026-02-01T05:00:00Z",
}

_COMPONENT: Json = {"id": COMPONENT_ID, "name": "LEC", "kind": "lecture"}
OFFERING_VIEW = stored(
    OFFERING_ID,
    OFFERING,
    term=TERM_ID,
    course=COURSE_ID,
    configurations=[{"id": CONFIGURATION_ID, "name": "1", "components": [_COMPONENT]}],
)
SECTION_VIEW = stored(
    SECTION_ID,
    SECTION,
    offering=OFFERING_ID,
    component="1/LEC",
    meetings=[{**SECTION["meetings"][0], "room": ROOM_ID}],
    instructors=[INSTRUCTOR_ID],
    reserved=[{**RESERVED_SEATS, "cohort": {"students": [], "programs": [PROGRAM_ID], "class_levels": [1]}}],
    term=TERM_ID,
    term_code="2026-1",
    course_code="CS-101",
    seats_taken=17,
    seats_free=13,
)
COURSE_ATTEMPT_VIEW = stored(
    COURSE_ATTEMPT_ID,
    COURSE_ATTEMPT,
    student=STUDENT_ID,
    student_code="S-0001",
    course=COURSE_ID,
    course_code="CS-101",
    scheme=GRADING_SCHEME_ID,
)
TIME_TICKET_VIEW = stored(
    TIME_TICKET_ID,
    TIME_TICKET,
    term=TERM_ID,
    cohort={"students": [STUDENT_ID], "programs": [PROGRAM_ID], "class_levels": [2, 3, 4, 5]},
)
HOLD_VIEW = stored(HOLD_ID, HOLD, student=STUDENT_ID, placed_at=ARRIVED, released_at=None)
STUDENT_VIEW = stored(STUDENT_ID, STUDENT, program=PROGRAM_ID, advisors=[INSTRUCTOR_ID])
