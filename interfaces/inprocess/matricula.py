"""What a Python program gets: every use case by name, and callers to use them with. It knows no adapter."""

from dataclasses import dataclass
from uuid import UUID

from application.access.accounts import KeepAccounts
from application.access.clients import KeepClients
from application.catalog.courses import CourseFields, CourseView
from application.catalog.departments import DepartmentFields, DepartmentView
from application.catalog.grading_schemes import GradingSchemeFields, GradingSchemeView
from application.catalog.programs import ProgramFields, ProgramView
from application.people.advisees import ReadAdvisees
from application.people.holds import HoldFields, HoldView
from application.people.instructors import InstructorFields, InstructorView
from application.people.students import StudentFields, StudentView
from application.registration.audit import ReadAudit
from application.registration.course_attempts import CourseAttemptFields, CourseAttemptView
from application.registration.eligibility import AskEligibility
from application.registration.enrollments import ReadEnrollments
from application.registration.import_attempts import ImportAttempts
from application.registration.own_records import OwnPages, OwnRecords
from application.registration.permissions import (
    GivePermission,
    PermissionFields,
    PermissionView,
    RevokePermission,
)
from application.registration.register import Register
from application.registration.release_hold import ReleaseHold
from application.registration.replay_audit import ReplayAudit
from application.registration.revise_section import ReviseSection
from application.registration.verify_registration import VerifyRegistration
from application.registration.waitlists import ReviewQueues, WaitlistEntryView
from application.scheduling.import_timetable import ImportTimetable
from application.scheduling.offerings import OfferingFields, OfferingView
from application.scheduling.rooms import RoomFields, RoomView
from application.scheduling.sections import SectionFields, SectionView
from application.scheduling.terms import TermFields, TermView
from application.scheduling.time_tickets import TimeTicketFields, TimeTicketView
from application.shared.caller import Caller, Role
from application.shared.dto import Dto
from application.shared.errors import NotFound
from application.shared.institutions import InstitutionFields, KeepInstitutions
from application.shared.records import RecordKeeping
from domain.catalog.course import Course
from domain.catalog.department import Department
from domain.catalog.grading import GradingScheme
from domain.catalog.program import Program
from domain.people.hold import Hold
from domain.people.instructor import Instructor
from domain.people.student import Student
from domain.registration.attempt import CourseAttempt
from domain.registration.permission import Permission
from domain.registration.waitlist import WaitlistEntry
from domain.scheduling.offering import CourseOffering
from domain.scheduling.room import Room
from domain.scheduling.section import Section
from domain.scheduling.term import Term
from domain.scheduling.time_ticket import TimeTicket
from domain.shared.identifiers import InstitutionId, InstructorId, StudentId
from domain.shared.reference import Reference

ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class Matricula:
    """The use cases, named as in REST.

    Sections are replaced through `revise_section`, permissions given and revoked through use cases of their own: seats
    may move.
    """

    institutions: KeepInstitutions
    accounts: KeepAccounts
    clients: KeepClients
    departments: RecordKeeping[Department, DepartmentFields, DepartmentView]
    programs: RecordKeeping[Program, ProgramFields, ProgramView]
    courses: RecordKeeping[Course, CourseFields, CourseView]
    grading_schemes: RecordKeeping[GradingScheme, GradingSchemeFields, GradingSchemeView]
    students: RecordKeeping[Student, StudentFields, StudentView]
    read_advisees: ReadAdvisees
    instructors: RecordKeeping[Instructor, InstructorFields, InstructorView]
    holds: RecordKeeping[Hold, HoldFields, HoldView]
    release_hold: ReleaseHold
    course_attempts: RecordKeeping[CourseAttempt, CourseAttemptFields, CourseAttemptView]
    read_course_attempts: OwnPages[CourseAttempt, CourseAttemptFields, CourseAttemptView]
    import_attempts: ImportAttempts
    rooms: RecordKeeping[Room, RoomFields, RoomView]
    terms: RecordKeeping[Term, TermFields, TermView]
    time_tickets: RecordKeeping[TimeTicket, TimeTicketFields, TimeTicketView]
    offerings: RecordKeeping[CourseOffering, OfferingFields, OfferingView]
    sections: RecordKeeping[Section, SectionFields, SectionView]
    import_timetable: ImportTimetable
    register: Register
    revise_section: ReviseSection
    ask_eligibility: AskEligibility
    enrollments: ReadEnrollments
    permissions: RecordKeeping[Permission, PermissionFields, PermissionView]
    give_permission: GivePermission
    revoke_permission: RevokePermission
    waitlists: OwnRecords[WaitlistEntry, Dto, WaitlistEntryView]
    review_queues: ReviewQueues
    audit: ReadAudit
    replay_audit: ReplayAudit
    verify_registration: VerifyRegistration

    async def caller(
        self,
        institution: str = "main",
        *,
        roles: frozenset[Role] = ADMINISTRATOR,
        subject: str = "in-process",
        student: UUID | None = None,
        instructor: UUID | None = None,
        scopes: frozenset[str] | None = None,
    ) -> Caller:
        """A caller at the institution with that code; `student` or `instructor` is who they are. Raises `NotFound`.

        `scopes` limit what an API client may do of what its roles may.
        """
        found = await self.institutions.find(Reference(code=institution))
        student_id = None if student is None else StudentId(student)
        instructor_id = None if instructor is None else InstructorId(instructor)
        return Caller(InstitutionId(found.id), subject, roles, student_id, instructor_id, scopes)

    async def founding_caller(self, institution: str = "main") -> Caller:
        """An administrator of the institution with that code, which is founded if there is none."""
        try:
            return await self.caller(institution)
        except NotFound:
            await self.institutions.found(InstitutionFields(code=institution, name=institution))
            return await self.caller(institution)
