"""How use cases ask the access table: by the name of the operation, and by whom it is about."""

from application.shared.access_table import ACCESS, Rule
from application.shared.caller import Caller
from application.shared.errors import AccessDenied
from domain.shared.identifiers import StudentId


def is_allowed(caller: Caller, operation: str) -> bool:
    """Whether the caller may do `operation`, whomever it is about."""
    rule = ACCESS[operation]
    return not caller.roles.isdisjoint(rule.outright) and _is_in_scope(caller, rule)


def authorise(caller: Caller, operation: str) -> None:
    """Raise `AccessDenied` unless the caller may do `operation`, whomever it is about."""
    if not is_allowed(caller, operation):
        raise AccessDenied


def authorise_about(caller: Caller, operation: str, student: StudentId) -> None:
    """Raise `AccessDenied` unless the caller may do `operation` that is about `student`."""
    rule = ACCESS[operation]
    is_self = caller.student_id == student and not caller.roles.isdisjoint(rule.selves)
    if not (is_self and _is_in_scope(caller, rule)):
        authorise(caller, operation)


def _is_in_scope(caller: Caller, rule: Rule) -> bool:
    return caller.scopes is None or rule.scope in caller.scopes
