"""Typed identifiers: every record is known by a UUIDv7 that comes in from outside; no two kinds can be confused."""

from typing import NewType
from uuid import UUID

InstitutionId = NewType("InstitutionId", UUID)

DepartmentId = NewType("DepartmentId", UUID)
CourseId = NewType("CourseId", UUID)
ProgramId = NewType("ProgramId", UUID)
GradingSchemeId = NewType("GradingSchemeId", UUID)

StudentId = NewType("StudentId", UUID)
InstructorId = NewType("InstructorId", UUID)
HoldId = NewType("HoldId", UUID)

AccountId = NewType("AccountId", UUID)
ClientId = NewType("ClientId", UUID)
SessionId = NewType("SessionId", UUID)

TermId = NewType("TermId", UUID)
TimeTicketId = NewType("TimeTicketId", UUID)
RoomId = NewType("RoomId", UUID)
OfferingId = NewType("OfferingId", UUID)
ConfigurationId = NewType("ConfigurationId", UUID)
ComponentId = NewType("ComponentId", UUID)
SectionId = NewType("SectionId", UUID)

EnrollmentId = NewType("EnrollmentId", UUID)
RequestId = NewType("RequestId", UUID)
WaitlistEntryId = NewType("WaitlistEntryId", UUID)
PermissionId = NewType("PermissionId", UUID)
AttemptId = NewType("AttemptId", UUID)
