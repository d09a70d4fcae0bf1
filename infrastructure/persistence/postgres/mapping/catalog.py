"""Mappers of the catalog."""

from decimal import Decimal
from typing import Any

from domain.catalog.course import Course
from domain.catalog.department import Department
from domain.catalog.grading import Grade, GradingBasis, GradingScheme, NumericScale
from domain.catalog.program import Program
from domain.catalog.requisite import Requisite
from domain.shared.identifiers import CourseId, DepartmentId, GradingSchemeId, InstitutionId, ProgramId
from infrastructure.persistence.postgres.mapping.mapper import Mapper, Values
from infrastructure.persistence.postgres.mapping.requisites import requisite_document, requisite_of
from infrastructure.persistence.postgres.rows.catalog import CourseRow, DepartmentRow, GradingSchemeRow, ProgramRow

Json = dict[str, Any]


def _department_values(institution: InstitutionId, department: Department) -> Values:
    return {
        "institution_id": institution,
        "id": department.id,
        "code": department.code,
        "name": department.name,
        "version": 1,
    }


def _department(row: DepartmentRow) -> Department:
    return Department(DepartmentId(row.id), row.code, row.name)


def _course_values(institution: InstitutionId, course: Course) -> Values:
    return {
        "institution_id": institution,
        "id": course.id,
        "code": course.code,
        "subject": course.subject,
        "number": course.number,
        "title": course.title,
        "description": course.description,
        "credits": course.credits,
        "department_id": course.department_id,
        "prerequisite": _document(course.prerequisite),
        "corequisite": _document(course.corequisite),
        "exclusion": _document(course.exclusion),
        "grading_bases": sorted(basis.value for basis in course.grading_bases),
        "attempts_maximum": course.attempts_maximum,
        "repeatable": course.repeatable,
        "version": 1,
    }


def _document(requisite: Requisite | None) -> Json | None:
    return None if requisite is None else requisite_document(requisite)


def _course(row: CourseRow) -> Course:
    return Course(
        id=CourseId(row.id),
        subject=row.subject,
        number=row.number,
        title=row.title,
        description=row.description,
        credits=row.credits,
        department_id=None if row.department_id is None else DepartmentId(row.department_id),
        prerequisite=_requisite(row.prerequisite),
        corequisite=_requisite(row.corequisite),
        exclusion=_requisite(row.exclusion),
        grading_bases=frozenset(GradingBasis(basis) for basis in row.grading_bases),
        attempts_maximum=row.attempts_maximum,
        repeatable=row.repeatable,
    )


def _requisite(document: Json | None) -> Requisite | None:
    return None if document is None else requisite_of(document)


def _program_values(institution: InstitutionId, program: Program) -> Values:
    return {
        "institution_id": institution,
        "id": program.id,
        "code": program.code,
        "name": program.name,
        "registry_code": program.registry_code,
        "degree": program.degree,
        "required_credits": program.required_credits,
        "department_id": program.department_id,
        "version": 1,
    }


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


def _grading_scheme_values(institution: InstitutionId, scheme: GradingScheme) -> Values:
    return {
        "institution_id": institution,
        "id": scheme.id,
        "code": scheme.code,
        "name": scheme.name,
        "grades": [
            {"symbol": grade.symbol, "passes": grade.passes, "points": _text(grade.points)} for grade in scheme.grades
        ],
        "scale": None if scheme.scale is None else _scale_document(scheme.scale),
        "version": 1,
    }


def _text(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


def _scale_document(scale: NumericScale) -> Json:
    return {
        "minimum": str(scale.minimum),
        "maximum": str(scale.maximum),
        "pass_mark": str(scale.pass_mark),
        "decimals": scale.decimals,
    }


def grading_scheme_of(row: GradingSchemeRow) -> GradingScheme:
    """The grading scheme of a row."""
    return GradingScheme(
        id=GradingSchemeId(row.id),
        code=row.code,
        name=row.name,
        grades=tuple(
            Grade(grade["symbol"], grade["passes"], None if grade["points"] is None else Decimal(grade["points"]))
            for grade in row.grades
        ),
        scale=None if row.scale is None else _scale(row.scale),
    )


def _scale(document: Json) -> NumericScale:
    return NumericScale(
        Decimal(document["minimum"]),
        Decimal(document["maximum"]),
        Decimal(document["pass_mark"]),
        document["decimals"],
    )


DEPARTMENT = Mapper("department", Department, DepartmentRow, _department_values, _department, DepartmentRow.code)
COURSE = Mapper("course", Course, CourseRow, _course_values, _course, CourseRow.code)
PROGRAM = Mapper("program", Program, ProgramRow, _program_values, _program, ProgramRow.code)
GRADING_SCHEME = Mapper(
    "grading scheme", GradingScheme, GradingSchemeRow, _grading_scheme_values, grading_scheme_of, GradingSchemeRow.code
)
