"""Who calls: whom the bearer token stands for.

In development headers name the institution and who acts there, else an administrator acts: for this machine alone.
"""

import ipaddress
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from application.access.errors import InvalidCredentials
from application.access.ports import Authentication
from application.people.instructors import InstructorFields, InstructorView
from application.people.students import StudentFields, StudentView
from application.shared.caller import Caller, Role
from application.shared.errors import NotFound
from application.shared.institutions import KeepInstitutions
from application.shared.records import RecordKeeping
from domain.people.instructor import Instructor
from domain.people.student import Student
from domain.shared.identifiers import InstitutionId, InstructorId, StudentId
from domain.shared.invalid import InvalidValue
from domain.shared.reference import Reference, is_code
from interfaces.rest.problems import RestError
from interfaces.rest.provided import provider
from interfaces.rest.rate_limit import admit, admit_stranger

INSTITUTION_HEADER = "X-Matricula-Institution"
ACTOR_HEADER = "X-Matricula-Actor"
CHALLENGE = 'Bearer realm="matricula"'
"""How to come in, for who did not."""

SECONDS_KNOWN = 2.0

_NOBODY_NAMED = "development"
_ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
_NOWHERE = InstitutionId(UUID(int=0))
STRANGER = Caller(_NOWHERE, "stranger", frozenset())
"""Whoever reads what is everybody's, and may do nothing else."""

_PEOPLE = frozenset({Role.STUDENT, Role.INSTRUCTOR, Role.ADVISOR})
"""The roles of callers whom a record describes."""

_LONGEST_SUBJECT = 100
_FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-real-ip")
"""What a proxy adds to the requests of others."""

_LARGEST_CACHE = 1024


class KnownInstitutions:
    """The institutions found lately, so that not every request looks its own up.

    What another process changes is noticed after `SECONDS_KNOWN`; what this one changes at once, through `forget`.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._found: dict[Reference | None, tuple[InstitutionId, float]] = {}

    async def find(self, institutions: Callable[[], KeepInstitutions], reference: Reference | None) -> InstitutionId:
        """The institution that `reference` names (None: the only one). Raises `NotFound`."""
        known, now = self._found.get(reference), self._clock()
        if known is not None and now < known[1]:
            return known[0]
        if known is not None:
            # One looks it up again, and whoever asks meanwhile is told what was known.
            self._found[reference] = (known[0], now + SECONDS_KNOWN)
        try:
            found = InstitutionId((await institutions().find(reference)).id)
        except NotFound:
            self._found.pop(reference, None)
            raise
        self._found[reference] = (found, self._clock() + SECONDS_KNOWN)
        return found

    def forget(self) -> None:
        """Look every institution up again."""
        self._found.clear()


async def calling(request: Request) -> Caller:
    """The caller of a request.

    Raises `RestError` for one without a token that somebody stands behind (401), and for a request too many (429).
    """
    try:
        caller = await _known(request)
    except RestError:
        admit_stranger(request)
        raise
    admit(request, caller)
    return caller


async def _known(request: Request) -> Caller:
    authentication = _authentication()
    if authentication is None:
        return await _claiming(request)
    token = bearer_token(request)
    given = request.headers.get(INSTITUTION_HEADER)
    institution = None
    if given is not None or authentication.needs_institution:
        institution = await institution_of(request)
    try:
        return await authentication.caller(token, institution)
    except InvalidCredentials:
        raise RestError(
            "unauthenticated", headers={"WWW-Authenticate": f'{CHALLENGE}, error="invalid_token"'}
        ) from None


def bearer_token(request: Request) -> str:
    """The token in the header Authorization (RFC 6750). Raises `RestError` (401) when there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise RestError("unauthenticated", headers={"WWW-Authenticate": CHALLENGE})
    return token.strip()


async def institution_of(request: Request) -> InstitutionId:
    """The institution that the header names; without it, the only one. Raises `RestError`."""
    given = request.headers.get(INSTITUTION_HEADER)
    reference = None if given is None else institution_named(given)
    known: KnownInstitutions = request.app.state.known_institutions
    try:
        return await known.find(_institutions, reference)
    except NotFound:
        code = "institution_required" if reference is None else "unknown_institution"
        raise RestError(code) from None


