"""Permissions: given at the desk, since they may let somebody off a waitlist at once; listed; revoked."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from application.people.relations import rights_about
from application.registration.desk import RegistrationDesk
from application.registration.ports import AnswerKey, KeptAnswer
from application.registration.submission import Idempotency, Submission
from application.shared.access import authorise
from application.shared.access_table import Right
from application.shared.caller import Caller
from application.shared.clock import Clock, IdGenerator
from application.shared.dto import IN_ORDER, Dto, Moment, ReferenceText, Text
from application.shared.errors import InvalidField, InvalidRequest, NotFound
from application.shared.idempotency import Answer, KeyedRequest
from application.shared.paging import Listing
from application.shared.records import RecordKind, UnitOfWork, Views, Work, resolve, resolve_optional
from domain.people.student import Student
from domain.registration.codes import RejectionCode
from domain.registration.commands import GivePermission as GivePermissionCommand
from domain.registration.commands import RevokePermission as RevokePermissionCommand
from domain.registration.permission import Permission
from domain.scheduling.offering import CourseOffering
from domain.scheduling.section import Section
from domain.shared.identifiers import OfferingId, PermissionId, SectionId, StudentId
from domain.shared.reference import Reference


class PermissionFields(Dto):
    """What is given to waive rejection codes for a student, for an offering or one of its sections.

    `seats_full` among the codes seats the student above capacity. The permission ends at `expires_at` (null: with the
    term). Codes that no permission waives are refused.
    """

    student: ReferenceText
    offering: ReferenceText
    section: ReferenceText | None = None
    codes: Annotated[frozenset[RejectionCode], Field(min_length=1), IN_ORDER]
    reason: Annotated[Text, Field(min_length=1)]
    expires_at: Moment | None = None


class PermissionView(PermissionFields):
    """A permission as stored; references are ids, `issuer` is who gave it, `revoked_at` null while it stands."""

    id: UUID
    term: UUID
    issuer: str
    given_at: Moment
    revoked_at: Moment | None
    version: int


async def _only_at_the_desk(
    _id: UUID, _fields: PermissionFields, _before: Permission | None, _work: Work
) -> Permission:
    detail = "Permissions are given at the registration desk, and revoked."
    raise InvalidRequest(detail)


async def _related(caller: Caller, view: PermissionView, views: Views) -> frozenset[Right]:
    return await rights_about(caller, UUID(view.student), views)


PERMISSIONS = RecordKind(
    name="permission",
    entity=Permission,
    fields=PermissionFields,
    view=PermissionView,
    listing=Listing(
        sorts=("given_at",), filters=("student", "term", "offering", "section", "issuer"), searches=("reason",)
    ),
    assemble=_only_at_the_desk,
    related=_related,
)


class GivePermission:
    """The use case."""

    def __init__(self, desk: RegistrationDesk, unit_of_work: UnitOfWork, clock: Clock, ids: IdGenerator) -> None:
        self._desk = desk
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._ids = ids

    async def execute(self, caller: Caller, fields: PermissionFields) -> PermissionView:
        """Give a permission.

        Raises `UnknownReference`, `InvalidField`, `InvalidValue`, `AccessDenied`, `Unavailable`.
        """
        return (await self._give(caller, fields, None)).view

    async def execute_once(self, caller: Caller, fields: PermissionFields, key: str) -> Answer[PermissionView]:
        """Give a permission, or the answer that the same request with this idempotency `key` got before.

        As with registration requests, whose keys these are, too, the term keeps the answer. Raises what `execute`
        raises, and `KeyReused`.
        """
        request = KeyedRequest.of(caller.subject, key, "give permission", fields.model_dump_json())
        return await self._give(caller, fields, Idempotency(AnswerKey(request.subject, key), request.digest))

    async def _give(
        self, caller: Caller, fields: PermissionFields, idempotency: Idempotency | None
    ) -> Answer[PermissionView]:
        authorise(caller, "create_permission")
        async with self._unit_of_work(caller.institution) as work:
            permission = await self._assemble(caller, fields, work)
        command = GivePermissionCommand(permission, permission.given_at)
        settled = await self._desk.decide(permission.term_id, Submission(caller, command, idempotency))
        view = PermissionView.model_validate_json(settled.answer)
        return Answer(view, is_replay=isinstance(settled, KeptAnswer))

    async def _assemble(self, caller: Caller, fields: PermissionFields, work: Work) -> Permission:
        student = await resolve(work, Student, "student", fields.student)
        offering_id = await resolve(work, CourseOffering, "offering", fields.offering)
        section_id = await resolve_optional(work, Section, "section", fields.section)
        offering = await work.records(CourseOffering).get(offering_id)
        if offering is None:
            field, reason = "offering", "has just been deleted"
            raise InvalidField(field, reason)
        if section_id is not None:
            section = await work.records(Section).get(section_id)
            if section is None or section.entity.offering_id != offering_id:
                field, reason = "section", "must be a section of the offering"
                raise InvalidField(field, reason)
        return Permission(
            id=PermissionId(self._ids.new()),
            student_id=StudentId(student),
            term_id=offering.entity.term_id,
            offering_id=OfferingId(offering_id),
            codes=fields.codes,
            issuer=caller.subject,
            reason=fields.reason,
            given_at=self._clock.now(),
            section_id=None if section_id is None else SectionId(section_id),
            expires_at=fields.expires_at,
        )


class RevokePermission:
    """The use case: what was waived stays as it is, nothing more is. Revoking a revoked permission changes nothing.

    It passes the desk, like giving one: the audit log says who did it, and between which decisions.
    """

    def __init__(self, desk: RegistrationDesk, unit_of_work: UnitOfWork, clock: Clock) -> None:
        self._desk = desk
        self._unit_of_work = unit_of_work
        self._clock = clock

    async def execute(self, caller: Caller, reference: Reference, expected_version: int | None) -> PermissionView:
        """Revoke a permission. Raises `NotFound`, `StaleWrite`, `AccessDenied`, `Unavailable`."""
        authorise(caller, "revoke_permission")
        async with self._unit_of_work(caller.institution) as work:
            identifier = await work.identify(Permission, reference)
            stored = None if identifier is None else await work.records(Permission).get(identifier)
        if stored is None:
            raise NotFound(PERMISSIONS.name, str(reference))
        permission = stored.entity
        if permission.revoked_at is None:
            version = stored.version if expected_version is None else expected_version
            command = RevokePermissionCommand(permission, self._clock.now(), version)
            await self._desk.decide(permission.term_id, Submission(caller, command))
        async with self._unit_of_work(caller.institution) as work:
            view = await work.views(PERMISSIONS).one(permission.id)
        if view is None:
            raise NotFound(PERMISSIONS.name, str(reference))
        return view
