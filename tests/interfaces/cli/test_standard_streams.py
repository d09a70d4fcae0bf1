"""Standard streams that are closed, full, or read by nobody: said in a line, and never taken for a verdict."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="the platform has no /dev/full")


def run(arguments: str, output: int = subprocess.PIPE) -> "subprocess.CompletedProcess[str]":
    """Run a command whose arguments, and redirections, a shell reads."""
    return subprocess.run(
        ["sh", "-c", f"exec '{sys.executable}' -m interfaces.main.cli {arguments}"],
        stdout=output,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"MATRICULA_PERSISTENCE": "memory"},
        check=False,
    )


@pytest.mark.parametrize("command", ["keys new", "docs events", "--help"])
def test_output_that_nobody_reads_ends_the_command_quietly_and_not_as_a_negative_verdict(command: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)

    done = run(command, output=writer)
    os.close(writer)

    assert (done.returncode, done.stderr) == (141, "")


@FULL
@pytest.mark.parametrize("command", ["keys new", "docs events", "--help"])
def test_output_for_which_there_is_no_space_is_a_refusal(command: str) -> None:
    done = run(f"{command} >/dev/full")

    assert done.returncode == 3
    assert done.stderr == "matricula: the output cannot be written: No space left on device\n"


@pytest.mark.parametrize(
    ("command", "closed"),
    [
        ("db restore - <&-", "input"),
        ("db backup - >&-", "output"),
        ("docs events >&-", "output"),
    ],
)
def test_a_stream_that_is_closed_is_wrong_usage(command: str, closed: str) -> None:
    done = run(command)

    assert done.returncode == 2
    assert f"standard {closed} is closed" in done.stderr


@pytest.mark.parametrize("errors", ["&-", pytest.param("/dev/full", marks=FULL)])
def test_a_refusal_that_nobody_hears_is_not_a_negative_verdict(errors: str) -> None:
    done = run(f"verify --term X 2>{errors}")

    assert done.returncode not in (0, 1)
