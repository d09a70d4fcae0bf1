"""How lines of the log reach standard error: together at the loop's next turn, or at once."""

import asyncio
import json

import pytest
import structlog

from interfaces.main.logging import configure_logging

_log = structlog.get_logger("test")


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
