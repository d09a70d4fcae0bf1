"""Mappers of the catalog."""

from domain.catalog.course import Course
from domain.catalog.department import Department
from domain.catalog.program import Program
from domain.shared.identifiers import CourseId, DepartmentId, InstitutionId, ProgramId
from infrastructure.persistence.postgres.mapping.mapper import Mapper
from infrastructure.persistence.postgres.rows.catalog import CourseRow, DepartmentRow, ProgramRow


def _department_row(institution: InstitutionId, department: Department) -> DepartmentRow:
    return DepartmentRow(
        institution_id=institution, id=department.id, code=department.code, name=department.name, version=1
    )


def _department(row: DepartmentRow) -> Department:
    return Department(DepartmentId(row.id), row.code, row.name)


def _course_row(institution: InstitutionId, course: Course) -> CourseRow:
    return CourseRow(
        institution_id=institution,
        id=course.id,
        code=course.code,
        subject=course.subject,
        number=course.number,
        title=course.title,
        description=course.description,
        credits=course.credits,
        department_id=course.department_id,
        version=1,
    )


def _course(row: CourseRow) -> Course:
    return Course(
        id=CourseId(row.id),
        subject=row.subject,
        number=row.number,
        title=row.title,
        description=row.description,
        credits=row.credits,
        department_id=None if row.department_id is None else DepartmentId(row.department_id),
    )


def _program_row(institution: InstitutionId, program: Program) -> ProgramRow:
    return ProgramRow(
        institution_id=institution,
        id=program.id,
        code=program.code,
        name=program.name,
        registry_code=program.registry_code,
        degree=program.degree,
        required_credits=program.required_credits,
        department_id=program.department_id,
        version=1,
    )


def _program(row: ProgramRow) -> Program:
    return Program(
        id=ProgramId(row.id),
        code=row.code,
        name=row.name,
        registry_code=row.registry_code,
        degree=row.degree,
        required_credits=row.required_credits,
        department_id=None if row.department_id is None else DepartmentId(row.department_id),
    )


DEPARTMENT = Mapper("department", Department, DepartmentRow, _department_row, _department, DepartmentRow.code)
COURSE = Mapper("course", Course, CourseRow, _course_row, _course, CourseRow.code)
PROGRAM = Mapper("program", Program, ProgramRow, _program_row, _program, ProgramRow.code)
