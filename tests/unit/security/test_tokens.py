"""Access tokens: what is issued is read, and what anybody made up, changed or kept too long is not."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from application.access.ports import Claims
from domain.shared.identifiers import InstitutionId, InstructorId, SessionId
from domain.shared.role import Role
from infrastructure.security import tokens as module
from infrastructure.security.tokens import InvalidTokenError, SignedTokens
from tests.support.builders import FixedClock
from tests.support.domain_builders import NOON, identifier, student_id
from tests.support.signing import keys

LIFE = timedelta(minutes=15)
INSTITUTION = InstitutionId(identifier("institution", "main"))
SUBJECT = identifier("account", "a")
SESSION = SessionId(identifier("session", "s"))


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def tokens(clock: FixedClock) -> SignedTokens:
    return SignedTokens(keys("new"), clock, "matricula")


@pytest.fixture
def elsewhere(clock: FixedClock) -> SignedTokens:
    """Another process with the same keys."""
    return SignedTokens(keys("new"), clock, "matricula")


def claims(**changes: Any) -> Claims:
    """What a registrar's token says, but for the changes."""
    said: dict[str, Any] = {
        "institution": INSTITUTION,
        "subject": SUBJECT,
        "session": SESSION,
        "issued_at": NOON,
        "expires_at": NOON + LIFE,
        "roles": frozenset({"registrar"}),
        "scopes": None,
        "student": None,
        "instructor": None,
    }
    return Claims(**{**said, **changes})


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def signed(payload: dict[str, Any], headers: dict[str, Any] | None = None, name: str = "new") -> str:
    """A token that somebody signed who has the key, saying what they like."""
    kid, private = keys(name).signing
    return jwt.encode(payload, private, algorithm="RS256", headers={"kid": kid, "typ": "at+jwt", **(headers or {})})


def payload_of(token: str) -> dict[str, Any]:
    said: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return said


@pytest.mark.parametrize("reader", ["tokens", "elsewhere"])
def test_a_token_says_who_calls(tokens: SignedTokens, reader: str, request: pytest.FixtureRequest) -> None:
    student, instructor = student_id("s1"), InstructorId(identifier("instructor", "i1"))
    everything = claims(
        roles=frozenset({"student", "advisor"}), scopes=frozenset({"b", "a"}), student=student, instructor=instructor
    )

    known = request.getfixturevalue(reader).read(tokens.issue(everything))

    caller = known.caller
    assert (caller.institution, caller.subject) == (INSTITUTION, str(SUBJECT))
    assert caller.roles == {Role.STUDENT, Role.ADVISOR}
    assert (caller.student_id, caller.instructor_id) == (student, instructor)
    assert caller.scopes == frozenset({"a", "b"})
    assert (known.subject, known.session) == (SUBJECT, SESSION)
    assert (known.issued_at, known.expires_at) == (NOON.timestamp(), (NOON + LIFE).timestamp())


def test_a_token_of_a_client_has_no_session_and_one_of_a_person_no_scopes(tokens: SignedTokens) -> None:
    client = tokens.read(tokens.issue(claims(session=None, scopes=frozenset({"catalog:read"}))))
    person = tokens.read(tokens.issue(claims()))

    assert client.session is None
    assert client.caller.scopes == frozenset({"catalog:read"})
    assert person.caller.scopes is None


def test_any_library_verifies_a_token_with_the_published_keys(tokens: SignedTokens) -> None:
    jwks = jwt.PyJWKSet.from_dict(json.loads(keys("new").published()))
    token = tokens.issue(claims())
    header = jwt.get_unverified_header(token)

    said = jwt.decode(
        token,
        jwks[header["kid"]],
        algorithms=["RS256"],
        audience="matricula",
        options={"verify_exp": False, "verify_iat": False},
    )

    assert header["typ"] == "at+jwt"
    assert (said["iss"], said["sub"]) == ("matricula", str(SUBJECT))


def test_a_token_is_good_until_it_expires_by_the_clock_of_the_application(
    tokens: SignedTokens, clock: FixedClock
) -> None:
    token = tokens.issue(claims())

    clock.moment = NOON + LIFE - timedelta(seconds=1)
    tokens.read(token)
    clock.moment = NOON + LIFE

    for _ in range(2):  # one that was remembered, and one that is verified anew
        with pytest.raises(InvalidTokenError):
            tokens.read(token)


def test_a_token_of_the_old_key_is_read_while_that_is_listed_and_not_after(clock: FixedClock) -> None:
    token = SignedTokens(keys("old"), clock, "matricula").issue(claims())

    assert SignedTokens(keys("new", "old"), clock, "matricula").read(token).subject == SUBJECT
    with pytest.raises(InvalidTokenError):
        SignedTokens(keys("new"), clock, "matricula").read(token)


def test_a_token_of_another_issuer_is_refused(clock: FixedClock, tokens: SignedTokens) -> None:
    with pytest.raises(InvalidTokenError):
        tokens.read(SignedTokens(keys("new"), clock, "somebody").issue(claims()))


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", ""])
def test_a_token_without_a_signature_is_refused(algorithm: str, tokens: SignedTokens) -> None:
    kid, _ = keys("new").signing
    payload = payload_of(tokens.issue(claims()))
    header = {"alg": algorithm, "kid": kid, "typ": "at+jwt"}

    for signature in ("", "x"):
        with pytest.raises(InvalidTokenError):
            tokens.read(f"{encoded(header)}.{encoded(payload)}.{signature}")


