"""Who may do what: one table of every operation, with the right that each role has to it.

An operation has the name of its REST operation id; those that only the in-process door and the command line offer have
names of the same kind. What is not in the table cannot be done by anybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from application.shared.caller import Role


class Right(StrEnum):
    """What a role may do of an operation."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    SELF = "self"
    """Of a student: what is about themselves."""


Rights = Mapping[Role, Right]
"""The rights of roles; those that are not named are refused."""


@dataclass(frozen=True)
class Rule:
    """The right of each role to an operation, and the scope that an API client needs for it.

    An operation without a scope is public: it is done before anybody is known, and asks for no caller.
    """

    scope: str | None
    rights: Rights = field(default_factory=dict)

    def right_of(self, role: Role) -> Right:
        """What the role may do."""
        return self.rights.get(role, Right.REFUSED)

    @cached_property
    def outright(self) -> frozenset[Role]:
        """The roles that may do it whomever it is about."""
        return self.roles_with(Right.ALLOWED)

    @cached_property
    def selves(self) -> frozenset[Role]:
        """The roles that may do it when it is about themselves."""
        return self.roles_with(Right.SELF)

    def roles_with(self, right: Right) -> frozenset[Role]:
        """The roles that have this right."""
        return frozenset(role for role, given in self.rights.items() if given is right)


KEEPERS: Rights = {Role.REGISTRAR: Right.ALLOWED, Role.ADMINISTRATOR: Right.ALLOWED}
"""Who keeps the institution's records."""

STAFF: Rights = {**KEEPERS, Role.ADVISOR: Right.ALLOWED}
EVERYONE: Rights = dict.fromkeys(Role, Right.ALLOWED)
OWN: Rights = {**STAFF, Role.STUDENT: Right.SELF}


def _kept(name: str, scope: str, reading: Rights, *also: str) -> dict[str, Rule]:
    """The operations on a kind of record that keepers keep; `also` are more verbs than those that all kinds share."""
    read, write = Rule(f"{scope}:read", reading), Rule(f"{scope}:write", KEEPERS)
    return {
        f"list_{name}s": read,
        f"get_{name}": read,
        **{f"{verb}_{name}": write for verb in ("create", "replace", "delete", *also)},
    }


_PUBLIC = Rule(None)
_INSTITUTION = Rule("institutions:write", {Role.ADMINISTRATOR: Right.ALLOWED})
_READ_REGISTRATION = Rule("registration:read", STAFF)
_READ_OWN = Rule("registration:read", OWN)
_READ_AUDIT = Rule("audit:read", KEEPERS)
_IMPORT = Rule("imports:write", KEEPERS)
_ADMINISTERED: Rights = {Role.ADMINISTRATOR: Right.ALLOWED}
_READ_ACCESS, _WRITE_ACCESS = Rule("access:read", _ADMINISTERED), Rule("access:write", _ADMINISTERED)
_OWN_ACCOUNT = Rule("account", EVERYONE)

ACCESS: Mapping[str, Rule] = {
    "live": _PUBLIC,
    "ready": _PUBLIC,
    "index": _PUBLIC,
    "describe_problem": _PUBLIC,
    "list_institutions": _PUBLIC,
    "get_institution": _PUBLIC,
    "create_institution": _PUBLIC,
    "replace_institution": _INSTITUTION,
    "patch_institution": _INSTITUTION,
    "delete_institution": _INSTITUTION,
    **_kept("department", "catalog", EVERYONE, "patch"),
    **_kept("program", "catalog", EVERYONE, "patch"),
    **_kept("course", "catalog", EVERYONE, "patch"),
    **_kept("grading_scheme", "catalog", STAFF, "patch"),
    **_kept("student", "people", STAFF, "patch"),
    **_kept("instructor", "people", EVERYONE, "patch"),
    **_kept("hold", "people", STAFF, "patch", "release"),
    **_kept("term", "scheduling", EVERYONE, "patch"),
    **_kept("time_ticket", "scheduling", STAFF, "patch"),
    **_kept("room", "scheduling", EVERYONE, "patch"),
    **_kept("offering", "scheduling", EVERYONE, "patch"),
    **_kept("section", "scheduling", EVERYONE, "patch"),
    "list_sections_of_term": Rule("scheduling:read", EVERYONE),
    **_kept("course_attempt", "registration", STAFF, "patch"),
    **_kept("permission", "registration", STAFF, "revoke"),
    "register": Rule("registration:write", {**KEEPERS, Role.STUDENT: Right.SELF}),
    "review_queues": Rule("registration:write", KEEPERS),
    "get_eligibility": _READ_OWN,
    "get_schedule": _READ_OWN,
    "get_roster": Rule("registration:read", {**STAFF, Role.INSTRUCTOR: Right.ALLOWED}),
    "list_enrollments": _READ_REGISTRATION,
    "get_enrollment": _READ_OWN,
    "get_enrollment_history": _READ_OWN,
    "list_waitlist_entries": _READ_REGISTRATION,
    "get_waitlist_entry": _READ_OWN,
    "get_waitlist_entry_history": _READ_OWN,
    "list_enrollments_of_student": _READ_OWN,
    "list_waitlist_entries_of_student": _READ_OWN,
    "list_course_attempts_of_student": _READ_OWN,
    "export_enrollments": _READ_REGISTRATION,
    "verify_registration": _READ_REGISTRATION,
    "list_audit_events": _READ_AUDIT,
    "get_audit_event": _READ_AUDIT,
    "replay_audit": _READ_AUDIT,
    "token": _PUBLIC,
    "revoke": _PUBLIC,
    "signing_keys": _PUBLIC,
    "authorization_server": _PUBLIC,
    "list_accounts": _READ_ACCESS,
    "get_account": _READ_ACCESS,
    "create_account": _WRITE_ACCESS,
    "disable_account": _WRITE_ACCESS,
    "enable_account": _WRITE_ACCESS,
    "reset_password": _WRITE_ACCESS,
    "get_own_account": _OWN_ACCOUNT,
    "change_password": _OWN_ACCOUNT,
    "sign_out_everywhere": _OWN_ACCOUNT,
    "list_clients": _READ_ACCESS,
    "get_client": _READ_ACCESS,
    "create_client": _WRITE_ACCESS,
    "rotate_client_secret": _WRITE_ACCESS,
    "disable_client": _WRITE_ACCESS,
    "import_timetable": _IMPORT,
    "import_attempts": _IMPORT,
}
"""Every operation and its rule."""

SCOPES = frozenset(rule.scope for rule in ACCESS.values() if rule.scope is not None)
"""What the scopes of an API client can be."""
