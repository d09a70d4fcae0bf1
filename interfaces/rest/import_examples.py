"""Examples of imports for the documentation: what is uploaded, how its import is, and what comes of it."""

from interfaces.rest import examples
from interfaces.rest.examples import Json

ATTEMPTS = "student_code,course_code,term,credits,grade,scheme\nS-0001,CS-101,2025-2,3,4.2,0-5\n"
ATTEMPTS_REPORT: Json = {"created": 1}

TIMETABLE: Json = {
    "term": examples.TERM,
    "courses": [{"subject": "CS", "number": "101", "title": "Introduction to Programming", "credits": "3"}],
    "offerings": [
        {
            "course": "CS-101",
            "configurations": [{"name": "1", "components": [{"name": "LEC", "kind": "lecture"}]}],
            "sections": [{"component": "1/LEC", "code": "CS-101-A", "capacity": 30}],
        }
    ],
}
TIMETABLE_REPORT: Json = {
    "created": {"courses": 1, "terms": 1, "offerings": 1, "sections": 1},
    "existing": {"courses": 0},
}

IMPORT: Json = {
    "id": "01939a1c-0000-7000-8000-000000000030",
    "kind": "course-attempts",
    "state": "queued",
    "progress": {"what": "", "done": 0, "total": None},
    "problem": None,
    "submitted_by": "office-1",
    "submitted_at": examples.ARRIVED,
    "finished_at": None,
}
FAILED_IMPORT: Json = {
    **IMPORT,
    "state": "failed",
    "progress": {"what": "course attempts", "done": 5000, "total": 5001},
    "problem": {
        "code": "invalid_field",
        "detail": "line 5001, column course_code: there is no record CS-999",
        "errors": [{"place": "course_code", "message": "there is no record CS-999", "line": 5001}],
    },
    "finished_at": "2026-01-12T13:00:04Z",
}
