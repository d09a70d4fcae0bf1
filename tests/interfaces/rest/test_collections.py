"""Collections: pages, order, search, filters and thinning."""

import re

import httpx
import pytest

from tests.interfaces.rest.university import Json, University


@pytest.fixture
async def rooms(university: University) -> list[str]:
    """Codes of rooms beside the first; names and capacities repeat, so that ties have to be broken."""
    codes = [f"R-{number:02}" for number in range(7)]
    for number, code in enumerate(codes):
        await university.create("rooms", {"code": code, "name": f"Hall {number % 2}", "capacity": number % 3})
    return codes


async def walk(client: httpx.AsyncClient, path: str) -> list[Json]:
    """Follow the links from page to page."""
    items: list[Json] = []
    while True:
        answer = await client.get(path)
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        link = answer.headers.get("link")
        assert (link is None) == (answer.json()["next_cursor"] is None)
        if link is None:
            return items
        found = re.fullmatch(r'<([^>]+)>; rel="next"', link)
        assert found is not None
        path = found[1]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 8, 500])
@pytest.mark.parametrize("sort", ["code", "-code", "name", "-name", "capacity", "-capacity"])
async def test_following_the_links_meets_every_record_once_and_in_order(
    limit: int, sort: str, rooms: list[str], university: University
) -> None:
    found = await walk(university.client, f"/v1/rooms?limit={limit}&sort={sort}")

    assert sorted(room["code"] for room in found) == sorted([*rooms, "B-101"])
    values = [room[sort.removeprefix("-")] for room in found]
    assert values == sorted(values, reverse=sort.startswith("-"))


@pytest.mark.parametrize("sort", ["code", "-code", "name", "-name", "capacity", "-capacity"])
async def test_what_stays_is_met_once_although_records_come_and_go_between_pages(
    sort: str, rooms: list[str], university: University
) -> None:
    path, met, gone = f"/v1/rooms?limit=2&sort={sort}", [], []
    for page in range(20):
        answer = await university.client.get(path)
        codes = [room["code"] for room in answer.json()["items"]]
        met += codes
        if "link" not in answer.headers:
            break
        path = answer.headers["link"].removeprefix("<").partition(">")[0]
        # The cursor names the last item: that one goes, and others come on both sides of it.
        gone.append(codes[-1])
        deleted = await university.client.delete(f"/v1/rooms/code:{codes[-1]}", headers={"If-Match": "*"})
        assert deleted.status_code in (204, 409)
        if page < 2:
            for code in (f"A-{page}", f"R-0{page}5", f"Z-{page}"):
                await university.create("rooms", {"code": code, "name": "Hall 0", "capacity": page})

    assert len(met) == len(set(met))
    assert {*rooms, "B-101"} <= set(met)
    assert len(gone) >= 4


async def test_the_next_page_keeps_filters_search_and_thinning(rooms: list[str], university: University) -> None:
    found = await walk(university.client, "/v1/rooms?limit=1&q=hall%201&fields=code&sort=-code")

    assert found == [{"code": "R-05"}, {"code": "R-03"}, {"code": "R-01"}]


async def test_a_search_finds_text_in_any_case_and_takes_wildcards_literally(
    rooms: list[str], university: University
) -> None:
    assert len((await university.get("rooms", q="HALL 0"))["items"]) == 4
    for wildcard in ("%", "_all", "H%l", "\\"):
        assert (await university.get("rooms", q=wildcard))["items"] == []
    assert len((await university.get("rooms", q=""))["items"]) == 8


async def test_a_filter_takes_the_value_as_it_is(rooms: list[str], university: University) -> None:
    assert [room["code"] for room in (await university.get("rooms", code="R-01"))["items"]] == ["R-01"]
    assert (await university.get("rooms", code="R-0"))["items"] == []


async def test_a_filter_on_a_reference_takes_an_id_or_a_code(university: University) -> None:
    department = await university.get("departments/code:CS")

    for value in (department["id"], "code:CS"):
        assert [c["code"] for c in (await university.get("courses", department=value))["items"]] == ["CS-101"]
    assert (await university.get("courses", department="code:NONE"))["items"] == []


async def test_thinned_items_have_the_wanted_fields_alone(rooms: list[str], university: University) -> None:
    page = await university.get("rooms", fields="code, capacity", limit=1)

    assert page["items"] == [{"code": "B-101", "capacity": 40}]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=x", "limit"),
        ("limit=" + "9" * 5000, "limit"),
        ("colour=red", "colour"),
        ("fields=code,colour", "fields"),
        ("fields=", "fields"),
        ("q=%00", "q"),
        ("code=%00", "code"),
        ("q=" + "x" * 301, "q"),
        ("cursor=" + "x" * 2001, "cursor"),
    ],
)
async def test_a_parameter_that_makes_no_sense_is_named(query: str, parameter: str, university: University) -> None:
    answer = await university.client.get(f"/v1/rooms?{query}")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert [error["parameter"] for error in answer.json()["errors"]] == [parameter]


@pytest.mark.parametrize(
    "query", ["sort=colour", "sort=", "sort=--code", "cursor=x", "cursor=", "cursor=%F0%9F%98%80", "cursor=e30"]
)
async def test_an_order_or_cursor_of_nothing_is_refused(query: str, university: University) -> None:
    answer = await university.client.get(f"/v1/rooms?{query}")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


async def test_a_cursor_of_another_order_is_refused(rooms: list[str], university: University) -> None:
    cursor = (await university.get("rooms", limit=1, sort="name"))["next_cursor"]

    for query in ({"sort": "capacity"}, {"sort": "-name"}, {}):
        answer = await university.client.get("/v1/rooms", params={"cursor": cursor, **query})
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


async def test_operations_without_a_query_refuse_one(university: University) -> None:
    paths = ["/v1/rooms/code:B-101?x=1", "/v1/sections/code:2026-1:CS-101-A/roster?x=1"]

    for path in paths:
        answer = await university.client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
