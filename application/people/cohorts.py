"""Cohorts as callers give and see them: the students for whom a window opens or seats are kept."""

from typing import Annotated

from pydantic import Field, NonNegativeInt, PlainSerializer

from application.shared.dto import IN_ORDER, Dto, ReferenceText
from application.shared.records import Views, resolve
from domain.catalog.program import Program
from domain.people.cohort import Cohort
from domain.people.student import Student
from domain.shared.identifiers import ProgramId, StudentId

ClassLevel = Annotated[int, Field(ge=1, le=100, examples=[1])]
"""How far a student has come: 1 is a beginner."""

ClassLevels = Annotated[frozenset[ClassLevel], Field(max_length=100), IN_ORDER]
Programs = Annotated[frozenset[ReferenceText], Field(max_length=200, examples=[["code:SYS-ENG"]]), IN_ORDER]
Students = Annotated[frozenset[ReferenceText], Field(max_length=2_000, examples=[["code:S-0001"]]), IN_ORDER]


_IN_ORDER_OR_COUNTED = PlainSerializer(lambda told: told if isinstance(told, int) else sorted(told), when_used="json")


class CohortFields(Dto):
    """Students named one by one, and those in one of `programs` and at one of `class_levels`.

    An empty list of programs or class levels asks for nothing; a cohort names at least somebody.
    """

    students: Students = frozenset()
    programs: Programs = frozenset()
    class_levels: ClassLevels = frozenset()


class CohortView(CohortFields):
    """A cohort as it is shown: `students` are ids, or only their number for whoever may not know who they are."""

    students: Annotated[frozenset[ReferenceText] | NonNegativeInt, _IN_ORDER_OR_COUNTED] = frozenset()  # type: ignore[assignment]  # a view may tell less than what was given

    def counted(self) -> "CohortView":
        """The cohort with the number of its students instead of their ids."""
        students = self.students if isinstance(self.students, int) else len(self.students)
        return self.model_copy(update={"students": students})


async def assemble_cohort(fields: CohortFields, work: Views) -> Cohort:
    """Make the cohort. Raises `UnknownReference`, `InvalidValue`."""
    students = [await resolve(work, Student, "students", text) for text in sorted(fields.students)]
    return Cohort(
        students=frozenset(StudentId(student) for student in students),
        programs=await resolve_programs(fields.programs, work),
        class_levels=fields.class_levels,
    )


async def resolve_programs(references: frozenset[str], work: Views) -> frozenset[ProgramId]:
    """The ids of programs. Raises `UnknownReference`."""
    programs = [await resolve(work, Program, "programs", text) for text in sorted(references)]
    return frozenset(ProgramId(program) for program in programs)
