"""A request for each REST operation about records of one half of a campus."""

from dataclasses import dataclass, field
from typing import Any

from application.shared.caller import Role
from interfaces.rest.resources import BASE_PATH
from tests.interfaces.access.campus import ATTEMPTS, EMAILS, KINDS, PASSWORD, SCOPES, TERM, Campus

Json = Any

PERSONAL = frozenset({"student", "hold", "course_attempt", "permission", "section"})
"""The kinds of which each half has its own."""

_READINGS = {"enrollment": "enrollments", "waitlist_entry": "waitlist-entries", "audit_event": "audit-events"}
_OF_A_STUDENT = ("enrollments", "waitlist-entries", "course-attempts")
_REMOVALS = ("delete", "release", "revoke")


@dataclass(frozen=True)
class Asked:
    """A request; its body is JSON, a `form`, or a `table` in CSV."""

    method: str
    path: str
    body: Json = None
    query: dict[str, str] = field(default_factory=dict)
    form: dict[str, str] | None = None
    table: str | None = None

    @property
    def arguments(self) -> dict[str, Any]:
        """What `httpx` is told beside the headers."""
        bodies = {"json": self.body, "data": self.form, "content": self.table}
        given = {name: body for name, body in bodies.items() if body is not None}
        return {"method": self.method, "url": self.path, "params": self.query, **given}

    @property
    def headers(self) -> dict[str, str]:
        """The headers that it needs whoever asks: a change its condition, a table its type."""
        condition = {"If-Match": "*"} if self.method in ("PUT", "PATCH", "DELETE") else {}
        return condition if self.table is None else {**condition, "Content-Type": "text/csv"}


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
    return (
        asked
        | _of_access(half)
        | _of_imports(half)
        | {
            "live": Asked("GET", "/livez"),
            "ready": Asked("GET", "/readyz"),
            "metrics": Asked("GET", "/metrics"),
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
    )


def _of_access(half: dict[str, str]) -> dict[str, Asked]:
    account, client = f"{BASE_PATH}/accounts/{half['account']}", f"{BASE_PATH}/clients/{half['client']}"
    opened = {"email": "new@uni.example", "roles": ["student"], "student": half["student"], "password": PASSWORD}
    grant = {"grant_type": "password", "username": EMAILS[Role.STUDENT], "password": PASSWORD}
    return {
        "token": Asked("POST", f"{BASE_PATH}/oauth/token", form=grant),
        "revoke": Asked("POST", f"{BASE_PATH}/oauth/revoke", form={"token": "of nobody"}),
        "signing_keys": Asked("GET", "/.well-known/jwks.json"),
        "authorization_server": Asked("GET", "/.well-known/oauth-authorization-server"),
        "sign_out_everywhere": Asked("DELETE", f"{BASE_PATH}/sessions"),
        "list_accounts": _get("accounts"),
        "get_account": Asked("GET", account),
        "create_account": Asked("POST", f"{BASE_PATH}/accounts", opened),
        "disable_account": Asked("DELETE", account),
        "reset_password": Asked("PUT", f"{account}/password", {"password": PASSWORD}),
        "get_own_account": _get("account"),
        "change_password": Asked("PUT", f"{BASE_PATH}/account/password", {"old": PASSWORD, "new": PASSWORD}),
        "list_clients": _get("clients"),
        "get_client": Asked("GET", client),
        "create_client": Asked("POST", f"{BASE_PATH}/clients", {"name": "new", "scopes": SCOPES}),
        "rotate_client_secret": Asked("PUT", f"{client}/secret"),
        "disable_client": Asked("DELETE", client),
    }


def _of_imports(half: dict[str, str]) -> dict[str, Asked]:
    path = f"{BASE_PATH}/imports"
    return {
        "create_import": Asked("POST", path, query={"kind": "course-attempts"}, table=ATTEMPTS),
        "get_import": Asked("GET", f"{path}/{half['import']}"),
        "get_import_result": Asked("GET", f"{path}/{half['import']}/result"),
    }


def _get(path: str, **query: str) -> Asked:
    return Asked("GET", f"{BASE_PATH}/{path}", query=query)
