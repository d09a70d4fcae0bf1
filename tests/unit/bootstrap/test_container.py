"""The container makes everything that it names, and lets a test replace a part of it."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from dependency_injector import providers

from application.shared.clock import Clock
from infrastructure.bootstrap.container import Container
from infrastructure.bootstrap.settings import InvalidSettings, Settings

OF_A_PROCESS = {
    *("settings", "clock", "ids", "persistence", "recording", "desk", "exposition", "addressees", "hold_kind"),
    *("passwords", "secrets", "signing_keys", "own_tokens", "tokens", "lifetimes", "scopes", "authentication"),
    "issues_tokens",
}
OF_THE_PERSISTENCE = {"unit_of_work", "reading", "written", "directory", "access"}
USE_CASES = sorted(Container.providers.keys() - OF_A_PROCESS - OF_THE_PERSISTENCE)


class StoppedClock:
    """A clock that always shows the same moment."""

    def now(self) -> datetime:
        return datetime(2026, 11, 24, tzinfo=UTC)


NOTHING_IN_DEVELOPMENT = "authentication"


@pytest.fixture
def container(tmp_path: Path) -> Container:
    return Container(settings=providers.Object(Settings.from_environment(persistence="memory", data_dir=tmp_path)))


@pytest.mark.parametrize("name", sorted(Container.providers))
def test_every_provider_provides(container: Container, name: str) -> None:
    assert (container.providers[name]() is None) == (name == NOTHING_IN_DEVELOPMENT)


@pytest.mark.parametrize("given", [{}, {"oidc_issuer": "https://id.example.edu", "oidc_audience": "matricula"}])
def test_who_calls_is_said_by_whom_the_settings_name(given: dict[str, str], tmp_path: Path) -> None:
    kind = "oidc" if given else "accounts"
    settings = Settings.from_environment(persistence="memory", data_dir=tmp_path, authentication=kind, **given)

    authentication = Container(settings=providers.Object(settings)).authentication()

    assert authentication.needs_institution == (kind == "oidc")


@pytest.mark.parametrize("name", USE_CASES)
def test_use_cases_are_made_anew_each_time(container: Container, name: str) -> None:
    provider = container.providers[name]

    assert provider() is not provider()


@pytest.mark.parametrize("name", sorted(OF_A_PROCESS))
def test_what_holds_state_is_made_once_for_a_process(container: Container, name: str) -> None:
    provider = container.providers[name]

    assert provider() is provider()


def test_two_containers_share_nothing(container: Container) -> None:
    other = Container(settings=providers.Object(Settings.from_environment(persistence="memory")))

    assert container.persistence() is not other.persistence()


def test_an_override_holds_inside_its_block_only(container: Container) -> None:
    stopped: Clock = StoppedClock()
    own = container.clock()

    with container.reset_singletons(), container.clock.override(providers.Object(stopped)):
        assert container.clock() is stopped
        assert container.register()._clock is stopped
    with container.reset_singletons():
        assert container.clock() is not own


def test_resetting_forgets_the_persistence_and_the_desk(container: Container) -> None:
    before = container.persistence(), container.desk()

    with container.reset_singletons():
        assert container.persistence() is not before[0]
        assert container.desk() is not before[1]


def test_postgres_without_a_database_is_refused() -> None:
    container = Container(settings=providers.Object(Settings(database_url=None)))

    with pytest.raises(InvalidSettings, match="MATRICULA_DATABASE_URL is not set"):
        container.persistence()


def test_new_identifiers_are_standard_uuids_of_version_7_in_order(container: Container) -> None:
    made = [container.ids().new() for _ in range(1000)]

    assert all(type(identifier) is UUID and identifier.version == 7 for identifier in made)
    assert made == sorted(made)


def test_the_clock_shows_an_aware_moment_in_utc(container: Container) -> None:
    assert container.clock().now().tzinfo is UTC
