"""A replay against a server that enrols, refuses and fails on purpose."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import count, pairwise
from typing import Any

import pytest
from aiohttp import web

from interfaces.registration_day.demand import Demand
from interfaces.registration_day.replay import replay
from interfaces.registration_day.report import Progress, Report
from tests.interfaces.registration_day.fake_server import ENROLLED, Answer, FakeServer, rejected

DEMANDS = tuple(
    Demand(f"S{number}", tuple(f"C{number}-{course}" for course in range(number % 3 + 1))) for number in range(20)
)
WANTED = [(demand.student_code, [course]) for demand in DEMANDS for course in demand.course_codes]


def enroll_all(_student: str, courses: list[str]) -> Answer:
    return [ENROLLED for _ in courses]


async def run(server: FakeServer, demands: Sequence[Demand] = DEMANDS, **changes: Any) -> Report:
    options: dict[str, Any] = {
        "term": "2026-2",
        "institution": "main",
        "concurrency": 4,
        "order": "random",
        "seed": 1,
        "carts": False,
        "on_progress": lambda _progress: None,
        "url": server.url,
    }
    return await replay(demands, **{**options, **changes})


async def replayed(decide: Callable[[str, list[str]], Answer], **changes: Any) -> tuple[Report, FakeServer]:
    seconds = changes.pop("seconds", 0.0)
    async with FakeServer(decide, seconds).running() as server:
        return await run(server, **changes), server


async def test_every_student_asks_for_each_course_in_a_request_of_its_own() -> None:
    report, server = await replayed(enroll_all)

    assert sorted(server.asked) == sorted(WANTED)
    assert (report.requests, report.enrolled, report.refused, report.errors) == (len(WANTED), len(WANTED), 0, 0)
    assert server.documents[0] == {
        "student": f"code:{server.asked[0][0]}",
        "term": "code:2026-2",
        "actions": [{"action": "add", "offering": f"code:{server.asked[0][1][0]}"}],
    }
    assert server.headers[0]["X-Matricula-Institution"] == "main"
    assert server.headers[0]["Content-Type"] == "application/json"


async def test_a_cart_asks_for_all_courses_of_a_student_at_once_and_counts_each() -> None:
    report, server = await replayed(enroll_all, carts=True)

    assert sorted(server.asked) == sorted((d.student_code, list(d.course_codes)) for d in DEMANDS)
    assert (report.requests, report.enrolled) == (len(WANTED), len(WANTED))


async def test_a_cart_that_no_request_can_hold_is_split() -> None:
    demand = Demand("S1", tuple(f"C{number}" for number in range(120)))
    report, server = await replayed(enroll_all, carts=True, demands=(demand,))

    assert [len(courses) for _, courses in server.asked] == [50, 50, 20]
    assert report.enrolled == 120


async def test_listed_students_come_as_listed() -> None:
    _, server = await replayed(enroll_all, order="listed", concurrency=1)

    assert server.asked == WANTED


async def test_random_students_come_in_the_order_of_the_seed_each_with_courses_as_listed() -> None:
    _, first = await replayed(enroll_all, concurrency=1, seed=7)
    _, again = await replayed(enroll_all, concurrency=1, seed=7)
    _, other = await replayed(enroll_all, concurrency=1, seed=8)

    assert first.asked == again.asked
    assert first.asked != other.asked != WANTED
    for demand in DEMANDS:
        assert [c for s, [c] in first.asked if s == demand.student_code] == list(demand.course_codes)


async def test_students_register_at_the_same_time_each_on_one_connection_and_never_twice_at_once() -> None:
    _, server = await replayed(enroll_all, concurrency=4, seconds=0.01)

    assert max(len(present) for present in server.at_once) == 4
    assert len(server.connections) == 4


async def test_a_refusal_counts_once_for_each_code_it_carries() -> None:
    def decide(student: str, courses: list[str]) -> Answer:
        if student == "S0":
            return [rejected("hold", "hold", "time_conflict")]
        return [rejected("no_open_combination") if course.endswith("-1") else ENROLLED for course in courses]

    report, _ = await replayed(decide, carts=True)
    second_courses = sum(len(demand.course_codes) > 1 for demand in DEMANDS)

    assert report.refused_by_code == {"no_open_combination": second_courses, "hold": 1, "time_conflict": 1}
    assert report.refused == second_courses + 1
    assert report.enrolled == len(WANTED) - report.refused
    assert report.errors == 0


@pytest.mark.parametrize(
    ("answer", "described"),
    [
        (web.Response(status=500, text="broken"), "status 500: broken"),
        (web.Response(status=404, text="unknown student"), "status 404: unknown student"),
        (web.Response(status=503, text="busy"), "status 503: busy"),
        (web.Response(status=503, headers={"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}), "status 503"),
        (web.Response(text="not JSON"), "no decisions in the answer: not JSON"),
        (web.Response(text="[]"), "no decisions in the answer"),
        (web.Response(text='{"decisions": 3}'), "no decisions in the answer"),
        (web.Response(text='{"decisions": [3]}'), "no decisions in the answer"),
        (web.Response(text='{"decisions": [{"outcome": "waitlisted", "rejections": []}]}'), "no decisions"),
        (web.Response(text='{"decisions": [{"outcome": "rejected", "rejections": ["full"]}]}'), "no decisions"),
        ([], "0 decisions on 1 courses"),
        ([ENROLLED, ENROLLED], "2 decisions on 1 courses"),
    ],
)
async def test_an_answer_that_is_no_decision_is_an_error(answer: Answer, described: str) -> None:
    report, _ = await replayed(lambda _student, _courses: answer, demands=(Demand("S1", ("C1",)),))

    assert (report.requests, report.errors) == (0, 1)
    assert described in next(iter(report.first_errors))


async def test_only_the_first_kinds_of_errors_are_kept_and_all_are_counted() -> None:
    report, _ = await replayed(lambda student, _courses: web.Response(status=500, text=student), carts=True)

    assert report.errors == len(WANTED)
    assert len(report.first_errors) == 5


async def test_errors_that_say_the_same_are_one_with_a_count() -> None:
    ids = count()

    def decide(_student: str, _courses: list[str]) -> Answer:
        problem = {"code": "access_denied", "detail": "Not you.", "request_id": f"{next(ids)}"}
        return web.json_response(problem, status=403)

    report, _ = await replayed(decide, carts=True)

    assert report.first_errors == {"status 403: Not you.": len(WANTED)}


async def test_a_server_that_is_away_gives_errors() -> None:
    async with FakeServer(enroll_all).running() as server:
        pass
    report = await run(server)

    assert (report.requests, report.errors, report.p99_ms) == (0, len(WANTED), 0.0)
    assert report.first_errors == {f"no server answers at {server.url.removeprefix('http://')}": len(WANTED)}


async def test_a_student_whose_connection_broke_goes_on_with_the_next_course() -> None:
    def decide(_student: str, courses: list[str]) -> Answer:
        if courses == ["C1-0"]:
            raise asyncio.CancelledError  # closes the connection without an answer
        return [ENROLLED]

    report, _ = await replayed(decide, demands=(DEMANDS[1],))

    assert (report.enrolled, report.errors) == (1, 1)
    assert report.first_errors == {"the connection broke before the answer came": 1}


async def test_a_busy_server_is_asked_again_when_it_said() -> None:
    refusals = Counter[str]()

    def decide(student: str, _courses: list[str]) -> Answer:
        refusals[student] += 1
        return web.Response(status=503, headers={"Retry-After": "0"}) if refusals[student] <= 2 else [ENROLLED]

    report, server = await replayed(decide, demands=(Demand("S1", ("C1",)), Demand("S2", ("C1",))))

    assert (report.enrolled, report.errors, len(server.asked)) == (2, 0, 6)


async def test_the_wait_that_a_busy_server_asks_for_is_kept_and_counts_as_latency() -> None:
    answers: Iterator[Answer] = iter([web.Response(status=503, headers={"Retry-After": "1"}), [ENROLLED]])
    started = time.perf_counter()
    report, _ = await replayed(lambda _student, _courses: next(answers), demands=(Demand("S1", ("C1",)),))

    assert time.perf_counter() - started >= 1
    assert 1000 <= report.p50_ms <= report.max_ms < 3000


async def test_a_server_that_stays_busy_is_given_up() -> None:
    report, server = await replayed(
        lambda _student, _courses: web.Response(status=503, headers={"Retry-After": "0"}),
        demands=(Demand("S1", ("C1",)),),
    )

    assert (report.errors, len(server.asked)) == (1, 6)


async def test_progress_is_told_at_most_ten_times_a_second_and_at_the_end() -> None:
    told: list[tuple[float, Progress]] = []
    report, _ = await replayed(
        lambda _student, courses: [rejected("seats_full") if courses[0].endswith("-2") else ENROLLED],
        seconds=0.05,
        on_progress=lambda progress: told.append((time.perf_counter(), progress)),
    )
    moments = [moment for moment, _ in told[:-1]]
    last = told[-1][1]

    assert len(told) > 2
    assert all(later - earlier > 0.09 for earlier, later in pairwise(moments))
    assert [p.done for _, p in told] == sorted(p.done for _, p in told)
    assert (last.done, last.total, last.errors) == (len(WANTED), len(WANTED), 0)
    assert (last.enrolled, last.refused_by_code) == (report.enrolled, report.refused_by_code)
    assert last.requests_per_second > 0


async def test_latency_spans_the_whole_request() -> None:
    report, _ = await replayed(enroll_all, seconds=0.03, demands=DEMANDS[:4])

    assert 30 <= report.p50_ms <= report.p95_ms <= report.p99_ms <= report.max_ms < 1000
    assert report.requests_per_second == pytest.approx(report.requests / report.seconds, rel=0.05)


@pytest.mark.parametrize("demands", [(), (Demand("S1", ()),)])
async def test_nobody_who_wants_anything_is_an_empty_day(demands: tuple[Demand, ...]) -> None:
    report, server = await replayed(enroll_all, demands=demands)

    assert server.asked == []
    assert (report.requests, report.max_ms, report.requests_per_second) == (0, 0.0, 0.0)


async def test_a_lost_answer_is_asked_for_again_with_the_same_key() -> None:
    broken: Counter[str] = Counter()

    def lose_the_second(student: str, courses: list[str]) -> Answer:
        broken[student] += 1
        if student == "S1" and broken[student] == 1:
            raise asyncio.CancelledError  # closes the connection without an answer
        return [ENROLLED for _ in courses]

    demands = (Demand("S0", ("C1",)), Demand("S1", ("C1",)))
    report, server = await replayed(lose_the_second, demands=demands, order="listed", concurrency=1)

    keys = [headers["Idempotency-Key"] for headers in server.headers]
    assert (report.enrolled, report.errors) == (2, 0)
    assert [student for student, _ in server.asked] == ["S0", "S1", "S1"]
    assert keys[0] != keys[1] == keys[2]
