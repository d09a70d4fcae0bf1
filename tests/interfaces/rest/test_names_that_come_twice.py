"""An object of JSON that has a name twice is read the same by every reader."""

from tests.interfaces.rest.university import University


async def test_a_name_that_comes_twice_counts_last_in_every_operation(university: University) -> None:
    """No reader of a request sees another one than the next reader does."""
    twice = b'{"code":"FIRST","name":"First","code":"LAST","name":"Last"}'
    headers = {"Content-Type": "application/json", "If-Match": "*"}
    created = await university.client.post("/v1/departments", content=twice, headers=headers)
    patched = await university.client.patch(
        "/v1/departments/code:LAST", content=b'{"name":"Again","name":"At last"}', headers=headers
    )

    assert (created.status_code, created.json()["code"], created.json()["name"]) == (201, "LAST", "Last")
    assert (patched.status_code, patched.json()["name"]) == (200, "At last")
    asked = b'{"student":"code:NOBODY","student":"code:S-0001","term":"code:2026-1","actions":[],"actions":[%b]}'
    action = b'{"action":"drop","action":"add","offering":"code:CS-101"}'
    answer = await university.client.post("/v1/registration-requests", content=asked % action, headers=headers)
    assert (answer.status_code, answer.json()["decisions"][0]["outcome"]) == (200, "enrolled")
