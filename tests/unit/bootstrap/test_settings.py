"""Settings come from MATRICULA_* variables; what cannot be understood is refused without showing a value."""

import pytest

from infrastructure.bootstrap.settings import (
    InvalidSettings,
    LogFormat,
    PersistenceKind,
    Settings,
    environment_name,
)

SECRET = "s3cret-word"


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields:
        monkeypatch.delenv(environment_name(field), raising=False)


def test_without_any_variable_records_live_on_an_embedded_server_reached_from_this_machine() -> None:
    settings = Settings.from_environment()

    assert settings.persistence is PersistenceKind.POSTGRES
    assert settings.database_url is None
    assert settings.host == "127.0.0.1"
    assert not settings.allow_unauthenticated


def test_a_variable_sets_the_field_of_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATRICULA_LOG_FORMAT", "console")
    monkeypatch.setenv("MATRICULA_POOL_SIZE", "3")

    settings = Settings.from_environment()

    assert (settings.log_format, settings.pool_size) == (LogFormat.CONSOLE, 3)


def test_an_override_beats_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATRICULA_PORT", "9000")

    assert Settings.from_environment(port=9001).port == 9001


def test_a_pooler_of_another_mode_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATRICULA_DATABASE_POOLER", "session")

    with pytest.raises(InvalidSettings, match=r"^MATRICULA_DATABASE_POOLER: .*'none' or 'transaction'"):
        Settings.from_environment()


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATRICULA_DATABASE_URL", "")

    assert Settings.from_environment().database_url is None


def test_an_unknown_name_is_refused_with_the_nearest_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATRICULA_DATABSE_URL", SECRET)

    with pytest.raises(InvalidSettings) as refusal:
        Settings.from_environment()

    assert str(refusal.value) == ("MATRICULA_DATABSE_URL is not a setting; the nearest one is MATRICULA_DATABASE_URL")


def test_names_of_the_test_suite_are_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATRICULA_TEST_ANYTHING", "1")

    Settings.from_environment()


def test_a_bad_value_is_named_by_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATRICULA_POOL_SIZE", "many")

    with pytest.raises(InvalidSettings, match=r"^MATRICULA_POOL_SIZE: .*integer"):
        Settings.from_environment()


@pytest.mark.parametrize(
    "given",
    [
        f"postgres://role:{SECRET}@db/matricula",
        f"postgresql://role:{SECRET}@db/matricula",
        f"postgresql+asyncpg://role:{SECRET}@db/matricula",
    ],
)
def test_a_database_url_is_given_to_the_driver_that_we_use(given: str) -> None:
    settings = Settings.from_environment(database_url=given)

    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == f"postgresql+asyncpg://role:{SECRET}@db/matricula"


def test_a_socket_url_keeps_its_folder() -> None:
    url = "postgresql+asyncpg://matricula_app@/matricula?host=/var/lib/matricula/run&port=5432"

    settings = Settings.from_environment(database_url=url)

    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == url


def test_the_ssl_mode_of_other_tools_is_understood() -> None:
    settings = Settings.from_environment(database_url="postgresql://role@db/matricula?sslmode=require")

    assert settings.database_url is not None
    assert settings.database_url.get_secret_value().endswith("/matricula?ssl=require")


@pytest.mark.parametrize(
    "given",
    [
        f"mysql://role:{SECRET}@db/matricula",
        f"postgresql://role:{SECRET}@db",
        f"postgresql://role:{SECRET}@db:x/m",
    ],
)
def test_a_refused_database_url_is_never_repeated(given: str) -> None:
    with pytest.raises(InvalidSettings, match=r"^MATRICULA_DATABASE_URL: ") as refusal:
        Settings.from_environment(database_url=given)

    assert SECRET not in str(refusal.value)


def test_printing_the_settings_shows_no_password() -> None:
    settings = Settings.from_environment(database_url=f"postgresql://role:{SECRET}@db/matricula")

    assert SECRET not in repr(settings)


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
