"""Every method of the Python door in every role and with every limit of scopes: as the access table says."""

from uuid import UUID

import pytest

from application.shared.access_table import ACCESS, SCOPES, Right
from application.shared.caller import Caller, Role
from application.shared.errors import AccessDenied, InvalidRequest, StillReferenced
from infrastructure.bootstrap.container import Container
from interfaces.inprocess import Matricula
from tests.interfaces.access.calls import Call, calls_about
from tests.interfaces.access.campus import Campus
from tests.interfaces.access.operations import operation_of, python_operations
from tests.interfaces.access.stored import Stored

pytestmark = pytest.mark.asyncio(loop_scope="module")

WHOEVER = frozenset({Right.ALLOWED, Right.IN_PART})
IMPOSSIBLE = {
    "institutions.delete": StillReferenced,
    "permissions.create": InvalidRequest,
    "permissions.create_once": InvalidRequest,
    "permissions.replace": InvalidRequest,
}
"""What nobody can do here, however allowed: an institution has records, permissions are given at the desk alone."""


async def acting(matricula: Matricula, campus: Campus, role: Role, scopes: frozenset[str] | None = None) -> Caller:
    """Who acts in that role: the student or the instructor of the first half, where there are halves."""
    student = UUID(campus.one["student"]) if role is Role.STUDENT else None
    instructor = UUID(campus.one["instructor"]) if role in (Role.INSTRUCTOR, Role.ADVISOR) else None
    return await matricula.caller(
        campus.institution,
        roles=frozenset({role}),
        subject=campus.accounts[role],
        student=student,
        instructor=instructor,
        scopes=scopes,
    )


async def succeeds(method: str, call: Call, caller: Caller) -> None:
    """The call does what it is for, if anything can."""
    if method in IMPOSSIBLE:
        with pytest.raises(IMPOSSIBLE[method]):
            await call(caller)
    else:
        await call(caller)


async def is_refused(call: Call, caller: Caller, stored: Stored) -> None:
    """The call is refused and changes nothing."""
    with pytest.raises(AccessDenied):
        await call(caller)
    assert not stored.has_changed()


@pytest.mark.parametrize("method", sorted(python_operations()))
async def test_each_role_does_what_the_table_says_and_no_more(
    method: str, matricula: Matricula, campus: Campus, container: Container
) -> None:
    rule = ACCESS[operation_of(method) or ""]
    own, others = (calls_about(matricula, campus, half)[method] for half in (campus.one, campus.other))
    stored = Stored(container)

    for role in Role:
        caller, right = await acting(matricula, campus, role), rule.right_of(role)
        for call, is_own in ((own, True), (others, False)):
            if rule.scope is None or right in WHOEVER or (is_own and right is not Right.REFUSED):
                await succeeds(method, call, caller)
            else:
                await is_refused(call, caller, stored)
            stored.restore()


@pytest.mark.parametrize("method", sorted(python_operations()))
async def test_scopes_limit_what_a_role_may_do(
    method: str, matricula: Matricula, campus: Campus, container: Container
) -> None:
    rule = ACCESS[operation_of(method) or ""]
    call, stored = calls_about(matricula, campus, campus.one)[method], Stored(container)

    for role in Role:
        right = rule.right_of(role)
        if rule.scope is None or right is Right.REFUSED:
            continue
        for scopes in (frozenset(), SCOPES - {rule.scope}):
            await is_refused(call, await acting(matricula, campus, role, scopes), stored)
        await succeeds(method, call, await acting(matricula, campus, role, frozenset({rule.scope})))
        stored.restore()


@pytest.mark.parametrize("method", sorted(python_operations()))
async def test_a_scope_gives_no_right_that_the_role_has_not(
    method: str, matricula: Matricula, campus: Campus, container: Container
) -> None:
    rule = ACCESS[operation_of(method) or ""]
    if rule.scope is None:
        return
    call, stored = calls_about(matricula, campus, campus.one)[method], Stored(container)

    nobody = await matricula.caller(campus.institution, roles=frozenset(), scopes=SCOPES)
    await is_refused(call, nobody, stored)
    for role in Role:
        if rule.right_of(role) is Right.REFUSED:
            await is_refused(call, await acting(matricula, campus, role, SCOPES), stored)


@pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.ADVISOR, Role.STUDENT])
async def test_a_role_without_a_person_is_related_to_nobody(
    role: Role, matricula: Matricula, campus: Campus, container: Container
) -> None:
    caller, stored = await matricula.caller(campus.institution, roles=frozenset({role})), Stored(container)

    for method, call in calls_about(matricula, campus, campus.one).items():
        rule = ACCESS[operation_of(method) or ""]
        if rule.scope is not None and rule.right_of(role) not in WHOEVER:
            await is_refused(call, caller, stored)
