"""Passwords by argon2id (RFC 9106), and by zxcvbn's estimate of how many guesses one takes."""

import asyncio
import re
from collections.abc import Collection
from hashlib import sha256

from argon2 import Parameters, PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import hash_secret_raw
from argon2.profiles import RFC_9106_LOW_MEMORY
from zxcvbn import zxcvbn

from application.shared.errors import InvalidField

SHORTEST, LONGEST = 12, 200
_ESTIMATED = 40
"""How many characters are looked at: the estimate takes time that grows faster than the text, seconds at the worst."""
_GOOD_ENOUGH = 3
"""Of 0 to 4: safe against guessing without the hash, and moderately with it."""

_UNSENDABLE = re.compile(r"[\x00\ud800-\udfff]")
"""What a form cannot hold: nobody could come in with it."""


class ArgonPasswords:
    """The `Passwords` port. A hash takes 64 MiB while it is made, so `at_once` bounds how many are."""

    def __init__(self, at_once: int = 2, parameters: Parameters = RFC_9106_LOW_MEMORY) -> None:
        self._hasher = PasswordHasher.from_parameters(parameters)
        self._turns = asyncio.Semaphore(at_once)
        self._nobodys: str | None = None

    async def check(self, password: str, *, about: Collection[str]) -> None:
        """See `Passwords.check`."""
        if not SHORTEST <= len(password) <= LONGEST:
            raise InvalidField("password", f"must have from {SHORTEST} to {LONGEST} characters")
        if _UNSENDABLE.search(password):
            raise InvalidField("password", "must be Unicode without NUL")
        async with self._turns:
            estimate = await asyncio.to_thread(zxcvbn, password[:_ESTIMATED], user_inputs=list(about))
        if estimate["score"] < _GOOD_ENOUGH:
            raise InvalidField("password", "is too easily guessed: use more words, or less common ones")

    async def hash(self, password: str) -> str:
        """See `Passwords.hash`."""
        async with self._turns:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def digest(self, password: str, *, about: str) -> str:
        """See `Passwords.digest`."""
        async with self._turns:
            return (await asyncio.to_thread(self._digest, password.encode(), about.encode())).hex()

    async def matches(self, password: str, password_hash: str | None) -> bool:
        """See `Passwords.matches`."""
        async with self._turns:
            if password_hash is not None:
                return await asyncio.to_thread(self._verify, password_hash, password)
            if self._nobodys is None:
                self._nobodys = await asyncio.to_thread(self._hasher.hash, "nobody's password")
            await asyncio.to_thread(self._verify, self._nobodys, password)
            return False

    def is_outdated(self, password_hash: str) -> bool:
        """See `Passwords.is_outdated`."""
        return self._hasher.check_needs_rehash(password_hash)

    def _digest(self, password: bytes, about: bytes) -> bytes:
        hasher = self._hasher
        return hash_secret_raw(
            password,
            sha256(about).digest()[: hasher.salt_len],
            time_cost=hasher.time_cost,
            memory_cost=hasher.memory_cost,
            parallelism=hasher.parallelism,
            hash_len=hasher.hash_len,
            type=hasher.type,
        )

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False