def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(tokens: SignedTokens) -> None:
    kid, private = keys("new").signing
    payload = payload_of(tokens.issue(claims()))
    message = f"{encoded({'alg': 'HS256', 'kid': kid, 'typ': 'at+jwt'})}.{encoded(payload)}"

    for format_, encoding in ((PublicFormat.SubjectPublicKeyInfo, Encoding.PEM), (PublicFormat.PKCS1, Encoding.DER)):
        secret = private.public_key().public_bytes(encoding, format_)
        digest = hmac.new(secret, message.encode(), hashlib.sha256).digest()
        signature = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        with pytest.raises(InvalidTokenError):
            tokens.read(f"{message}.{signature}")


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "JWT"},
        {"typ": None},
        {"kid": "unknown"},
        {"kid": keys("old").signing[0]},
        {"jku": "https://x.example", "kid": "x"},
    ],
    ids=["typ", "no typ", "unknown kid", "another's kid", "jku"],
)
def test_a_header_that_is_not_ours_is_refused(header: dict[str, Any], tokens: SignedTokens) -> None:
    payload = payload_of(tokens.issue(claims()))

    with pytest.raises(InvalidTokenError):
        tokens.read(signed(payload, header))


def test_a_token_that_names_no_key_is_refused(tokens: SignedTokens) -> None:
    payload = payload_of(tokens.issue(claims()))
    _, private = keys("new").signing

    with pytest.raises(InvalidTokenError):
        tokens.read(jwt.encode(payload, private, algorithm="RS256", headers={"typ": "at+jwt"}))


def test_a_stranger_with_a_key_of_their_own_is_refused(tokens: SignedTokens) -> None:
    kid, _ = keys("new").signing
    payload = payload_of(tokens.issue(claims()))

    with pytest.raises(InvalidTokenError):
        tokens.read(signed(payload, {"kid": kid}, name="stranger"))


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another"},
        {"aud": None},
        {"iss": "another"},
        {"iss": None},
        {"sub": None},
        {"sub": "nobody"},
        {"inst": None},
        {"inst": "main"},
        {"iat": None},
        {"exp": None},
        {"exp": "soon"},
        {"roles": None},
        {"roles": ["emperor"]},
        {"roles": 7},
        {"scope": 7},
        {"student": "s1"},
        {"sid": "s"},
    ],
    ids=repr,
)
def test_a_payload_that_is_not_ours_is_refused_even_if_it_is_signed(
    changes: dict[str, Any], tokens: SignedTokens
) -> None:
    payload = {name: value for name, value in {**payload_of(tokens.issue(claims())), **changes}.items() if value}

    with pytest.raises(InvalidTokenError):
        tokens.read(signed(payload))


def test_a_payload_that_was_changed_is_refused(tokens: SignedTokens) -> None:
    header, payload, signature = tokens.issue(claims()).split(".")
    changed = {**payload_of(f"{header}.{payload}.{signature}"), "roles": ["administrator"]}

    with pytest.raises(InvalidTokenError):
        tokens.read(f"{header}.{encoded(changed)}.{signature}")


@pytest.mark.parametrize(
    "garbage",
    ["", ".", "..", "a.b.c", "é.è.ê", "\x00", "[" * 10_000, f"{encoded([])}.{encoded({})}.x", encoded({}) * 500],
)
def test_what_is_no_token_is_refused(garbage: str, tokens: SignedTokens) -> None:
    with pytest.raises(InvalidTokenError):
        tokens.read(garbage)


def test_a_header_that_is_nested_too_deeply_is_refused(tokens: SignedTokens) -> None:
    deep = base64.urlsafe_b64encode(b"[" * 30_000).rstrip(b"=").decode()

    with pytest.raises(InvalidTokenError):
        tokens.read(f"{deep}.{deep}.x")


def test_a_token_is_verified_once_and_then_remembered_and_never_where_it_was_issued(
    tokens: SignedTokens, elsewhere: SignedTokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, other = tokens.issue(claims()), tokens.issue(claims(subject=UUID(int=1)))
    first = elsewhere.read(token)
    monkeypatch.setattr(jwt, "decode_complete", None)

    assert elsewhere.read(token) is first
    assert tokens.read(token) == first
    with pytest.raises(InvalidTokenError):
        elsewhere.read(other)


def test_a_token_that_was_remembered_does_not_make_a_changed_one_good(tokens: SignedTokens) -> None:
    token = tokens.issue(claims())
    tokens.read(token)

    for changed in (token + "=", token[:-2] + ("A" if token[-2] != "A" else "Q") + token[-1], token.upper()):
        with pytest.raises(InvalidTokenError):
            tokens.read(changed)


def remembered(tokens: SignedTokens) -> int:
    return len(tokens._known)


def test_what_is_remembered_is_bounded_and_what_expired_goes_first(
    tokens: SignedTokens, elsewhere: SignedTokens, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_REMEMBERED", 4)
    soon = [elsewhere.issue(claims(subject=UUID(int=n), expires_at=NOON + timedelta(minutes=1))) for n in range(3)]
    late = [elsewhere.issue(claims(subject=UUID(int=n + 100))) for n in range(6)]
    assert remembered(elsewhere) <= 4
    for token in (*soon, late[0]):
        tokens.read(token)
    clock.moment = NOON + timedelta(minutes=2)

    tokens.read(late[1])
    assert remembered(tokens) == 2

    for token in late:
        assert tokens.read(token).subject in {UUID(int=n + 100) for n in range(6)}
        assert remembered(tokens) <= 4


def test_nothing_that_was_refused_is_remembered(tokens: SignedTokens) -> None:
    for number in range(10):
        with pytest.raises(InvalidTokenError):
            tokens.read(signed({"n": number}))

    assert remembered(tokens) == 0
