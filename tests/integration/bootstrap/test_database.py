"""Where the database comes from: ours is made and migrated without asking, another's is left alone."""

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from application.shared.errors import Conflict, Unavailable
from infrastructure.bootstrap.database import Database, holding_database, open_database
from infrastructure.bootstrap.embedded import new_embedded_database
from infrastructure.bootstrap.settings import InvalidSettings, Settings
from infrastructure.persistence.postgres.embedded.server import EmbeddedPostgres


@pytest.fixture(scope="module")
def settings() -> Iterator[Settings]:
    """Settings with a data folder of its own, whose server runs as long as the module's tests."""
    with tempfile.TemporaryDirectory(prefix="matricula-test-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        given = Settings.from_environment(
            persistence="postgres", database_url=None, database_owner_url=None, data_dir=f"{folder}/data"
        )
        with open_database(given, migrate=False):
            yield given
        EmbeddedPostgres(Path(folder) / "data").wait_until_stopped()


def named(settings: Settings, name: str) -> Settings:
    return settings.model_copy(update={"database_name": name})


def test_the_embedded_database_is_made_and_migrated(settings: Settings) -> None:
    with open_database(named(settings, "made")) as database:
        assert database.settings.database_url is not None
        assert database.current() == database.newest()


def test_what_is_stored_in_the_embedded_database_stays(settings: Settings) -> None:
    with open_database(named(settings, "kept")) as database:
        database.downgrade("base")
    with open_database(named(settings, "kept"), migrate=False) as database:
        assert database.current() is None


def test_a_database_made_anew_is_empty(settings: Settings) -> None:
    with open_database(named(settings, "anew")):
        pass
    assert settings.data_dir is not None

    with (
        new_embedded_database(settings.data_dir, "anew"),
        pytest.raises(Conflict, match="another program is using the database anew"),
        new_embedded_database(settings.data_dir, "anew"),
    ):
        pass

    with open_database(named(settings, "anew"), migrate=False) as database:
        assert database.current() is None


def test_processes_that_start_together_migrate_once(settings: Settings) -> None:
    with ThreadPoolExecutor(4) as threads:
        opened = list(threads.map(open_database, [named(settings, "raced")] * 4))

    revisions = {database.current() for database in opened}
    for database in opened:
        database.close()
    assert revisions == {opened[0].newest()}


def test_a_database_that_is_held_is_shared_until_the_block_ends(settings: Settings) -> None:
    wanted = named(settings, "held")

    with holding_database(wanted) as held:
        with open_database(wanted) as shared:
            assert (shared.settings, shared.lease) == (held.settings, None)
        assert held.current() == held.newest()
    with open_database(wanted) as own:
        assert own.lease is not None


def test_another_database_than_the_one_that_is_held_is_opened(settings: Settings) -> None:
    with holding_database(named(settings, "held")), open_database(named(settings, "other")) as other:
        assert other.lease is not None


def test_an_unknown_revision_is_refused(settings: Settings) -> None:
    with open_database(named(settings, "made")) as database, pytest.raises(Conflict, match="nonsense"):
        database.upgrade("nonsense")


def test_a_database_that_the_settings_name_is_left_as_it_is(settings: Settings) -> None:
    with open_database(named(settings, "theirs"), migrate=False) as found:
        theirs = open_database(found.settings)

        assert theirs.lease is None
        assert theirs.current() is None


def test_a_database_that_the_settings_name_is_told_by_the_variable_that_is_used() -> None:
    given = Settings.from_environment(
        persistence="postgres", database_url="postgresql://app@/m", database_owner_url="postgresql://owner@/m"
    )

    assert open_database(given).origin == "the database of MATRICULA_DATABASE_URL"
    assert open_database(given, migrate=False).origin == "the database of MATRICULA_DATABASE_OWNER_URL"


def test_a_data_folder_that_cannot_be_used_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    given = Settings.from_environment(
        persistence="postgres", database_url=None, database_owner_url=None, data_dir=tmp_path / "file" / "data"
    )

    with pytest.raises(Unavailable, match="data directory"):
        open_database(given)


def test_records_in_memory_have_no_database() -> None:
    database = open_database(Settings.from_environment(persistence="memory"))

    assert isinstance(database, Database)
    with pytest.raises(InvalidSettings, match="MATRICULA_PERSISTENCE is memory"):
        database.current()
