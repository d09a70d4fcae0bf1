"""Whose institution a request is about: the header, and what happens without it."""

from uuid import uuid4

import httpx
import pytest

from interfaces.rest.callers import SECONDS_KNOWN, KnownInstitutions, institution_named
from interfaces.rest.problems import RestError
from tests.interfaces.rest.university import University

DEPARTMENTS = "/v1/departments"
OTHER = {"X-Matricula-Institution": "other"}


async def test_before_any_institution_is_founded_clients_are_told_to_found_one(client: httpx.AsyncClient) -> None:
    answer = await client.get(DEPARTMENTS)

    assert (answer.status_code, answer.json()["code"]) == (400, "institution_required")
    assert "POST /v1/institutions" in answer.json()["detail"]
    assert (await client.get("/v1/institutions")).json() == {"items": [], "next_cursor": None}


async def test_the_only_institution_needs_no_name(university: University) -> None:
    assert (await university.client.get(DEPARTMENTS)).status_code == 200


async def test_one_of_several_institutions_must_be_named(university: University) -> None:
    await university.create("institutions", {"code": "other", "name": "Another one"})

    answer = await university.client.get(DEPARTMENTS)

    assert (answer.status_code, answer.json()["code"]) == (400, "institution_required")


async def test_institutions_see_their_own_records_alone(university: University) -> None:
    other = await university.create("institutions", {"code": "other", "name": "Another one"})

    for named in ("other", "code:other", other["id"]):
        page = await university.client.get(DEPARTMENTS, headers={"X-Matricula-Institution": named})
        assert page.json()["items"] == []
    foreign = await university.client.get(f"{DEPARTMENTS}/code:CS", headers=OTHER)
    own = await university.client.get(f"{DEPARTMENTS}/code:CS", headers={"X-Matricula-Institution": "main"})
    assert (foreign.status_code, own.status_code) == (404, 200)


async def test_an_institution_changes_only_for_its_own_callers(university: University) -> None:
    await university.create("institutions", {"code": "other", "name": "Another one"})

    answer = await university.client.patch(
        "/v1/institutions/code:main", json={"name": "Mine now"}, headers={"If-Match": "*", **OTHER}
    )

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("named", ["nowhere", "code:nowhere", "00000000-0000-7000-8000-000000000000"])
async def test_an_unknown_institution_is_told_where_the_known_ones_are(named: str, university: University) -> None:
    answer = await university.client.get(DEPARTMENTS, headers={"X-Matricula-Institution": named})

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_institution")
    assert "GET /v1/institutions" in answer.json()["detail"]


@pytest.mark.parametrize("named", [b"", b"a b", b"code:", b"code:a:b:c", b"a/b", b"\xd7\xf7", b"x" * 65, b"a:b"])
async def test_what_cannot_name_an_institution_is_refused(named: bytes, university: University) -> None:
    headers = [(b"X-Matricula-Institution", named)]
    answer = await university.client.get(DEPARTMENTS, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


def test_a_code_beyond_ascii_may_come_as_utf_8() -> None:
    assert institution_named("Ñandú".encode().decode("latin-1")).code == "Ñandú"
    with pytest.raises(RestError):
        institution_named("a b")


async def test_a_renamed_or_deleted_institution_is_forgotten_at_once(university: University) -> None:
    await university.create("institutions", {"code": "other", "name": "Another one"})
    change = {"If-Match": "*", **OTHER}
    assert (await university.client.get(DEPARTMENTS, headers=OTHER)).status_code == 200

    renamed = await university.client.patch("/v1/institutions/code:other", json={"code": "next"}, headers=change)
    assert renamed.status_code == 200
    assert (await university.client.get(DEPARTMENTS, headers=OTHER)).status_code == 404

    change["X-Matricula-Institution"] = "next"
    assert (await university.client.delete("/v1/institutions/code:next", headers=change)).status_code == 204
    assert (await university.client.get(DEPARTMENTS)).status_code == 200


async def test_an_institution_is_looked_up_again_after_a_while(university: University) -> None:
    class Counting:
        asked = 0

        async def find(self, reference: object) -> object:
            self.asked += 1
            return type("View", (), {"id": uuid4()})

    moment = 0.0
    known, institutions = KnownInstitutions(lambda: moment), Counting()
    first = await known.find(lambda: institutions, None)  # type: ignore[arg-type,return-value]  # a fake
    again = await known.find(lambda: institutions, None)  # type: ignore[arg-type,return-value]  # a fake
    moment += SECONDS_KNOWN
    later = await known.find(lambda: institutions, None)  # type: ignore[arg-type,return-value]  # a fake

    assert first == again != later
    assert institutions.asked == 2
