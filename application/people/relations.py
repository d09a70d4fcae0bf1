"""How callers are related to students: they are the student, or advise them."""

from uuid import UUID

from application.people.students import STUDENTS
from application.shared.access import authorise_related, may_be_related
from application.shared.access_table import Right
from application.shared.caller import Caller
from application.shared.records import Views


async def rights_about(caller: Caller, student: UUID, views: Views) -> frozenset[Right]:
    """The rights that the caller has in what is about a student."""
    if caller.instructor_id is None:
        return frozenset({Right.SELF}) if caller.student_id == student else frozenset()
    view = await views.views(STUDENTS).one(student)
    return frozenset() if view is None else await STUDENTS.rights_in(caller, view, views)


async def authorise_about(caller: Caller, operation: str, student: UUID, views: Views) -> None:
    """Raise `AccessDenied` unless the caller may do `operation` about that student."""
    if may_be_related(caller, operation):
        authorise_related(caller, operation, await rights_about(caller, student, views))
