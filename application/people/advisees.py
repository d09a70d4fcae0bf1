"""Whom an instructor advises."""

from application.people.students import STUDENTS, StudentView
from application.shared.access import authorise, authorise_related
from application.shared.access_table import Right
from application.shared.caller import Caller
from application.shared.errors import NotFound
from application.shared.paging import Listing, Page, PageQuery
from application.shared.records import ReadUnitOfWork
from domain.people.instructor import Instructor
from domain.shared.reference import Reference

OF_ONE_ADVISOR = Listing(
    STUDENTS.listing.sorts,
    tuple(name for name in STUDENTS.listing.filters if name != "advisor"),
    STUDENTS.listing.searches,
)
"""What the collection of one instructor's advisees can be asked for."""


class ReadAdvisees:
    """The use case: how advisors find the students whose records they may read."""

    def __init__(self, reading: ReadUnitOfWork) -> None:
        self._reading = reading

    async def of_instructor(self, caller: Caller, instructor: Reference, query: PageQuery) -> Page[StudentView]:
        """Read a page of the instructor's advisees. Raises `NotFound`, `InvalidRequest`, `AccessDenied`."""
        operation = "list_advisees"
        async with self._reading(caller.institution) as views:
            identifier = await views.identify(Instructor, instructor)
            if identifier is None:
                authorise(caller, operation)
                name = "instructor"
                raise NotFound(name, str(instructor))
            own = caller.instructor_id == identifier
            authorise_related(caller, operation, frozenset({Right.ADVISEE}) if own else frozenset())
            filters = {**query.filters, "advisor": str(identifier)}
            advised = PageQuery(query.limit, query.cursor, query.sort, filters, query.search)
            return await views.views(STUDENTS).page(advised)
