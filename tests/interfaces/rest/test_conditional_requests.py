"""Entity tags: answers that the client has already, and changes that say which version they are about."""

import httpx
import pytest

from interfaces.rest.app import RESOURCES
from tests.interfaces.rest.university import Json, University

COURSE = "/v1/courses/code:CS-101"
OTHER = "0192f0c1-2f5a-7c3e-9d59-2b9f3a6f1c01"
SECTION = "/v1/sections/code:2026-1:CS-101-A"


@pytest.mark.parametrize(
    "path",
    [
        COURSE,
        SECTION,
        "/v1/courses",
        "/v1/enrollments",
        f"{SECTION}/roster",
        "/v1/students/code:S-0001/schedule?term=code:2026-1",
        "/v1/terms/code:2026-1/sections",
        "/",
        "/problems/not_found",
    ],
)
async def test_what_the_client_has_is_not_sent_again(path: str, university: University) -> None:
    first = await university.client.get(path)
    tag = first.headers["etag"]

    for condition in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = await university.client.get(path, headers={"If-None-Match": condition})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    other = await university.client.get(path, headers={"If-None-Match": '"other"'})
    assert (other.status_code, other.content) == (200, first.content)


async def test_a_sections_tag_tells_its_seats_but_only_its_version_counts_for_changes(university: University) -> None:
    before = (await university.client.get(SECTION)).headers["etag"]
    await university.enroll("code:S-0001", "code:CS-101")
    after = (await university.client.get(SECTION)).headers["etag"]

    change = {"If-Match": before}
    answer = await university.client.patch(SECTION, json={"capacity": 31}, headers=change)

    assert before != after
    assert (before[:3], after[:3]) == ('"1.', '"1.')
    assert answer.status_code == 200
    assert answer.headers["etag"].startswith('"2.')
    assert (answer.json()["seats_taken"], answer.json()["seats_free"]) == (1, 30)


@pytest.mark.parametrize(
    "path", ["/v1/sections?term=code:2026-1", "/v1/terms/code:2026-1/sections", "/v1/sections?fields=code,seats_taken"]
)
async def test_a_pages_tag_tells_whatever_the_page_shows(path: str, university: University) -> None:
    first = await university.client.get(path)
    await university.enroll("code:S-0001", "code:CS-101")

    again = await university.client.get(path, headers={"If-None-Match": first.headers["etag"]})

    assert again.status_code == 200
    assert again.headers["etag"] != first.headers["etag"]
    taken = [sum(section["seats_taken"] for section in page.json()["items"]) for page in (first, again)]
    assert taken == [0, 1]


@pytest.mark.parametrize(
    ("renamed", "change", "shown"),
    [
        ("courses/code:CS-101", {"number": "102"}, {"course_code": "CS-102"}),
        ("terms/code:2026-1", {"code": "2026-A"}, {"term_code": "2026-A"}),
    ],
)
async def test_a_section_is_sent_again_when_its_course_or_term_is_renamed(
    renamed: str, change: dict[str, str], shown: dict[str, str], university: University
) -> None:
    first = await university.client.get(SECTION)
    path, tag = f"/v1/sections/{first.json()['id']}", first.headers["etag"]
    await university.patch(renamed, change)

    again = await university.client.get(path, headers={"If-None-Match": tag})

    assert (again.status_code, again.json()) == (200, {**first.json(), **shown})
    assert again.headers["etag"] != tag
    changed = await university.client.patch(path, json={"capacity": 31}, headers={"If-Match": tag})
    assert changed.status_code == 200


async def changes(client: httpx.AsyncClient, headers: dict[str, str]) -> list[httpx.Response]:
    """Each way to change a course, under the same condition."""
    fields = {"number": "101", "title": "T", "credits": "1", "subject": "CS"}
    return [
        await client.put(COURSE, json=fields, headers=headers),
        await client.patch(COURSE, json={"title": "T"}, headers=headers),
        await client.delete(COURSE, headers=headers),
    ]


async def test_a_change_without_a_condition_is_refused(university: University) -> None:
    answers = await changes(university.client, {})

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(428, "precondition_required")] * 3


def tags_in(condition: str, record: Json) -> str:
    """The condition with the record's id in it."""
    return condition.replace("ID", record["id"])


