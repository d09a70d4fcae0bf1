"""Permissions as a resource: they are given, read and revoked; nobody rewrites one."""

from typing import Any

from application.registration.permissions import PERMISSIONS, PermissionFields, PermissionView
from interfaces.rest import registration_examples as examples
from interfaces.rest.answers import PERSONAL
from interfaces.rest.kept import kept_permissions
from interfaces.rest.records import records_router
from interfaces.rest.resources import Resource

PERMISSION: Resource[PermissionFields, PermissionView] = Resource(
    name="permission",
    collection="permissions",
    about="Waives rejection codes for one student, in an offering or one of its sections, until it is revoked or"
    " expires; it stays on record.",
    fields=PERMISSIONS.fields,
    view=PERMISSIONS.view,
    listing=PERMISSIONS.listing,
    example=examples.PERMISSION,
    example_patch={},
    example_view=examples.PERMISSION_VIEW,
    caching=PERSONAL,
    removal="Revoke",
    replaceable=False,
)

RESOURCES: tuple[Resource[Any, Any], ...] = (PERMISSION,)
ROUTERS = (records_router(PERMISSION, kept_permissions),)
