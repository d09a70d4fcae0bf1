"""A request for each REST operation about records of one half of a campus."""

from dataclasses import dataclass, field
from typing import Any

from interfaces.rest.resources import BASE_PATH
from tests.interfaces.access.campus import KINDS, TERM, Campus

Json = Any

PERSONAL = frozenset({"student", "hold", "course_attempt", "permission", "section"})
"""The kinds of which each half has its own."""

_READINGS = {"enrollment": "enrollments", "waitlist_entry": "waitlist-entries", "audit_event": "audit-events"}
_OF_A_STUDENT = ("enrollments", "waitlist-entries", "course-attempts")
_REMOVALS = ("delete", "release", "revoke")


@dataclass(frozen=True)
class Asked:
    """A request."""

    method: str
    path: str
    body: Json = None
    query: dict[str, str] = field(default_factory=dict)

    @property
    def arguments(self) -> dict[str, Any]:
        """What `httpx` is told beside the headers."""
        body = {} if self.body is None else {"json": self.body}
        return {"method": self.method, "url": self.path, "params": self.query, **body}

    @property
    def conditions(self) -> dict[str, str]:
        """The header that a change needs."""
        return {"If-Match": "*"} if self.method in ("PUT", "PATCH", "DELETE") else {}


def requests_about(campus: Campus, half: dict[str, str]) -> dict[str, Asked]:
    """The operations by id, each with its request."""
    asked: dict[str, Asked] = {}
    for kind, of_kind in KINDS.items():
        spare = f"{BASE_PATH}/{of_kind.collection}/{campus.spare[kind]}"
        subject = half[kind] if kind in PERSONAL else campus.spare[kind]
        asked[f"list_{kind}s"] = _get(of_kind.collection)
        asked[f"get_{kind}"] = _get(f"{of_kind.collection}/{subject}")
        asked[f"create_{kind}"] = Asked("POST", f"{BASE_PATH}/{of_kind.collection}", of_kind.named("NEW"))
        asked[f"replace_{kind}"] = Asked("PUT", spare, of_kind.named("SPARE"))
        asked[f"patch_{kind}"] = Asked("PATCH", spare, {})
        asked |= {f"{removal}_{kind}": Asked("DELETE", spare) for removal in _REMOVALS}
    for name, collection in _READINGS.items():
        asked[f"list_{collection.replace('-', '_')}"] = _get(collection)
        asked[f"get_{name}"] = _get(f"{collection}/{half[name]}")
        asked[f"get_{name}_history"] = _get(f"{collection}/{half[name]}/history")
    for collection in _OF_A_STUDENT:
        operation = f"list_{collection.replace('-', '_')}_of_student"
        asked[operation] = _get(f"students/{half['student']}/{collection}")
    institution = f"institutions/{half['institution']}"
    fields = {"code": campus.institution, "name": "Another name"}
    return asked | {
        "live": Asked("GET", "/livez"),
        "ready": Asked("GET", "/readyz"),
        "index": Asked("GET", "/"),
        "describe_problem": Asked("GET", "/problems/not_found"),
        "list_institutions": _get("institutions"),
        "get_institution": _get(institution),
        "create_institution": Asked("POST", f"{BASE_PATH}/institutions", {"code": "new", "name": "New"}),
        "replace_institution": Asked("PUT", f"{BASE_PATH}/{institution}", fields),
        "patch_institution": Asked("PATCH", f"{BASE_PATH}/{institution}", {"name": "Another name"}),
        "delete_institution": Asked("DELETE", f"{BASE_PATH}/{institution}"),
        "list_advisees": _get(f"instructors/{half['instructor']}/advisees"),
        "list_sections_of_term": _get(f"terms/{TERM}/sections"),
        "get_schedule": _get(f"students/{half['student']}/schedule", term=TERM),
        "get_eligibility": _get(f"students/{half['student']}/eligibility", term=TERM, sections="code:A"),
        "get_roster": _get(f"sections/{half['section']}/roster"),
        "register": Asked("POST", f"{BASE_PATH}/registration-requests", campus.registration(half["student"])),
        "review_queues": Asked("POST", f"{BASE_PATH}/queue-reviews"),
    }


def _get(path: str, **query: str) -> Asked:
    return Asked("GET", f"{BASE_PATH}/{path}", query=query)
