"""Every REST operation in every role, about one's own and about others': as the access table says, and no change."""

import httpx
import pytest

from application.shared.access_table import ACCESS, Right
from application.shared.caller import Role
from infrastructure.bootstrap.container import Container
from tests.interfaces.access.campus import Campus
from tests.interfaces.access.operations import rest_operations
from tests.interfaces.access.requests import Asked, requests_about
from tests.interfaces.access.stored import Stored

pytestmark = pytest.mark.asyncio(loop_scope="module")

WHOEVER = frozenset({Right.ALLOWED, Right.IN_PART})
CONFLICTS = frozenset({"delete_institution"})
"""What is allowed, and cannot be done to an institution that has records."""


async def ask(campus: Campus, asked: Asked, role: Role) -> httpx.Response:
    """The answer to a request of somebody in that role."""
    return await campus.client.request(**asked.arguments, headers={**campus.headers_of(role), **asked.headers})


@pytest.mark.parametrize("operation", sorted(rest_operations()))
async def test_each_role_does_what_the_table_says_and_no_more(
    operation: str, campus: Campus, container: Container
) -> None:
    own, others = (requests_about(campus, half)[operation] for half in (campus.one, campus.other))
    rule, stored = ACCESS[operation], Stored(container)

    for role in Role:
        right = rule.right_of(role)
        for asked, is_own in ((own, True), (others, False)):
            answer = await ask(campus, asked, role)
            if rule.scope is None or right in WHOEVER or (is_own and right is not Right.REFUSED):
                expected = answer.status_code == 409 if operation in CONFLICTS else not answer.is_error
                assert expected, (role, answer.text)
                if operation == "create_import":
                    await campus.ended(answer)
            else:
                assert (answer.status_code, answer.json()["code"]) == (403, "access_denied"), (role, asked)
                assert not stored.has_changed(), (role, asked)
            stored.restore()


HIDDEN = "01939a1c-0000-7000-8000-00000000dead"


@pytest.mark.parametrize("role", [Role.STUDENT, Role.INSTRUCTOR, Role.ADVISOR])
async def test_nobody_learns_by_asking_whether_there_is_such_a_record(role: Role, campus: Campus) -> None:
    """What is not there is refused with the very words with which what is another's is refused."""
    related = {name: rule for name, rule in ACCESS.items() if rule.right_of(role) not in WHOEVER and rule.scope}
    nobody = {**dict.fromkeys(campus.other, HIDDEN), "institution": campus.one["institution"]}
    for operation in sorted(related.keys() & rest_operations()):
        theirs, nowhere = (requests_about(campus, half)[operation] for half in (campus.other, nobody))
        refused, missing = await ask(campus, theirs, role), await ask(campus, nowhere, role)

        assert (refused.status_code, missing.status_code) == (403, 403), operation
        assert refused.json()["detail"] == missing.json()["detail"]
