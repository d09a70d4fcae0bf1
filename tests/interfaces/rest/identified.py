"""An institution whose people another provider signs in, one that the tests run."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from dependency_injector import providers
from fastapi import FastAPI

from application.access.dto import AccountView
from infrastructure.security.oidc import (
    OidcTokens,
)
from tests.interfaces.rest.conftest import SettableClock
from tests.interfaces.rest.doors import IN_MEMORY, Seconds, container_of, opened
from tests.support.accounts import Doors
from tests.support.identities import AUDIENCE, Provider, jwk_of, signed
from tests.support.signing import keys

MAIN = {"X-Matricula-Institution": "main"}
_, RSA = keys("provider").signing
_, ANOTHER = keys("stranger").signing
P256 = ec.generate_private_key(ec.SECP256R1())
P384 = ec.generate_private_key(ec.SECP384R1())
ED25519 = ed25519.Ed25519PrivateKey.generate()


@dataclass
class University:
    """An institution whose people another provider signs in."""

    doors: Doors
    provider: Provider
    clock: SettableClock
    seconds: Seconds
    ada: AccountView

    def claims(self, **changes: Any) -> dict[str, Any]:
        return self.provider.claims(self.clock.moment, **changes)

    def token(self, **changes: Any) -> str:
        return signed(RSA, self.claims(**changes))

    async def call(self, token: str) -> httpx.Response:
        return await self.doors.call(token, headers=MAIN)

    async def statuses(self, *tokens: str) -> list[int]:
        return [(await self.call(token)).status_code for token in tokens]


@asynccontextmanager
async def identified(app: FastAPI, clock: SettableClock, tmp_path: Path) -> AsyncIterator[University]:
    """The application with that provider, where no key of its own could be kept."""
    no_folder = tmp_path / "file"
    no_folder.touch()
    async with Provider([jwk_of(RSA, kid="one", use="sig", alg="RS256")]).running() as provider:
        seconds = Seconds()
        identities = {"authentication": "oidc", "oidc_issuer": provider.url, "oidc_audience": AUDIENCE}
        keyless = {"signing_keys": None, "data_dir": no_folder}
        container = container_of(clock, seconds, **IN_MEMORY, **keyless, **identities)
        tokens = OidcTokens(provider.url, AUDIENCE, container.access(), clock, seconds)
        container.authentication.override(providers.Object(tokens))
        async with opened(app, container) as doors:
            ada = await doors.account(password=None)
            yield University(doors, provider, clock, seconds, ada)
