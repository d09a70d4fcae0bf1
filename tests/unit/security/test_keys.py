"""The keys that sign: read from PEM, published without their secrets, and made once for all who start at once."""

import json
import multiprocessing
import stat
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import PrivateFormat

from infrastructure.security.keys import InvalidSigningKeysError, new_key, own_keys, read_keys
from tests.support.signing import in_pem, keys, pem

A_SHORT_KEY = in_pem(rsa.generate_private_key(65_537, 1024))
AN_EC_KEY = in_pem(ec.generate_private_key(ec.SECP256R1()))
AN_ENCRYPTED_KEY = in_pem(rsa.generate_private_key(65_537, 2048), password=b"secret")
A_BROKEN_KEY = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj\n-----END PRIVATE KEY-----"


def test_the_first_of_several_keys_signs_and_all_verify() -> None:
    both = keys("new", "old")

    assert both.signing[0] == keys("new").signing[0]
    assert list(both.public()) == [*keys("new").public(), *keys("old").public()]


def test_a_key_is_read_in_either_format_between_other_lines_and_has_the_same_id() -> None:
    _, key = keys("new").signing
    traditional = in_pem(key, PrivateFormat.TraditionalOpenSSL)
    windows = f"# the key of spring\r\n{pem('new')}\r\n".replace("\n", "\r\n")

    assert read_keys(traditional).by_id.keys() == read_keys(windows).by_id.keys() == keys("new").by_id.keys()


def test_what_is_published_verifies_and_tells_no_secret() -> None:
    published = json.loads(keys("new", "old").published())

    assert [set(key) for key in published["keys"]] == [{"kty", "n", "e", "kid", "use", "alg"}] * 2
    identifier, private = keys("old").signing
    token = jwt.encode({"a": 1}, private, algorithm="RS256")
    jwks = jwt.PyJWKSet.from_dict(published)
    assert jwt.decode(token, jwks[identifier], algorithms=["RS256"]) == {"a": 1}


@pytest.mark.parametrize("given", ["", "secret", pem("new").replace("PRIVATE", "PUBLIC")])
def test_what_is_no_private_key_in_pem_is_refused_and_not_shown(given: str) -> None:
    with pytest.raises(InvalidSigningKeysError) as refused:
        read_keys(given)

    assert str(refused.value) == "holds no private key in PEM"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (A_SHORT_KEY, "not RSA of at least 2048 bits"),
        (AN_EC_KEY, "not RSA of at least 2048 bits"),
        (AN_ENCRYPTED_KEY, "cannot be read, or is encrypted"),
        (A_BROKEN_KEY, "cannot be read, or is encrypted"),
    ],
    ids=["short", "EC", "encrypted", "broken"],
)
@pytest.mark.parametrize("beside", ["", pem("new")], ids=["alone", "beside a good one"])
def test_a_key_that_cannot_sign_is_refused_and_not_shown(given: str, said: str, beside: str) -> None:
    with pytest.raises(InvalidSigningKeysError) as refused:
        read_keys(f"{beside}\n{given}")

    assert said in str(refused.value)
    assert not any(line in str(refused.value) for line in given.splitlines())
    assert refused.value.__cause__ is None


def test_keys_show_nothing_of_themselves() -> None:
    lines = pem("new").splitlines()[1:-1]

    assert not any(line in repr(keys("new")) for line in lines)


def test_a_key_of_ones_own_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "data" / "key.pem"

    first, second = own_keys(file), own_keys(file)

    assert first.by_id.keys() == second.by_id.keys()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]


def _made(file: Path) -> list[str]:
    return list(own_keys(file).by_id)


def test_processes_that_start_at_once_have_one_key(tmp_path: Path) -> None:
    with multiprocessing.get_context("fork").Pool(4) as pool:
        made = pool.map(_made, [tmp_path / "key.pem"] * 4, chunksize=1)

    assert made[0] == made[1] == made[2] == made[3]
    assert list(tmp_path.iterdir()) == [tmp_path / "key.pem"]


def test_who_loses_the_race_takes_the_key_of_who_won(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "key.pem"

    def slower() -> str:
        file.write_text(pem("new"), encoding="ascii")
        return new_key()

    monkeypatch.setattr("infrastructure.security.keys.new_key", slower)

    assert own_keys(file).by_id.keys() == keys("new").by_id.keys()
    assert list(tmp_path.iterdir()) == [file]
