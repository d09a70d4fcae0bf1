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
    """What is about the student that the caller is."""

    ADVISEE = "advisee"
    """What is about a student whom the caller advises."""

    IN_PART = "in part"
    """Whatever it is about; the students whom it names are counted only, unless the caller teaches the section."""

    OWN_SECTION = "own section"
    """What is about a section that the caller teaches."""


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

    @cached_property
    def related(self) -> frozenset[Role]:
        """The roles that may do it when they are related to whom it is about."""
        return frozenset(self.rights) - self.outright

    def roles_with(self, right: Right) -> frozenset[Role]:
        """The roles that have this right."""
        return frozenset(role for role, given in self.rights.items() if given is right)


KEEPERS: Rights = {Role.REGISTRAR: Right.ALLOWED, Role.ADMINISTRATOR: Right.ALLOWED}
"""Who keeps the institution's records."""

STAFF: Rights = {**KEEPERS, Role.ADVISOR: Right.ALLOWED}
EVERYONE: Rights = dict.fromkeys(Role, Right.ALLOWED)
IN_PART: Rights = {**dict.fromkeys(Role, Right.IN_PART), **KEEPERS}
RELATED: Rights = {**KEEPERS, Role.ADVISOR: Right.ADVISEE, Role.STUDENT: Right.SELF}
"""Who reads what is about one student."""


def _kept(name: str, scope: str, reading: Rights, *also: str) -> dict[str, Rule]:
    """The operations on a kind of record that keepers keep; `also` are more verbs than those that all kinds share.

    Whoever reads a record by relation alone does not read the collection.
    """
    read, write = Rule(f"{scope}:read", reading), Rule(f"{scope}:write", KEEPERS)
    return {
        f"list_{name}s": Rule(f"{scope}:read", KEEPERS) if reading is RELATED else read,
        f"get_{name}": read,
        **{f"{verb}_{name}": write for verb in ("create", "replace", "delete", *also)},
    }


_PUBLIC = Rule(None)
_INSTITUTION = Rule("institutions:write", {Role.ADMINISTRATOR: Right.ALLOWED})
_READ_REGISTRATION = Rule("registration:read", KEEPERS)
_READ_RELATED = Rule("registration:read", RELATED)
_READ_AUDIT = Rule("audit:read", KEEPERS)
_IMPORT = Rule("imports:write", KEEPERS)
_ADMINISTERED: Rights = {Role.ADMINISTRATOR: Right.ALLOWED}
_READ_ACCESS, _WRITE_ACCESS = Rule("access:read", _ADMINISTERED), Rule("access:write", _ADMINISTERED)
_OWN_ACCOUNT = Rule("account", EVERYONE)

ACCESS: Mapping[str, Rule] = {
    "live": _PUBLIC,
    "ready": _PUBLIC,
    "metrics": _PUBLIC,
    "index": _PUBLIC,
    "describe_problem": _PUBLIC,
    "list_institutions": _PUBLIC,
    "get_institution": _PUBLIC,
    "create_institution": _INSTITUTION,
    "replace_institution": _INSTITUTION,
    "patch_institution": _INSTITUTION,
    "delete_institution": _INSTITUTION,
    **_kept("department", "catalog", EVERYONE, "patch"),
    **_kept("program", "catalog", EVERYONE, "patch"),
    **_kept("course", "catalog", EVERYONE, "patch"),
    **_kept("grading_scheme", "catalog", STAFF, "patch"),
    **_kept("student", "people", RELATED, "patch"),
    **_kept("instructor", "people", EVERYONE, "patch"),
    "list_advisees": Rule("people:read", {**KEEPERS, Role.ADVISOR: Right.ADVISEE}),
    **_kept("hold", "people", RELATED, "patch", "release"),
    **_kept("term", "scheduling", EVERYONE, "patch"),
    **_kept("time_ticket", "scheduling", KEEPERS, "patch"),
    **_kept("room", "scheduling", EVERYONE, "patch"),
    **_kept("offering", "scheduling", EVERYONE, "patch"),
    **_kept("section", "scheduling", IN_PART, "patch"),
    "list_sections_of_term": Rule("scheduling:read", IN_PART),
    **_kept("course_attempt", "registration", RELATED, "patch"),
    **_kept("permission", "registration", RELATED, "revoke"),
    "register": Rule("registration:write", {**KEEPERS, Role.STUDENT: Right.SELF}),
    "review_queues": Rule("registration:write", KEEPERS),
    "get_eligibility": _READ_RELATED,
    "get_schedule": _READ_RELATED,
    "get_roster": Rule("registration:read", {**KEEPERS, Role.INSTRUCTOR: Right.OWN_SECTION}),
    "list_enrollments": _READ_REGISTRATION,
    "get_enrollment": _READ_RELATED,
    "get_enrollment_history": _READ_RELATED,
    "list_waitlist_entries": _READ_REGISTRATION,
    "get_waitlist_entry": _READ_RELATED,
    "get_waitlist_entry_history": _READ_RELATED,
    "list_enrollments_of_student": _READ_RELATED,
    "list_waitlist_entries_of_student": _READ_RELATED,
    "list_course_attempts_of_student": _READ_RELATED,
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
    "create_import": _IMPORT,
    "get_import": _IMPORT,
    "get_import_result": _IMPORT,
    "import_timetable": _IMPORT,
    "import_attempts": _IMPORT,
}
"""Every operation and its rule."""

SCOPES = frozenset(rule.scope for rule in ACCESS.values() if rule.scope is not None)
"""What the scopes of an API client can be."""
