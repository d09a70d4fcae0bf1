"""What is recorded of batches and requests, read back from the registry as Prometheus would see it."""

import pytest
from prometheus_client import CollectorRegistry

from application.registration.ports import AnswerKey, KeptAnswer
from application.registration.submission import Settled
from domain.registration.codes import RejectionCode
from domain.registration.commands import Drop
from domain.registration.outcomes import Decided, Decision, Noted, Outcome, RequestDecided
from domain.shared.identifiers import EnrollmentId
from domain.shared.verdict import Rejection
from infrastructure.metrics.recording import DeskRecording, RequestRecording
from tests.support.domain_builders import identifier

DROP = Drop(EnrollmentId(identifier("enrollment", "E-1")))


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


def settled(decided: Decided) -> Settled:
    return Settled(decided, "null")


def decision(outcome: Outcome, *codes: RejectionCode) -> Decision:
    return Decision(1, DROP, outcome, rejections=tuple(Rejection(code, {}) for code in codes))


def series(registry: CollectorRegistry, name: str) -> list[dict[str, str]]:
    """The labels of every series of that name."""
    return [sample.labels for metric in registry.collect() for sample in metric.samples if sample.name == name]


def test_a_batch_is_counted_by_its_size_and_timed(registry: CollectorRegistry) -> None:
    desk = DeskRecording(registry)

    desk.decided([settled(Noted(1))], 0.004)
    desk.decided([settled(RequestDecided(()))] * 3, 0.03)

    sizes, seconds = "matricula_desk_batch_commands", "matricula_desk_batch_duration_seconds"
    assert [registry.get_sample_value(f"{sizes}_{part}") for part in ("count", "sum")] == [2, 4]
    assert [registry.get_sample_value(f"{sizes}_bucket", {"le": le}) for le in ("1.0", "2.0", "4.0")] == [1, 1, 2]
    assert registry.get_sample_value(f"{seconds}_sum") == pytest.approx(0.034)
    assert [registry.get_sample_value(f"{seconds}_bucket", {"le": le}) for le in ("0.0025", "0.005", "0.05")] == [
        0,
        1,
        2,
    ]


def test_decisions_are_counted_by_outcome_and_every_reason_by_its_code(registry: CollectorRegistry) -> None:
    desk = DeskRecording(registry)
    kept = KeptAnswer(AnswerKey("somebody", "again"), "digest", "{}")

    desk.decided(
        [
            settled(RequestDecided((decision(Outcome.ENROLLED), decision(Outcome.ENROLLED)))),
            settled(
                RequestDecided((decision(Outcome.REJECTED, RejectionCode.SEATS_FULL, RejectionCode.TIME_CONFLICT),))
            ),
            settled(RequestDecided((decision(Outcome.REJECTED, RejectionCode.SEATS_FULL),))),
            settled(Noted(9)),
            kept,
            ValueError("one that failed"),
        ],
        0.01,
    )

    decided = {o: registry.get_sample_value("matricula_decisions_total", {"outcome": o}) for o in Outcome}
    assert {outcome: count for outcome, count in decided.items() if count} == {"enrolled": 2, "rejected": 2}
    rejected = {c: registry.get_sample_value("matricula_rejections_total", {"code": c}) for c in RejectionCode}
    assert {code: count for code, count in rejected.items() if count} == {"seats_full": 2, "time_conflict": 1}


def test_every_outcome_and_every_code_is_there_before_it_happens(registry: CollectorRegistry) -> None:
    DeskRecording(registry)

    assert series(registry, "matricula_decisions_total") == [{"outcome": outcome} for outcome in Outcome]
    assert series(registry, "matricula_rejections_total") == [{"code": code} for code in RejectionCode]


def test_requests_are_timed_by_method_route_and_status(registry: CollectorRegistry) -> None:
    measure = RequestRecording(registry)

    measure("GET", "/v1/terms/{term}", 200, 0.004)
    measure("GET", "/v1/terms/{term}", 200, 0.2)
    measure("GET", "/v1/terms/{term}", 404, 0.001)

    name = "matricula_http_request_duration_seconds"
    found = {"method": "GET", "route": "/v1/terms/{term}", "status": "200"}
    assert registry.get_sample_value(f"{name}_count", found) == 2
    assert registry.get_sample_value(f"{name}_sum", found) == pytest.approx(0.204)
    assert registry.get_sample_value(f"{name}_bucket", {**found, "le": "0.005"}) == 1
    assert registry.get_sample_value(f"{name}_count", {**found, "status": "404"}) == 1


def test_methods_that_clients_make_up_share_a_series(registry: CollectorRegistry) -> None:
    measure = RequestRecording(registry)

    for number in range(5):
        measure(f"M{number}", "/v1/terms", 405, 0.001)

    shared = {"method": "other", "route": "/v1/terms", "status": "405"}
    assert series(registry, "matricula_http_request_duration_seconds_count") == [shared]
    assert registry.get_sample_value("matricula_http_request_duration_seconds_count", shared) == 5
