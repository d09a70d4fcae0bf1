"""The command line's session: what commands need of the composition root, loaded only when they need it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infrastructure.bootstrap.database import Database
    from infrastructure.bootstrap.settings import Settings


class RootSession:
    """Implements `interfaces.cli.session.Session` on the settings of the environment."""

    def __init__(self) -> None:
        self.debug = False

    def server(self) -> "Settings":
        from infrastructure.bootstrap.settings import Settings

        return Settings.from_environment()

    def log_as_a_server(self) -> None:
        from interfaces.main.logging import configure_logging

        settings = self.server()
        configure_logging(settings.log_level.value, settings.log_format.value)

    @contextmanager
    def administration(self) -> "Iterator[Database]":
        from infrastructure.bootstrap.database import open_database

        with open_database(self.server(), migrate=False) as database:
            yield database

    @contextmanager
    def ready_database(self, *, for_strangers: bool = False) -> Iterator[str]:
        from infrastructure.bootstrap.access import (
            make_signing_keys,
            refuse_strangers_without_secrets,
            signs_from_the_start,
        )
        from infrastructure.bootstrap.database import holding_database

        settings = self.server()
        if for_strangers:
            refuse_strangers_without_secrets(settings)
        if signs_from_the_start(settings):
            make_signing_keys(settings)
        with holding_database(settings) as database:
            asyncio.run(_check(database.settings, for_strangers=for_strangers))
            yield database.origin

    @contextmanager
    def new_database(self, name: str) -> Iterator[str]:
        from infrastructure.bootstrap.embedded import data_folder, new_embedded_database

        folder = data_folder(self.server().data_dir)
        with new_embedded_database(folder, name):
            yield f"the embedded server in {folder}, database {name}"

    def new_signing_key(self) -> str:
        from infrastructure.bootstrap.access import new_signing_key

        return new_signing_key()

    def data_model(self) -> str:
        from infrastructure.bootstrap.data_model import data_model

        return data_model()

    def settings_reference(self) -> str:
        from infrastructure.bootstrap.settings_reference import settings_reference

        return settings_reference()


async def _check(settings: "Settings", *, for_strangers: bool) -> None:
    from infrastructure.bootstrap.access import refuse_strangers_without_accounts
    from infrastructure.bootstrap.container import Container

    persistence = Container(settings=settings).persistence()
    try:
        await persistence.check()
        if for_strangers:
            await refuse_strangers_without_accounts(persistence)
    finally:
        await persistence.close()
