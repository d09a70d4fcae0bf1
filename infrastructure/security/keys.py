"""The keys that sign access tokens: RSA, read from PEM. The first one signs, all of them verify.

To rotate, put a new key first, and take the old one away when the last token that it signed has expired.
"""

import json
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from jwt.algorithms import RSAAlgorithm

ALGORITHM = "RS256"
"""Verified by every request, signed at sign-in alone; RSA is the fastest to verify, and every library knows it."""

_BITS = 2048
_BLOCK = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----", re.DOTALL)


class InvalidSigningKeysError(ValueError):
    """What was given holds no usable key; the message says why, and shows nothing of it."""


@dataclass(frozen=True)
class SigningKeys:
    """The private keys by id, the one that signs first."""

    by_id: Mapping[str, RSAPrivateKey]

    @property
    def signing(self) -> tuple[str, RSAPrivateKey]:
        """The id of the key that signs, and the key."""
        return next(iter(self.by_id.items()))

    def public(self) -> Mapping[str, RSAPublicKey]:
        """The keys that verify, by id."""
        return {identifier: key.public_key() for identifier, key in self.by_id.items()}

    def published(self) -> str:
        """The public keys as a JSON Web Key Set (RFC 7517)."""
        return json.dumps({"keys": [_published(identifier, key) for identifier, key in self.public().items()]})


def _published(identifier: str, key: RSAPublicKey) -> dict[str, str]:
    jwk = json.loads(RSAAlgorithm.to_jwk(key))
    # `use` says it; `key_ops` besides would say it twice (RFC 7517, 4.3).
    return {"kty": jwk["kty"], "n": jwk["n"], "e": jwk["e"], "kid": identifier, "use": "sig", "alg": ALGORITHM}


def read_keys(pem: str) -> SigningKeys:
    """Read one or more private keys, one after the other. Raises `InvalidSigningKeysError`."""
    blocks: Sequence[str] = _BLOCK.findall(pem)
    if not blocks:
        raise InvalidSigningKeysError("holds no private key in PEM")
    return SigningKeys({_id_of(key): key for key in map(_read, blocks)})


def _read(block: str) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(block.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise InvalidSigningKeysError("holds a private key that cannot be read, or is encrypted") from None
    if not isinstance(key, RSAPrivateKey) or key.key_size < _BITS:
        raise InvalidSigningKeysError(f"holds a key that is not RSA of at least {_BITS} bits")
    return key


def new_key() -> str:
    """A new private key in PEM."""
    key: Any = generate_private_key(65_537, _BITS)
    return str(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())


def own_keys(file: Path) -> SigningKeys:
    """The keys in a file that only its owner reads, which is made with a new key if it is not there."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        # A name of its own, for its owner alone: containers that share the folder may share the process id, too.
        descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
        draft = Path(name)
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(new_key())
        try:
            os.link(draft, file)  # of several processes that start at once, one's key is everybody's
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return read_keys(file.read_text(encoding="ascii"))


def _id_of(key: RSAPrivateKey) -> str:
    """An id that follows from the key: every process names it the same."""
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return sha256(public).hexdigest()[:16]
