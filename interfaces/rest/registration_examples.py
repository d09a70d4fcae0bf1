"""Examples for the documentation: what registration is asked at the university of the other examples, and answers."""

from interfaces.rest.examples import (
    ARRIVED,
    COURSE_ID,
    OFFERING_ID,
    SECTION_ID,
    SECTION_VIEW,
    STUDENT_ID,
    TERM_ID,
    Json,
    stored,
)

ENROLLMENT_ID = "01939a1c-0000-7000-8000-00000000000e"
REQUEST_ID = "01939a1c-0000-7000-8000-00000000000f"
ENTRY_ID = "01939a1c-0000-7000-8000-000000000020"
PERMISSION_ID = "01939a1c-0000-7000-8000-000000000021"
EVENT_ID = "01939a1c-0000-7000-8000-000000000022"

_DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_UNKNOWN_OFFERING: Json = {
    "code": "unknown_offering",
    "message": "The term has no offering code:MATH-1.",
    "parameters": {"offering": "code:MATH-1"},
}
_FULL: Json = {
    "code": "seats_full",
    "message": "All 30 seats of section CS-101-A are taken.",
    "parameters": {"section": "CS-101-A", "capacity": 30},
}


def _request(*actions: Json, **more: str) -> Json:
    return {"student": "code:S-0001", "term": "code:2026-1", **more, "actions": list(actions)}


