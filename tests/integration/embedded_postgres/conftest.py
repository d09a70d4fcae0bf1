"""Each test has a data directory of its own, in a folder that every account may pass through."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.embedded_postgres.processes import kill_everything, stops


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="matricula-test-")).resolve()
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def data_dir(folder: Path) -> Iterator[Path]:
    path = folder / "data"
    yield path
    if path.exists() and not stops(path):
        kill_everything(path)
        pytest.fail("the server outlived the test")
