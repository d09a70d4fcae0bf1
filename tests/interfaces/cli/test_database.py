"""`matricula db …` tells the state of the schema, with the exit code of its verdict."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from interfaces.main import cli
from interfaces.main.session import RootSession
from tests.interfaces.cli.conftest import Matricula


@dataclass
class FakeDatabase:
    """A schema with two revisions, of which `revision` is the present one."""

    revision: str | None = "0002"
    odd: list[str] = field(default_factory=list)
    origin: str = "a fake"

    def upgrade(self, revision: str) -> None:
        self.revision = "0002" if revision == "head" else revision

    def downgrade(self, revision: str) -> None:
        self.revision = None if revision == "base" else revision

    def current(self) -> str | None:
        return self.revision

    def newest(self) -> str:
        return "0002"

    def differences(self) -> list[str]:
        return self.odd


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> FakeDatabase:
    fake = FakeDatabase()

    class Session(RootSession):
        @contextmanager
        def administration(self) -> Iterator[FakeDatabase]:  # type: ignore[override]  # a fake of what is opened
            yield fake

        def data_model(self) -> str:
            return "# Data model\n"

    monkeypatch.setattr(cli, "RootSession", Session)
    return fake


def test_upgrading_goes_to_the_newest_revision(matricula: Matricula, database: FakeDatabase) -> None:
    database.revision = None

    outcome = matricula("db", "upgrade")

    assert (outcome.code, outcome.errors) == (0, "a fake: empty -> 0002\n")


def test_downgrading_goes_where_it_is_told(matricula: Matricula, database: FakeDatabase) -> None:
    assert matricula("db", "downgrade", "0001").code == 0
    assert database.revision == "0001"


def test_the_current_revision_is_shown(matricula: Matricula, database: FakeDatabase) -> None:
    outcome = matricula("db", "current", "--json")

    assert (outcome.code, outcome.output) == (0, '{"current": "0002", "newest": "0002"}\n')


def test_an_old_revision_ends_with_1_and_says_what_to_run(matricula: Matricula, database: FakeDatabase) -> None:
    database.revision = "0001"

    outcome = matricula("db", "current")

    assert (outcome.code, outcome.errors) == (1, "run matricula db upgrade\n")


def test_a_schema_as_expected_passes_the_check(matricula: Matricula, database: FakeDatabase) -> None:
    assert matricula("db", "check").code == 0


def test_a_different_schema_fails_the_check_and_says_where(matricula: Matricula, database: FakeDatabase) -> None:
    database.odd.append("add_table courses")

    outcome = matricula("db", "check")

    assert (outcome.code, outcome.output) == (1, "add_table courses\n")


def test_an_old_schema_fails_the_check(matricula: Matricula, database: FakeDatabase) -> None:
    database.revision = None

    outcome = matricula("db", "check")

    assert outcome.code == 1
    assert "run matricula db upgrade" in outcome.output


def test_the_data_model_is_written_to_a_file(matricula: Matricula, database: FakeDatabase, tmp_path: Path) -> None:
    path = tmp_path / "data-model.md"

    assert matricula("db", "erd", "-o", str(path)).code == 0
    assert path.read_text() == "# Data model\n"


def test_a_current_data_model_passes_and_an_old_one_fails(
    matricula: Matricula, database: FakeDatabase, tmp_path: Path
) -> None:
    path = tmp_path / "data-model.md"
    path.write_text("# Data model\n")
    current = matricula("db", "erd", "--check", str(path))
    path.write_text("# Another model\n")
    old = matricula("db", "erd", "--check", str(path))

    assert (current.code, old.code) == (0, 1)
    assert "-# Another model\n+# Data model" in old.output
