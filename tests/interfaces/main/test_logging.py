"""How lines of the log reach standard error: together at the loop's next turn, or at once; one JSON object each."""

import asyncio
import gc
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import structlog

from interfaces.main.last_resorts import last_resorts_logged
from interfaces.main.logging import configure_logging

_log = structlog.get_logger("test")


@pytest.fixture(autouse=True)
def _quiet_afterwards() -> Iterator[None]:
    yield
    configure_logging("error", "json")


def logged(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The one event that was logged, with its level and its moment."""
    (line,) = capsys.readouterr().err.splitlines()
    event: dict[str, Any] = json.loads(line)
    assert event["level"] in ("info", "warning", "error")
    assert datetime.fromisoformat(event["timestamp"]).tzinfo is not None
    return event


def fail(name: str = "Ada Lovelace") -> None:
    """Fail as code does that meets data which it cannot use."""
    int(name)


def events(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()]


async def test_lines_of_one_turn_of_the_loop_are_written_at_the_next(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("info", "json")
    _log.info("first")
    _log.info("second")

    assert events(capsys) == []
    await asyncio.sleep(0)
    assert events(capsys) == ["first", "second"]


async def test_a_warning_is_written_at_once_after_the_lines_before_it(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("info", "json")
    _log.info("first")
    _log.warning("second")

    assert events(capsys) == ["first", "second"]


def test_without_a_loop_every_line_is_written_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("info", "json")
    _log.info("first")

    assert events(capsys) == ["first"]


def test_a_loop_that_ends_with_a_line_waiting_holds_no_line_of_the_next_one_back(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging("info", "json")

    async def says(event: str) -> None:
        _log.info(event)

    asyncio.run(says("first"))
    asyncio.run(says("second"))
    configure_logging("error", "json")

    assert events(capsys) == ["first", "second"]


def test_an_exception_is_a_part_of_its_line_and_repeats_no_data(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("info", "json")
    with structlog.contextvars.bound_contextvars(request_id="mine-1"):
        try:
            fail()
        except ValueError:
            _log.exception("unhandled_error", path="/v1/terms")

    event = logged(capsys)
    assert (event["event"], event["request_id"], event["path"]) == ("unhandled_error", "mine-1", "/v1/terms")
    assert event["exception"].endswith("\nValueError")
    assert "in fail\n" in event["exception"]
    assert "Ada" not in str(event)


def test_exceptions_of_libraries_are_told_alike_with_the_request_that_met_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging("info", "json")
    with structlog.contextvars.bound_contextvars(request_id="mine-1"):
        try:
            fail()
        except ValueError:
            logging.getLogger("uvicorn.error").exception("Exception in ASGI application\n")

    event = logged(capsys)
    assert (event["event"], event["logger"]) == ("Exception in ASGI application", "uvicorn.error")
    assert event["request_id"] == "mine-1"
    assert event["exception"].endswith("\nValueError")


def test_a_task_that_nobody_waited_for_is_told_without_what_its_exception_says(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging("info", "json")

    async def lose_a_task() -> None:
        async def task() -> None:
            fail()

        asyncio.get_running_loop().create_task(task())
        await asyncio.sleep(0.01)
        gc.collect()

    asyncio.run(lose_a_task())

    event = logged(capsys)
    assert (event["event"], event["logger"]) == ("Task exception was never retrieved", "asyncio")
    assert event["exception"].endswith("\nValueError")
    assert "Ada" not in str(event)


def test_a_warning_is_an_event(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("info", "json")
    with warnings.catch_warnings(), last_resorts_logged():
        warnings.simplefilter("always")
        warnings.warn("careful\nnow", UserWarning, stacklevel=1)

    event = logged(capsys)
    assert (event["level"], event["logger"]) == ("warning", "py.warnings")
    assert "UserWarning: careful\nnow" in event["event"]


def test_a_thread_that_fails_is_an_event(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("info", "json")
    with last_resorts_logged():
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()

    event = logged(capsys)
    assert event["event"] == "thread_ended_by_error"
    assert event["exception"].endswith("\nValueError")


def test_what_fails_while_it_is_thrown_away_is_an_event(capsys: pytest.CaptureFixture[str]) -> None:
    class Failing:
        def __del__(self) -> None:
            fail()

    configure_logging("info", "json")
    with last_resorts_logged():
        Failing()

    event = logged(capsys)
    assert event["event"] == "unraisable_error"
    assert event["exception"].endswith("\nValueError")


def test_python_is_told_to_print_for_itself_again_afterwards() -> None:
    before = (sys.unraisablehook, threading.excepthook)
    with last_resorts_logged():
        assert before != (sys.unraisablehook, threading.excepthook)

    assert before == (sys.unraisablehook, threading.excepthook)
