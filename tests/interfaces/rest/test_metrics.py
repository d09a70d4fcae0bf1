"""`GET /metrics` shows Prometheus what the server did and how things stand, under labels of closed sets."""

from collections.abc import AsyncIterator

import httpx
import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from domain.registration.codes import RejectionCode
from infrastructure.bootstrap.container import Container
from infrastructure.bootstrap.settings import Settings
from interfaces.main.asgi import app_for
from tests.interfaces.rest.conftest import SettableClock
from tests.interfaces.rest.university import University, add

REQUESTS = "matricula_http_request_duration_seconds_count"


@pytest.fixture
async def measured(clock: SettableClock) -> AsyncIterator[University]:
    """The examples' university on an application of its own, which has measured nothing else."""
    app = app_for(Container(settings=Settings.from_environment(persistence="memory"), clock=clock))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://matricula.test") as client,
    ):
        university = University(client)
        await university.build()
        yield university


async def metrics(client: httpx.AsyncClient) -> dict[str, Metric]:
    answer = await client.get("/metrics")
    assert answer.status_code == 200, answer.text
    return {metric.name: metric for metric in text_string_to_metric_families(answer.text)}


async def counted(client: httpx.AsyncClient, name: str) -> dict[tuple[str, ...], float]:
    """The samples of that name, by the values of their labels in the order of the labels' names, without zeros."""
    samples = (sample for metric in (await metrics(client)).values() for sample in metric.samples)
    return {
        tuple(value for _, value in sorted(sample.labels.items())): sample.value
        for sample in samples
        if sample.name == name and sample.value
    }


async def test_it_is_prometheus_text_that_nobody_keeps(client: httpx.AsyncClient) -> None:
    answer = await client.get("/metrics")

    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert (await client.head("/metrics")).status_code == 200
    assert (await client.post("/metrics")).status_code == 405


@pytest.mark.parametrize("header", ["Forwarded", "Via", "X-Forwarded-For", "X-Real-IP"])
@pytest.mark.parametrize("path", ["/metrics", "/%6Detrics", "/metrics%0A"])
async def test_there_are_no_figures_for_those_who_come_through_a_proxy(
    path: str, header: str, client: httpx.AsyncClient
) -> None:
    answer = await client.get(path, headers={header: "192.0.2.7"})

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (await client.get(path)).status_code == 200


async def test_it_is_no_part_of_the_documented_contract(client: httpx.AsyncClient) -> None:
    assert "/metrics" not in (await client.get("/openapi.json")).json()["paths"]


async def test_a_registration_is_counted_by_outcome_and_by_the_codes_of_its_refusals(measured: University) -> None:
    await measured.register("code:S-0001", add("code:CS-101", "CS-101-A"), add("code:MA-9"))
    await measured.register("code:S-0001", add("code:CS-101"))

    assert await counted(measured.client, "matricula_decisions_total") == {("enrolled",): 1, ("rejected",): 2}
    assert await counted(measured.client, "matricula_rejections_total") == {
        ("already_enrolled",): 1,
        ("unknown_offering",): 1,
    }
    (batches,) = (await counted(measured.client, "matricula_desk_batch_commands_count")).values()
    assert await counted(measured.client, "matricula_desk_batch_commands_sum") == {(): batches}
    assert await counted(measured.client, "matricula_desk_batch_duration_seconds_count") == {(): batches}
    assert batches == 2


async def test_codes_that_have_not_happened_yet_are_shown_as_none(client: httpx.AsyncClient) -> None:
    shown = (await metrics(client))["matricula_rejections"].samples

    assert {sample.labels["code"] for sample in shown} == {code.value for code in RejectionCode}


async def test_requests_are_told_apart_by_the_template_of_their_route(measured: University) -> None:
    client = measured.client
    before = await counted(client, REQUESTS)
    for path in ("/v1/sections/code:2026-1:CS-101-A", "/v1/sections/code:2026-1:nothing", "/readyz"):
        await client.get(path)
        await client.head(path)
    await client.put("/v1/registration-requests")
    after = await counted(client, REQUESTS)

    after[("GET", "/metrics", "200")] -= 1
    new = {labels: count - before.get(labels, 0) for labels, count in after.items()}
    assert {labels: count for labels, count in new.items() if count} == {
        ("GET", "/v1/sections/{ref}", "200"): 1,
        ("HEAD", "/v1/sections/{ref}", "200"): 1,
        ("GET", "/v1/sections/{ref}", "404"): 1,
        ("HEAD", "/v1/sections/{ref}", "404"): 1,
        ("GET", "/readyz", "200"): 1,
        ("HEAD", "/readyz", "200"): 1,
        ("PUT", "/v1/registration-requests", "405"): 1,
    }


async def test_paths_that_lead_nowhere_share_a_label(measured: University) -> None:
    for path in ("/nothing", "/v1/nothing/S-0001", "/v2", "/docs/assets/../../etc/passwd"):
        await measured.client.get(path)

    counts = await counted(measured.client, REQUESTS)
    assert counts["GET", "unmatched", "404"] == 4
    assert {route for _, route, _ in counts if "S-0001" in route or "nothing" in route} == set()


async def test_it_tells_the_release_and_what_the_process_takes(client: httpx.AsyncClient) -> None:
    shown = await metrics(client)

    (build,) = shown["matricula_build_info"].samples
    assert build.labels["python"].startswith("3.")
    assert build.labels["version"]
    assert shown["process_cpu_seconds"].samples[0].value > 0
    assert shown["process_resident_memory_bytes"].samples[0].value > 1024 * 1024


async def test_nobody_waits_at_an_idle_desk_and_memory_has_no_pool(client: httpx.AsyncClient) -> None:
    shown = await metrics(client)

    assert [sample.value for sample in shown["matricula_desk_queue_depth"].samples] == [0]
    assert shown["matricula_database_pool_size"].samples == []
