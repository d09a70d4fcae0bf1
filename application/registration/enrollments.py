"""Reading enrollments: the collection, one of them, a student's schedule, a section's roster, and the export rows."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import datetime
from uuid import UUID

from application.people.relations import authorise_about
from application.registration.dto import EnrollmentRow, EnrollmentView, RosterView, ScheduleView
from application.registration.own_records import OwnRecords
from application.registration.ports import RegistrationReading, RegistrationViews
from application.scheduling.sections import SECTIONS
from application.shared.access import authorise, authorise_related, may_be_related
from application.shared.access_table import Right
from application.shared.caller import Caller
from application.shared.dto import Dto
from application.shared.errors import InvalidRequest, NotFound
from application.shared.paging import Listing
from application.shared.records import RecordKind, Work
from domain.registration.enrollment import Enrollment
from domain.scheduling.section import Section
from domain.scheduling.term import Term
from domain.shared.identifiers import SectionId, TermId
from domain.shared.reference import Reference


async def _only_by_request(_id: UUID, _fields: Dto, _before: Enrollment | None, _work: Work) -> Enrollment:
    detail = "Enrollments change by registration requests only."
    raise InvalidRequest(detail)


ENROLLMENTS = RecordKind(
    name="enrollment",
    entity=Enrollment,
    fields=Dto,
    view=EnrollmentView,
    listing=Listing(
        sorts=("number", "enrolled_at"),
        filters=("student", "student_code", "term", "term_code", "offering", "course_code", "status"),
    ),
    assemble=_only_by_request,
)


OF_ONE_STUDENT = Listing(
    sorts=("number", "enrolled_at"), filters=("term", "term_code", "offering", "course_code", "status")
)
"""What the collection of one student's enrollments can be asked for."""


class ReadEnrollments(OwnRecords[Enrollment, Dto, EnrollmentView]):
    """The use cases that read who sits where."""

    def __init__(self, reading: RegistrationReading) -> None:
        super().__init__(ENROLLMENTS, reading)

    async def schedule(
        self, caller: Caller, student: Reference, term: Reference, as_of: datetime | None = None
    ) -> ScheduleView:
        """Read what a student takes in a term, or took at the moment `as_of`. Raises `NotFound`, `AccessDenied`."""
        async with self._reading(caller.institution) as views:
            addressee = await views.addressee(term, student)
            if addressee.student is None:
                authorise(caller, "get_schedule")
                raise NotFound("student", str(student))
            await authorise_about(caller, "get_schedule", addressee.student, views)
            if addressee.term is None:
                raise NotFound("term", str(term))
            return await views.schedule(addressee.term, addressee.student, as_of)

    async def roster(self, caller: Caller, section: Reference, as_of: datetime | None = None) -> RosterView:
        """Read who sits in a section, or sat there at the moment `as_of`. Raises `NotFound`, `AccessDenied`."""
        is_related = may_be_related(caller, "get_roster")
        async with self._reading(caller.institution) as views:
            identifier = await views.identify(Section, section)
            if is_related:
                authorise_related(caller, "get_roster", await _rights_in(caller, identifier, views))
            if identifier is None:
                raise NotFound("section", str(section))
            return await views.roster(SectionId(identifier), as_of)

    async def export(self, caller: Caller, term: Reference) -> AsyncIterator[EnrollmentRow]:
        """Stream a row for each section of each enrollment of a term. Raises `NotFound`, `AccessDenied`."""
        async with self._exporting(caller, term) as (views, identifier):
            async for row in views.enrollment_rows(identifier):
                yield row

    async def export_csv(self, caller: Caller, term: Reference) -> AsyncGenerator[str, None]:
        """Stream the rows of `export` as lines of CSV, one or many at once; the first names the columns.

        Whoever stops early closes the stream. Raises `NotFound`, `AccessDenied`.
        """
        async with self._exporting(caller, term) as (views, identifier):
            yield f"{','.join(EnrollmentRow.model_fields)}\n"
            async with aclosing(views.enrollment_csv(identifier)) as pieces:
                async for lines in pieces:
                    yield lines

    @asynccontextmanager
    async def _exporting(self, caller: Caller, term: Reference) -> AsyncIterator[tuple[RegistrationViews, TermId]]:
        authorise(caller, "export_enrollments")
        async with self._reading(caller.institution) as views:
            identifier = await views.identify(Term, term)
            if identifier is None:
                raise NotFound("term", str(term))
            yield views, TermId(identifier)


async def _rights_in(caller: Caller, section: UUID | None, views: RegistrationViews) -> frozenset[Right]:
    view = None if section is None else await views.views(SECTIONS).one(section)
    return frozenset() if view is None else await SECTIONS.rights_in(caller, view, views)
