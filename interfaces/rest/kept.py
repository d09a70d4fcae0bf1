"""What a router needs to keep one kind of record for a caller, whichever use cases do it."""

from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from fastapi import Request

from application.people.holds import HoldFields, HoldView
from application.registration.permissions import (
    GivePermission,
    PermissionFields,
    PermissionView,
    RevokePermission,
)
from application.registration.release_hold import ReleaseHold
from application.registration.revise_section import ReviseSection
from application.scheduling.sections import SectionFields, SectionView
from application.shared.caller import Caller
from application.shared.dto import Dto
from application.shared.idempotency import Answer
from application.shared.paging import PageQuery
from application.shared.records import RecordKeeping
from application.shared.written import ReadWritten, WrittenPage
from domain.people.hold import Hold
from domain.registration.permission import Permission
from domain.scheduling.section import Section
from domain.shared.reference import Reference
from interfaces.rest.callers import calling
from interfaces.rest.provided import provider

F = TypeVar("F", bound=Dto)
V = TypeVar("V", bound=Dto)
F_contra = TypeVar("F_contra", bound=Dto, contravariant=True)
V_co = TypeVar("V_co", bound=Dto, covariant=True)

_written: Callable[[], ReadWritten] = provider("read_written")
_sections: Callable[[], RecordKeeping[Section, SectionFields, SectionView]] = provider("sections")
_revise_section: Callable[[], ReviseSection] = provider("revise_section")
_holds: Callable[[], RecordKeeping[Hold, HoldFields, HoldView]] = provider("holds")
_release_hold: Callable[[], ReleaseHold] = provider("release_hold")
_permissions: Callable[[], RecordKeeping[Permission, PermissionFields, PermissionView]] = provider("permissions")
_give_permission: Callable[[], GivePermission] = provider("give_permission")
_revoke_permission: Callable[[], RevokePermission] = provider("revoke_permission")


class Kept(Protocol[F_contra, V_co]):
    """The records of one kind that a caller keeps."""

    async def create(self, fields: F_contra, key: str | None) -> Answer[Any]:
        """Create a record, once for an idempotency key."""
        ...

    async def get_to_change(self, reference: Reference) -> V_co:
        """Read a record of which a part shall be changed."""
        ...

    async def read(self, reference: Reference) -> str:
        """Read a record as JSON."""
        ...

    async def list(self, query: PageQuery) -> WrittenPage:
        """Read a page of records as JSON."""
        ...

    async def replace(self, reference: Reference, fields: F_contra, expected_version: int | None) -> V_co:
        """Give a record new fields."""
        ...

    async def remove(self, reference: Reference, expected_version: int | None) -> None:
        """Delete a record, or end it where history matters."""
        ...


class KeptRecords(Generic[F, V]):
    """Records that the use cases of `RecordKeeping` keep."""

    def __init__(self, keeping: "RecordKeeping[Any, F, V]", caller: Caller) -> None:
        self._keeping = keeping
        self._caller = caller

    async def create(self, fields: F, key: str | None) -> Answer[V]:
        if key is None:
            return Answer(await self._keeping.create(self._caller, fields))
        return await self._keeping.create_once(self._caller, fields, key)

    async def get(self, reference: Reference) -> V:
        return await self._keeping.get(self._caller, reference)

    async def get_to_change(self, reference: Reference) -> V:
        return await self._keeping.get_to_change(self._caller, reference)

    async def read(self, reference: Reference) -> str:
        return await _written().get(self._caller, self._keeping.kind, reference)

    async def list(self, query: PageQuery) -> WrittenPage:
        return await _written().list(self._caller, self._keeping.kind, query)

    async def replace(self, reference: Reference, fields: F, expected_version: int | None) -> V:
        return await self._keeping.replace(self._caller, reference, fields, expected_version)

    async def remove(self, reference: Reference, expected_version: int | None) -> None:
        await self._keeping.delete(self._caller, reference, expected_version)


class KeptSections(KeptRecords[SectionFields, SectionView]):
    """Sections: their changes pass the registration desk, since they may move seats."""

    def __init__(
        self, keeping: RecordKeeping[Section, SectionFields, SectionView], revise: ReviseSection, caller: Caller
    ) -> None:
        super().__init__(keeping, caller)
        self._revise = revise

    async def replace(self, reference: Reference, fields: SectionFields, expected_version: int | None) -> SectionView:
        return await self._revise.execute(self._caller, reference, fields, expected_version)


class KeptHolds(KeptRecords[HoldFields, HoldView]):
    """Holds: they are released, not deleted."""

    def __init__(
        self, keeping: RecordKeeping[Hold, HoldFields, HoldView], release: ReleaseHold, caller: Caller
    ) -> None:
        super().__init__(keeping, caller)
        self._release = release

    async def remove(self, reference: Reference, expected_version: int | None) -> None:
        await self._release.execute(self._caller, reference, expected_version)


class KeptPermissions(KeptRecords[PermissionFields, PermissionView]):
    """Permissions: they are given at the registration desk, and revoked, not deleted."""

    def __init__(
        self,
        keeping: RecordKeeping[Permission, PermissionFields, PermissionView],
        give: GivePermission,
        revoke: RevokePermission,
        caller: Caller,
    ) -> None:
        super().__init__(keeping, caller)
        self._give = give
        self._revoke = revoke

    async def create(self, fields: PermissionFields, key: str | None) -> Answer[PermissionView]:
        if key is None:
            return Answer(await self._give.execute(self._caller, fields))
        return await self._give.execute_once(self._caller, fields, key)

    async def remove(self, reference: Reference, expected_version: int | None) -> None:
        await self._revoke.execute(self._caller, reference, expected_version)


def kept(name: str) -> Callable[..., Awaitable[KeptRecords[Any, Any]]]:
    """A dependency on the caller's records that the container's use cases `name` keep."""
    keeping: Callable[[], RecordKeeping[Any, Any, Any]] = provider(name)

    async def dependency(request: Request) -> KeptRecords[Any, Any]:
        return KeptRecords(keeping(), await calling(request))

    return dependency


async def kept_sections(request: Request) -> KeptSections:
    """A dependency on the caller's sections."""
    return KeptSections(_sections(), _revise_section(), await calling(request))


async def kept_holds(request: Request) -> KeptHolds:
    """A dependency on the caller's holds."""
    return KeptHolds(_holds(), _release_hold(), await calling(request))


async def kept_permissions(request: Request) -> KeptPermissions:
    """A dependency on the caller's permissions."""
    return KeptPermissions(_permissions(), _give_permission(), _revoke_permission(), await calling(request))
