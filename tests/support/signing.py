"""Private keys that tests sign with, made once: a new RSA key takes a while."""

from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from infrastructure.security.keys import SigningKeys, new_key, read_keys


@cache
def pem(name: str) -> str:
    """The private key of that name in PEM."""
    return new_key()


def keys(*names: str) -> SigningKeys:
    """The keys of those names, of which the first signs."""
    return read_keys("\n".join(map(pem, names)))


def in_pem(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
    format_: PrivateFormat = PrivateFormat.PKCS8,
    password: bytes | None = None,
) -> str:
    """A key in PEM, encrypted if there is a password."""
    encryption: KeySerializationEncryption = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, format_, encryption).decode()
