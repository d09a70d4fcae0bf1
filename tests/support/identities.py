"""An OpenID Connect provider on the loopback: discovery, keys, and tokens that say what a test wants."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import jwt
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

AUDIENCE = "matricula-api"

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def jwk_of(key: PrivateKey, **more: str) -> dict[str, Any]:
    """The public key as a JWK, with more said about it."""
    if isinstance(key, rsa.RSAPrivateKey):
        text = RSAAlgorithm.to_jwk(key.public_key())
    elif isinstance(key, ec.EllipticCurvePrivateKey):
        text = ECAlgorithm.to_jwk(key.public_key())
    else:
        text = OKPAlgorithm.to_jwk(key.public_key())
    jwk: dict[str, Any] = {**json.loads(text), **more}
    jwk.pop("key_ops", None)
    return jwk


@dataclass
class Provider:
    """The provider: `keys` are those that it publishes, `asked` counts how often somebody wanted to read them."""

    keys: list[dict[str, Any]] = field(default_factory=list)
    asked: int = 0
    is_away: bool = False
    calls_itself: str | None = None
    url: str = ""
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.released.set()

    def hang(self) -> None:
        """Take questions, and answer none until it is released."""
        self.released.clear()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Provider"]:
        """Serve while the context lasts."""
        application = web.Application()
        application.router.add_get("/.well-known/openid-configuration", self._discovery)
        application.router.add_get("/keys", self._keys)
        async with TestServer(application) as server:
            self.url = str(server.make_url("")).rstrip("/")
            yield self
            self.released.set()

    async def _discovery(self, _request: web.Request) -> web.Response:
        self.asked += 1
        await self.released.wait()
        if self.is_away:
            return web.Response(status=500)
        return web.json_response({"issuer": self.calls_itself or self.url, "jwks_uri": f"{self.url}/keys"})

    async def _keys(self, _request: web.Request) -> web.Response:
        return web.json_response({"keys": self.keys})

    def claims(self, now: datetime, **changes: Any) -> dict[str, Any]:
        """What a token of Ada says, but for the changes; None leaves a claim out."""
        said = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": "248289761001",
            "iat": int(now.timestamp()),
            "exp": int((now + timedelta(minutes=5)).timestamp()),
            "email": "Ada@Uni.Example",
            "email_verified": True,
            **changes,
        }
        return {name: value for name, value in said.items() if value is not None}


def signed(key: PrivateKey, claims: dict[str, Any], algorithm: str = "RS256", kid: str | None = "one") -> str:
    """A token."""
    return jwt.encode(claims, key, algorithm=algorithm, headers={} if kid is None else {"kid": kid})
