"""Files that commands write are there whole, or as they were before."""

import os
from pathlib import Path

import pytest

from interfaces.cli.output import STANDARD_OUTPUT, writing


def test_a_file_is_written_with_the_usual_mode(tmp_path: Path) -> None:
    beside = tmp_path / "beside"
    beside.touch()

    with writing(tmp_path / "out.csv") as stream:
        stream.write("a\n")

    assert (tmp_path / "out.csv").read_text() == "a\n"
    assert (tmp_path / "out.csv").stat().st_mode == beside.stat().st_mode


def test_a_failure_leaves_the_file_as_it_was_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("before")

    with pytest.raises(TypeError), writing(path) as stream:
        stream.writelines(["after", None])  # type: ignore[list-item]  # fails in the middle

    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_dash_is_standard_output(capfd: pytest.CaptureFixture[str]) -> None:
    with writing(STANDARD_OUTPUT) as stream:
        stream.write("a\n")

    assert capfd.readouterr().out == "a\n"


def test_a_device_is_written_to_and_stays_a_device(tmp_path: Path) -> None:
    with writing(Path(os.devnull)) as stream:
        stream.write("a\n")

    assert not Path(os.devnull).is_file()


def test_a_link_stays_a_link_to_the_file_that_is_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("before")
    (tmp_path / "link").symlink_to(tmp_path / "file")

    with writing(tmp_path / "link") as stream:
        stream.write("after")

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_text() == "after"


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as missing, writing(tmp_path / "nowhere" / "out.csv"):
        pass

    assert missing.value.filename == str(tmp_path / "nowhere")