@pytest.mark.parametrize(
    "condition",
    [
        *(
            '"2"',
            '"0"',
            'W/"1"',
            '"1',
            "1",
            '"x"',
            '""',
            "",
            '"-1"',
            '"' + "9" * 30 + '"',
            '"2", "3"',
            '"²"',
            '"1.ffff"',
        ),
        *('"2.ID.ffff"', '"1.ID"', f'"1.{OTHER}.ffff"', f'"2.ID.ffff", "1.{OTHER}.ffff"', 'W/"1.ID.ffff"'),
    ],
)
async def test_a_change_of_another_version_or_record_is_refused(condition: str, university: University) -> None:
    given = tags_in(condition, await university.get("courses/code:CS-101"))
    answers = await changes(university.client, {"If-Match": given.encode()})  # type: ignore[dict-item]  # raw bytes

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(412, "stale_write")] * 3
    assert (await university.get("courses/code:CS-101"))["version"] == 1


@pytest.mark.parametrize("condition", ['"1"', "*", " * ", '"7", "1"', '"1.ID.9"', f'"1.{OTHER}.9", "1.ID.9"'])
async def test_a_change_of_the_present_version_is_made(condition: str, university: University) -> None:
    record = await university.get("courses/code:CS-101")
    headers = {"If-Match": tags_in(condition, record)}
    answer = await university.client.patch(COURSE, json={"title": "T"}, headers=headers)

    assert answer.status_code == 200
    assert answer.json()["version"] == 2


async def test_of_two_changes_of_one_version_the_second_is_refused(university: University) -> None:
    condition = {"If-Match": '"1"'}
    first = await university.client.patch(COURSE, json={"title": "First"}, headers=condition)
    second = await university.client.patch(COURSE, json={"title": "Second"}, headers=condition)

    assert (first.status_code, second.status_code) == (200, 412)
    assert (await university.get("courses/code:CS-101"))["title"] == "First"


async def test_the_tag_of_a_record_that_is_gone_is_not_that_of_the_next_one_under_its_code(
    university: University,
) -> None:
    path = "/v1/rooms/code:B-909"
    fields = {"code": "B-909", "name": "First", "capacity": 9}
    await university.create("rooms", fields)
    old = {"If-Match": (await university.client.get(path)).headers["etag"]}
    await university.client.delete(path, headers=old)
    new = await university.create("rooms", {**fields, "name": "Second"})

    answers = [
        await university.client.put(path, json=fields, headers=old),
        await university.client.patch(path, json={"name": "First"}, headers=old),
        await university.client.delete(path, headers=old),
        await university.client.delete(f"/v1/rooms/{new['id']}", headers=old),
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(412, "stale_write")] * 4
    assert await university.get("rooms/code:B-909") == new


@pytest.mark.parametrize("collection", ["holds", "permissions"])
async def test_what_has_ended_already_ends_once_more_for_whoever_got_no_answer(
    collection: str, university: University
) -> None:
    (resource,) = (resource for resource in RESOURCES if resource.collection == collection)
    path = f"/v1/{collection}/{(await university.create(collection, dict(resource.example)))['id']}"
    tag = {"If-Match": (await university.client.get(path)).headers["etag"]}
    first, ended = await university.client.delete(path, headers=tag), await university.client.get(path)
    again = await university.client.delete(path, headers=tag)

    assert (first.status_code, again.status_code) == (204, 204)
    assert ended.headers["etag"] != tag["If-Match"]
    assert (await university.client.get(path)).json() == ended.json()


@pytest.mark.parametrize("path", [COURSE, f"{SECTION}/roster"])
async def test_a_tag_is_found_on_whichever_line_it_is(path: str, university: University) -> None:
    tag = (await university.client.get(path)).headers["etag"]
    lines = [("If-None-Match", '"other"'), ("If-None-Match", tag)]

    assert (await university.client.get(path, headers=lines)).status_code == 304


async def test_a_change_may_name_its_versions_on_several_lines(university: University) -> None:
    tag = (await university.client.get(COURSE)).headers["etag"]
    lines = [("If-Match", '"7"'), ("If-Match", tag)]

    answer = await university.client.patch(COURSE, json={"title": "T"}, headers=lines)

    assert (answer.status_code, answer.json()["version"]) == (200, 2)


async def test_answers_about_people_are_kept_nowhere(university: University) -> None:
    personal = ["students", "instructors", "holds", "enrollments", "students/code:S-0001"]

    for path in personal:
        assert (await university.client.get(f"/v1/{path}")).headers["cache-control"] == "no-store"
    assert (await university.client.get(COURSE)).headers["cache-control"] == "private, no-cache"
