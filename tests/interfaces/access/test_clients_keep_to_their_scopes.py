"""A client does over REST what its token's scopes name of what registrars may do, and no more."""

from collections.abc import Iterable

import httpx
import pytest
import pytest_asyncio

from application.access.sign_in import ROLES_OF_CLIENTS
from application.shared.access_table import ACCESS, SCOPES, Right
from infrastructure.bootstrap.container import Container
from tests.interfaces.access.campus import Campus
from tests.interfaces.access.operations import rest_operations
from tests.interfaces.access.requests import Asked, requests_about
from tests.interfaces.access.stored import Stored

pytestmark = pytest.mark.asyncio(loop_scope="module")

OF_ACCOUNTS = frozenset({"get_own_account", "change_password", "sign_out_everywhere"})
"""What is about the caller's account: clients have none."""

Credentials = dict[str, str]


@pytest_asyncio.fixture(loop_scope="module")
async def credentials(campus: Campus) -> Credentials:
    """The id and secret of a client with every scope."""
    fields = {"name": "all", "scopes": sorted(SCOPES)}
    added = (await campus.client.post("/v1/clients", json=fields, headers=campus.headers)).json()
    return {"client_id": added["id"], "client_secret": added["secret"]}


async def headers_within(scopes: Iterable[str], campus: Campus, credentials: Credentials) -> dict[str, str]:
    """The headers of the client, with a token for these scopes."""
    form = {"grant_type": "client_credentials", "scope": " ".join(scopes), **credentials}
    answer = await campus.client.post("/v1/oauth/token", data=form, headers=campus.place)
    assert answer.is_success, answer.text
    return {**campus.place, "Authorization": f"Bearer {answer.json()['access_token']}"}


async def ask(campus: Campus, asked: Asked, headers: dict[str, str]) -> httpx.Response:
    """The answer to a request with these headers."""
    return await campus.client.request(**asked.arguments, headers={**headers, **asked.headers})


@pytest.mark.parametrize("scope", sorted(SCOPES))
async def test_a_token_is_good_for_its_scopes_alone(
    scope: str, campus: Campus, credentials: Credentials, container: Container
) -> None:
    (role,) = ROLES_OF_CLIENTS
    within = await headers_within([scope], campus, credentials)
    without = await headers_within(SCOPES - {scope}, campus, credentials)
    stored = Stored(container)

    for operation in sorted(rest_operations()):
        rule, asked = ACCESS[operation], requests_about(campus, campus.one)[operation]
        if rule.scope != scope:
            continue
        refused = await ask(campus, asked, without)
        assert (refused.status_code, refused.json()["code"]) == (403, "access_denied"), operation
        assert not stored.has_changed(), operation

        answer = await ask(campus, asked, within)
        if rule.right_of(role) is Right.REFUSED or operation in OF_ACCOUNTS:
            assert (answer.status_code, answer.json()["code"]) == (403, "access_denied"), operation
            assert not stored.has_changed(), operation
        else:
            assert not answer.is_error, (operation, answer.text)
        if operation == "create_import":
            await campus.ended(answer)
        stored.restore()


async def test_public_operations_need_no_scope(campus: Campus, credentials: Credentials) -> None:
    headers = await headers_within(["account"], campus, credentials)
    for operation in sorted(operation for operation in rest_operations() if ACCESS[operation].scope is None):
        answer = await ask(campus, requests_about(campus, campus.one)[operation], headers)
        assert not answer.is_error, (operation, answer.text)


async def test_a_client_gets_no_scope_that_it_was_not_given(campus: Campus) -> None:
    fields = {"name": "reader", "scopes": ["catalog:read"]}
    added = (await campus.client.post("/v1/clients", json=fields, headers=campus.headers)).json()
    form = {"client_id": added["id"], "client_secret": added["secret"], "scope": "catalog:read catalog:write"}

    answer = await campus.client.post(
        "/v1/oauth/token", data={"grant_type": "client_credentials", **form}, headers=campus.place
    )

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")