_ADD: Json = {"action": "add", "offering": "code:CS-101", "sections": ["code:CS-101-A"]}
REGISTRATION_REQUESTS: dict[str, Json] = {
    "two courses": _request(_ADD, {"action": "add", "offering": "code:MATH-1"}),
    "an add with alternatives that waits when all is full": _request(
        {
            **_ADD,
            "alternatives": [{"offering": "code:CS-101"}, {"offering": "code:CS-102"}],
            "grading_basis": "audit",
            "if_full": "waitlist",
        }
    ),
    "a cross-listed course": _request({"action": "add", "offering": "code:CS-101", "course": "code:MATH-101"}),
    "a drop": _request({"action": "drop", "enrollment": ENROLLMENT_ID}),
    "a swap": _request(
        {"action": "swap", "enrollment": ENROLLMENT_ID, "offering": "code:CS-102", "if_full": "waitlist"}
    ),
    "other sections": _request(
        {"action": "change_sections", "enrollment": ENROLLMENT_ID, "sections": ["code:CS-101-B"]}
    ),
    "another grading basis": _request(
        {"action": "change_basis", "enrollment": ENROLLMENT_ID, "grading_basis": "audit"}
    ),
    "leaving a waitlist": _request({"action": "leave_waitlist", "entry": ENTRY_ID}),
    "all or nothing": _request(
        {"action": "drop", "enrollment": ENROLLMENT_ID}, {"action": "add", "offering": "code:CS-102"}, mode="atomic"
    ),
}
_ENROLLED: Json = {
    "number": 41,
    "action": "add",
    "outcome": "enrolled",
    "enrollment": ENROLLMENT_ID,
    "ended": None,
    "offering": OFFERING_ID,
    "grading_basis": "graded",
    "seats": [{"section": SECTION_ID, "section_code": "CS-101-A", "seat_no": 17, "pool": None, "permission": None}],
    "entry": None,
    "position": None,
    "rejections": [],
    "waived": [],
}
_REJECTED: Json = {
    **_ENROLLED,
    "number": 42,
    "outcome": "rejected",
    "enrollment": None,
    "offering": None,
    "grading_basis": None,
    "seats": [],
    "rejections": [_UNKNOWN_OFFERING],
}
REGISTRATION_ANSWER: Json = {
    "id": REQUEST_ID,
    "student": STUDENT_ID,
    "term": TERM_ID,
    "arrived_at": ARRIVED,
    "decisions": [_ENROLLED, _REJECTED],
}
ENROLLMENT: Json = {
    "id": ENROLLMENT_ID,
    "student": STUDENT_ID,
    "student_code": "S-0001",
    "term": TERM_ID,
    "term_code": "2026-1",
    "offering": OFFERING_ID,
    "course": COURSE_ID,
    "course_code": "CS-101",
    "status": "enrolled",
    "mark": None,
    "grading_basis": "graded",
    "credits": "3",
    "sections": ["CS-101-A"],
    "number": 41,
    "enrolled_at": ARRIVED,
    "ended_at": None,
}
WAITLIST_ENTRY: Json = {
    "id": ENTRY_ID,
    "student": STUDENT_ID,
    "student_code": "S-0001",
    "term": TERM_ID,
    "term_code": "2026-1",
    "offering": OFFERING_ID,
    "course": COURSE_ID,
    "course_code": "CS-101",
    "sections": ["CS-101-A"],
    "status": "waiting",
    "position": 2,
    "priority": 0,
    "number": 57,
    "grading_basis": "graded",
    "drop_if_enrolled": None,
    "enrollment": None,
    "skipped": [],
    "joined_at": ARRIVED,
    "ended_at": None,
}
SCHEDULE: Json = {
    "student": STUDENT_ID,
    "term": TERM_ID,
    "credits": "3",
    "courses": [
        {
            "enrollment": ENROLLMENT_ID,
            "offering": OFFERING_ID,
            "course_code": "CS-101",
            "title": "Introduction to Programming",
            "credits": "3",
            "sections": [
                {
                    "section": SECTION_ID,
                    "section_code": "CS-101-A",
                    "component": "1/LEC",
                    "seat_no": 17,
                    "meetings": SECTION_VIEW["meetings"],
                }
            ],
        }
    ],
}
ROSTER: Json = {
    "section": SECTION_ID,
    "section_code": "CS-101-A",
    "capacity": 30,
    "entries": [
        {
            "student": STUDENT_ID,
            "student_code": "S-0001",
            "given_name": "Student",
            "family_name": "Number One",
            "enrollment": ENROLLMENT_ID,
            "seat_no": 17,
            "enrolled_at": ARRIVED,
        }
    ],
}
ELIGIBILITY: Json = {
    "student": STUDENT_ID,
    "term": TERM_ID,
    "asked_at": ARRIVED,
    "eligible": False,
    "could_wait": True,
    "sections": ["CS-101-A"],
    "rejections": [_FULL],
    "waived": [],
    "verdicts": [
        {
            "rule": "registration_is_open",
            "verdict": "allowed",
            "code": None,
            "parameters": {
                "term": "2026-1",
                "opens_at": "2026-01-12T13:00:00+00:00",
                "closes_at": "2026-02-14T05:00:00+00:00",
            },
            "permission": None,
        },
        {
            "rule": "seat_is_free",
            "verdict": "rejected",
            "code": "seats_full",
            "parameters": {"section": "CS-101-A", "capacity": 30},
            "permission": None,
        },
    ],
}
PERMISSION: Json = {
    "student": "code:S-0001",
    "offering": "code:2026-1:CS-101",
    "section": None,
    "codes": ["consent_required", "seats_full"],
    "reason": "The instructor agrees.",
    "expires_at": "2026-02-13T23:00:00Z",
}
PERMISSION_VIEW = stored(
    PERMISSION_ID,
    PERMISSION,
    student=STUDENT_ID,
    offering=OFFERING_ID,
    term=TERM_ID,
    issuer="office-1",
    given_at=ARRIVED,
    revoked_at=None,
)
AUDIT_EVENT: Json = {
    "id": EVENT_ID,
    "term": TERM_ID,
    "number": 42,
    "kind": "registration_request",
    "subject": "office-1",
    "roles": ["registrar"],
    "occurred_at": ARRIVED,
    "command": {
        "id": REQUEST_ID,
        "student_id": STUDENT_ID,
        "actions": [{"enrollment_id": ENROLLMENT_ID}],
        "arrived_at": ARRIVED,
        "mode": "best_effort",
    },
    "answer": {"decisions": [{**_ENROLLED, "number": 42, "action": "drop", "outcome": "dropped", "verdicts": []}]},
    "consequences": [
        {
            "number": 43,
            "movement": "promoted",
            "student": "01939a1c-0000-7000-8000-000000000023",
            "entry": ENTRY_ID,
            "enrollment": "01939a1c-0000-7000-8000-000000000024",
            "seats": {SECTION_ID: 17},
            "ended": None,
            "reasons": [],
            "verdicts": [],
        }
    ],
    "facts": {"term": _DIGEST, "offerings": {OFFERING_ID: _DIGEST}, "students": {STUDENT_ID: _DIGEST}, "entries": []},
}
HISTORY: Json = {"id": ENROLLMENT_ID, "events": [AUDIT_EVENT]}
QUEUE_REVIEW: Json = {"terms": [TERM_ID]}
