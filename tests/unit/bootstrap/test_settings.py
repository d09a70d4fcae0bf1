"""Settings come from MATRICULA_* variables; what cannot be understood is refused without showing a value."""

from pathlib import Path

import pytest

from infrastructure.bootstrap.settings import (
    AuthenticationKind,
    InvalidSettings,
    LogFormat,
    PersistenceKind,
    Settings,
    environment_names,
    secret_fields,
)

SECRET = "s3cret-word"


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in environment_names():
        monkeypatch.delenv(name, raising=False)


def test_without_any_variable_records_live_on_an_embedded_server_reached_from_this_machine() -> None:
    settings = Settings.from_environment()

    assert settings.persistence is PersistenceKind.POSTGRES
    assert settings.database_url is None
    assert settings.host == "127.0.0.1"
    assert settings.authentication is AuthenticationKind.ACCOUNTS


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

    with pytest.raises(InvalidSettings, match=r"^MATRICULA_POOL_SIZE: must be a whole number"):
        Settings.from_environment()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORT", "abc", "must be a whole number, and not too large"),
        ("PORT", "80000", "must be 65535 or less"),
        ("DATABASE_NAME", "My-DB", "must be up to 63 small letters, digits and _, and begin with no digit"),
        ("PERSISTENCE", "disk", "must be 'postgres' or 'memory'"),
        ("OIDC_ISSUER", "http://sso.uni.edu", "must begin with https://, or with http:// on the loopback"),
    ],
)
def test_what_is_wrong_with_a_value_is_said_plainly_and_without_it(
    name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"MATRICULA_{name}", value)

    with pytest.raises(InvalidSettings) as refusal:
        Settings.from_environment()

    assert str(refusal.value) == f"MATRICULA_{name}: {said}"


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


URL = f"postgresql+asyncpg://role:{SECRET}@db/matricula"


@pytest.fixture
def secret_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that holds the database's URL, which is empty yet."""
    file = tmp_path / "database_url"
    file.touch()
    monkeypatch.setenv("MATRICULA_DATABASE_URL_FILE", str(file))
    return file


def test_secrets_and_nothing_else_may_be_files() -> None:
    assert secret_fields() == ["database_url", "database_owner_url", "signing_keys"]
    assert [name for name in environment_names() if name.endswith("_FILE")] == [
        "MATRICULA_DATABASE_URL_FILE",
        "MATRICULA_DATABASE_OWNER_URL_FILE",
        "MATRICULA_SIGNING_KEYS_FILE",
    ]


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_secret_is_what_its_file_says_without_the_newline_at_the_end(end: str, secret_file: Path) -> None:
    secret_file.write_bytes((URL + end).encode())

    settings = Settings.from_environment()

    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == URL


def test_an_override_beats_a_file(secret_file: Path) -> None:
    secret_file.write_text(URL, encoding="utf-8")

    assert Settings.from_environment(database_url=None).database_url is None


def test_a_secret_is_given_once(secret_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret_file.write_text(URL, encoding="utf-8")
    monkeypatch.setenv("MATRICULA_DATABASE_URL", URL)

    with pytest.raises(InvalidSettings) as refusal:
        Settings.from_environment()

    assert str(refusal.value) == (
        "MATRICULA_DATABASE_URL and MATRICULA_DATABASE_URL_FILE are both set; one of them must go"
    )


def test_an_empty_variable_beside_a_file_is_as_good_as_none(secret_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret_file.write_text(URL, encoding="utf-8")
    monkeypatch.setenv("MATRICULA_DATABASE_URL", "")

    assert Settings.from_environment().database_url is not None


@pytest.mark.parametrize("content", [b"", b"\n"])
def test_an_empty_file_is_refused(content: bytes, secret_file: Path) -> None:
    secret_file.write_bytes(content)

    with pytest.raises(InvalidSettings, match=r"^MATRICULA_DATABASE_URL_FILE: the file is empty$"):
        Settings.from_environment()


def test_a_file_that_is_no_text_is_refused(secret_file: Path) -> None:
    secret_file.write_bytes(b"\xff\xfe")

    with pytest.raises(InvalidSettings, match=r"^MATRICULA_DATABASE_URL_FILE: .* no text in UTF-8$"):
        Settings.from_environment()


def test_a_secret_in_the_place_of_its_file_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATRICULA_DATABASE_URL_FILE", URL)

    with pytest.raises(InvalidSettings) as refusal:
        Settings.from_environment()

    assert str(refusal.value) == "MATRICULA_DATABASE_URL_FILE: the file cannot be read: No such file or directory"


def test_what_a_file_says_wrong_is_named_by_the_files_variable_and_not_repeated(secret_file: Path) -> None:
    secret_file.write_text(f"mysql://role:{SECRET}@db/matricula", encoding="utf-8")

    with pytest.raises(InvalidSettings, match=r"^MATRICULA_DATABASE_URL_FILE: must begin with") as refusal:
        Settings.from_environment()

    assert SECRET not in str(refusal.value)


def test_what_is_no_secret_may_not_be_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATRICULA_PORT_FILE", "/run/port")

    with pytest.raises(InvalidSettings, match=r"^MATRICULA_PORT_FILE is not a setting; the nearest one is MATRICULA_"):
        Settings.from_environment()


def test_the_name_of_a_file_that_is_nearly_right_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATRICULA_DATABASE_URL_FLIE", "/run/secret")

    with pytest.raises(InvalidSettings, match=r"the nearest one is MATRICULA_DATABASE_URL_FILE$"):
        Settings.from_environment()


def test_origins_are_a_list_that_commas_separate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATRICULA_CORS_ORIGINS", "https://portal.example.edu, http://localhost:5173,http://[::1]:80,")

    assert Settings.from_environment().cors_origins == (
        "https://portal.example.edu",
        "http://localhost:5173",
        "http://[::1]:80",
    )


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "null",
        "portal.example.edu",
        "https://portal.example.edu/",
        "https://*.example.edu",
        "https://Portal.edu",
        "x",
    ],
)
def test_what_no_browser_sends_as_origin_is_refused(origin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATRICULA_CORS_ORIGINS", f"https://portal.example.edu,{origin}")

    with pytest.raises(InvalidSettings, match=r"MATRICULA_CORS_ORIGINS: must be origins like https://"):
        Settings.from_environment()


@pytest.mark.parametrize(
    ("given", "believed"),
    [
        ("*", "*"),
        ("10.1.2.3", "10.1.2.3/32"),
        ("10.1.2.3/8, ::1,", "10.0.0.0/8,::1/128"),
    ],
)
def test_proxies_are_addresses_and_networks_or_everybody(
    given: str, believed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATRICULA_TRUSTED_PROXIES", given)

    assert Settings.from_environment().trusted_proxies == believed


@pytest.mark.parametrize("proxy", ["localhost", "foo", "10.0.0.0/99", "*,10.0.0.1", "10.0.0.1 10.0.0.2"])
def test_a_proxy_that_nobody_would_be_taken_for_is_refused(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATRICULA_TRUSTED_PROXIES", proxy)

    with pytest.raises(InvalidSettings, match=r"^MATRICULA_TRUSTED_PROXIES: must be addresses and networks such as"):
        Settings.from_environment()