async def _claiming(request: Request) -> Caller:
    """Who the headers say calls. Raises `RestError` when they name nobody known, or are not believed."""
    _require_this_machine(request)
    institution = await institution_of(request)
    actor = request.headers.get(ACTOR_HEADER)
    if actor is None:
        return Caller(institution, _NOBODY_NAMED, _ADMINISTRATOR)
    return await _acting(institution, *actor_named(actor))


async def founding(request: Request) -> Caller:
    """The caller who founds an institution, and in development belongs to none yet. Raises `RestError`."""
    if _authentication() is not None:
        return await calling(request)
    _require_this_machine(request)
    actor = request.headers.get(ACTOR_HEADER)
    if actor is None:
        return Caller(_NOWHERE, _NOBODY_NAMED, _ADMINISTRATOR)
    role, subject = actor_named(actor)
    return Caller(_NOWHERE, subject, frozenset({role}))


async def _acting(institution: InstitutionId, role: Role, subject: str) -> Caller:
    roles = frozenset({role})
    if role not in _PEOPLE or (role is not Role.STUDENT and not _names_a_record(subject)):
        return Caller(institution, subject, roles)
    finder = Caller(institution, _NOBODY_NAMED, _ADMINISTRATOR)
    reference = Reference.parse(subject)
    try:
        if role is Role.STUDENT:
            student = StudentId((await _students().get(finder, reference)).id)
            return Caller(institution, str(student), roles, student)
        instructor = InstructorId((await _instructors().get(finder, reference)).id)
        return Caller(institution, str(instructor), roles, instructor_id=instructor)
    except NotFound:
        raise RestError("unknown_actor") from None


def _names_a_record(subject: str) -> bool:
    try:
        Reference.parse(subject)
    except InvalidValue:
        return False
    return True


def actor_named(header: str) -> tuple[Role, str]:
    """Read the header `ROLE` or `ROLE:SUBJECT`. Raises `RestError` (400) for anything else."""
    role, _, subject = as_text(header).partition(":")
    try:
        known = Role(role)
        if known is Role.STUDENT:
            return known, str(Reference.parse(subject))
    except (InvalidValue, ValueError):
        raise _invalid_actor() from None
    if len(subject) > _LONGEST_SUBJECT or not subject.isprintable():
        raise _invalid_actor()
    return known, subject or _NOBODY_NAMED


def _invalid_actor() -> RestError:
    roles = ", ".join(role for role in Role if role is not Role.STUDENT)
    detail = (
        f"{ACTOR_HEADER} must be {roles}, each with or without `:SUBJECT` of up to {_LONGEST_SUBJECT} printable"
        " characters, or student:REFERENCE with the student's id or `code:CODE`; instructor:REFERENCE and"
        " advisor:REFERENCE name an instructor likewise."
    )
    return RestError("invalid_request", detail)


_authentication: Callable[[], Authentication | None] = provider("authentication")
_institutions: Callable[[], KeepInstitutions] = provider("institutions")
_students: Callable[[], RecordKeeping[Student, StudentFields, StudentView]] = provider("students")
_instructors: Callable[[], RecordKeeping[Instructor, InstructorFields, InstructorView]] = provider("instructors")


def was_forwarded(request: Request) -> bool:
    """Whether a proxy says that it passes the request on for somebody."""
    return any(name in request.headers for name in _FORWARDED)


def _require_this_machine(request: Request) -> None:
    """Raise `RestError` (403) for what comes from elsewhere: whoever sent it proves nothing of who they are."""
    if not _comes_from_this_machine(request):
        raise RestError("actor_refused")


def _comes_from_this_machine(request: Request) -> bool:
    """Whether only a program of this machine can have sent the request, to a server that listens here alone."""
    if was_forwarded(request):
        return False
    return request.client is None or _is_loopback(request.client.host)  # None: a socket in the file system


@lru_cache(_LARGEST_CACHE)
def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@lru_cache(_LARGEST_CACHE)
def institution_named(header: str) -> Reference:
    """Read the header: a code, `code:CODE` or an id. Raises `RestError` (400) for anything else."""
    text = as_text(header)
    try:
        return Reference(code=text) if is_code(text) and not _is_id(text) else Reference.parse(text)
    except InvalidValue:
        detail = f"{INSTITUTION_HEADER} must be the code of an institution, or its id."
        raise RestError("invalid_request", detail) from None


def as_text(header: str) -> str:
    """What a header says in UTF-8, if it does."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


Calling = Annotated[Caller, Depends(calling)]
