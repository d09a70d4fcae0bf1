"""What lets somebody in at one institution lets nobody in at another that looks alike, and is not spoilt there."""

import httpx

from application.shared.caller import Role
from tests.interfaces.access.campus import EMAILS, PASSWORD, SCOPES, Campus

Both = tuple[Campus, Campus]


async def come_in(campus: Campus, grant: str, **form: str) -> httpx.Response:
    """What the door answers at the institution."""
    return await campus.client.post("/v1/oauth/token", data={"grant_type": grant, **form}, headers=campus.place)


async def test_people_come_in_where_they_have_an_account(both: Both) -> None:
    here, there = both
    email = "mine@uni.example"
    mine = {"email": email, "roles": ["registrar"], "password": PASSWORD}
    assert (await here.client.post("/v1/accounts", json=mine, headers=here.headers)).is_success

    elsewhere = await come_in(there, "password", username=email, password=PASSWORD)
    at_home = await come_in(here, "password", username=email, password=PASSWORD)

    assert (elsewhere.status_code, elsewhere.json()["error"]) == (400, "invalid_grant")
    assert at_home.is_success


async def test_a_refresh_token_is_traded_in_and_given_back_at_home_alone(both: Both) -> None:
    here, there = both
    signed_in = await come_in(here, "password", username=EMAILS[Role.STUDENT], password=PASSWORD)
    refresh_token = signed_in.json()["refresh_token"]

    elsewhere = await come_in(there, "refresh_token", refresh_token=refresh_token)
    assert (elsewhere.status_code, elsewhere.json()["error"]) == (400, "invalid_grant")
    given_back = await there.client.post("/v1/oauth/revoke", data={"token": refresh_token}, headers=there.place)
    assert given_back.is_success

    assert (await come_in(here, "refresh_token", refresh_token=refresh_token)).is_success


async def test_a_client_comes_in_at_home_alone(both: Both) -> None:
    here, there = both
    added = await here.client.post("/v1/clients", json={"name": "mine", "scopes": SCOPES}, headers=here.headers)
    secret = {"client_id": added.json()["id"], "client_secret": added.json()["secret"]}

    elsewhere, at_home = [await come_in(campus, "client_credentials", **secret) for campus in (there, here)]

    assert (elsewhere.status_code, elsewhere.json()["error"]) == (401, "invalid_client")
    assert at_home.is_success
