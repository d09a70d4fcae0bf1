"""How use cases ask the access table: by the name of the operation, and by how the caller is related to its subject."""

from collections.abc import Collection

from application.shared.access_table import ACCESS, Right, Rule
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


def authorise_self(caller: Caller, operation: str, student: StudentId) -> None:
    """Raise `AccessDenied` unless the caller may do `operation` for `student`, as whom they are or for anybody."""
    rule = ACCESS[operation]
    is_self = caller.student_id == student and not caller.roles.isdisjoint(rule.selves)
    if not (is_self and _is_in_scope(caller, rule)):
        authorise(caller, operation)


def may_be_related(caller: Caller, operation: str) -> bool:
    """Whether it depends on a relation if the caller may do `operation`. Raises `AccessDenied` if no relation helps."""
    if is_allowed(caller, operation):
        return False
    rule = ACCESS[operation]
    if caller.roles.isdisjoint(rule.related) or not _is_in_scope(caller, rule):
        raise AccessDenied
    return True


def authorise_related(caller: Caller, operation: str, rights: Collection[Right]) -> None:
    """Raise `AccessDenied` unless the caller may do `operation`, by one of the `rights` that a relation gives or so."""
    if is_allowed(caller, operation):
        return
    rule = ACCESS[operation]
    if not (_is_in_scope(caller, rule) and any(rule.right_of(role) in rights for role in caller.roles)):
        raise AccessDenied


def _is_in_scope(caller: Caller, rule: Rule) -> bool:
    return caller.scopes is None or rule.scope in caller.scopes
