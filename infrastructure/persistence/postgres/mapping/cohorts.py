"""Cohorts from the rows that keep them: the students and programs they name stand in tables of their own."""

from collections.abc import Iterable

from domain.people.cohort import Cohort
from domain.shared.identifiers import ProgramId, StudentId
from infrastructure.persistence.postgres.rows.scheduling import ReservedSeatsProgramRow, ReservedSeatsStudentRow
from infrastructure.persistence.postgres.rows.terms import TimeTicketProgramRow, TimeTicketStudentRow


def cohort_of(
    students: Iterable[ReservedSeatsStudentRow | TimeTicketStudentRow],
    programs: Iterable[ReservedSeatsProgramRow | TimeTicketProgramRow],
    class_levels: Iterable[int],
) -> Cohort:
    """The cohort that the rows name."""
    return Cohort(
        students=frozenset(StudentId(row.student_id) for row in students),
        programs=frozenset(ProgramId(row.program_id) for row in programs),
        class_levels=frozenset(class_levels),
    )
