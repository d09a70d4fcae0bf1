"""Courses as callers give and see them; requisites are texts in the grammar of docs/requisites.md."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from application.shared.dto import IN_ORDER, Code, Credits, Dto, Name, ReferenceText, Text
from application.shared.paging import Listing
from application.shared.plain_words import matching
from application.shared.records import RecordKind, Work, resolve_optional
from domain.catalog.course import Course
from domain.catalog.department import Department
from domain.catalog.grading import GradingBasis
from domain.catalog.requisite import Requisite
from domain.catalog.requisite_grammar import (
    LENGTH_MAXIMUM,
    RequisiteSyntaxError,
    parse_requisite,
    print_requisite,
)
from domain.shared.identifiers import CourseId, DepartmentId

_LETTERS = "letters, digits or . _ + & ' - and begin with a letter, a digit or _"

Subject = Annotated[str, matching(r"^([\w][\w.+&'-]{0,30})?$", f"must be up to 31 {_LETTERS}"), Field(examples=["CS"])]
Number = Annotated[str, matching(r"^[\w][\w.+&'-]{0,30}$", f"must be 1 to 31 {_LETTERS}"), Field(examples=["101"])]


def _canonical(text: str) -> str:
    try:
        return print_requisite(parse_requisite(text))
    except RequisiteSyntaxError as error:
        raise ValueError(error.reason) from None


RequisiteText = Annotated[
    str,
    StringConstraints(max_length=LENGTH_MAXIMUM),
    AfterValidator(_canonical),
    Field(examples=["(MATH-101 >= C and PHYS-100) or placement:MATH >= 70"]),
]
"""A requisite in its grammar, kept in canonical form; what is wrong with a text is said with the position."""


class CourseFields(Dto):
    """What is given to create or replace a course; subject and number together are its code (`CS-101`).

    A `prerequisite` has to be met by earlier terms, a `corequisite` at the latest in the same term, and whoever meets
    `exclusion` may not take the course. They name courses, programs, departments and placement tests by code, whether
    or not there are such records: catalogs refer to retired courses. What does not exist is met by nobody.
    `grading_bases` are the ways in which an enrollment may be graded; `attempts_maximum` is how often a student may try
    the course, null for no limit; `repeatable` says whether a course that was passed may be taken again.
    """

    subject: Subject = ""
    number: Number
    title: Name
    description: Text = ""
    credits: Credits
    department: ReferenceText | None = None
    prerequisite: RequisiteText | None = None
    corequisite: RequisiteText | None = None
    exclusion: RequisiteText | None = None
    grading_bases: Annotated[frozenset[GradingBasis], Field(min_length=1), IN_ORDER] = frozenset({GradingBasis.GRADED})
    attempts_maximum: Annotated[int, Field(ge=1, le=100)] | None = None
    repeatable: bool = True


class CourseView(CourseFields):
    """A course as it is stored; `department` is an id, and the requisites are canonical."""

    # Printed from the stored trees: reading them once more would only cost time.
    prerequisite: str | None = None
    corequisite: str | None = None
    exclusion: str | None = None
    id: UUID
    code: Code
    version: int


async def _assemble(identifier: UUID, fields: CourseFields, _before: Course | None, work: Work) -> Course:
    department = await resolve_optional(work, Department, "department", fields.department)
    return Course(
        id=CourseId(identifier),
        subject=fields.subject,
        number=fields.number,
        title=fields.title,
        description=fields.description,
        credits=fields.credits,
        department_id=None if department is None else DepartmentId(department),
        prerequisite=_requisite(fields.prerequisite),
        corequisite=_requisite(fields.corequisite),
        exclusion=_requisite(fields.exclusion),
        grading_bases=fields.grading_bases,
        attempts_maximum=fields.attempts_maximum,
        repeatable=fields.repeatable,
    )


def _requisite(text: str | None) -> Requisite | None:
    return None if text is None else parse_requisite(text)


COURSES = RecordKind(
    name="course",
    entity=Course,
    fields=CourseFields,
    view=CourseView,
    listing=Listing(
        sorts=("code", "title", "subject", "credits"),
        filters=("code", "subject", "number", "department"),
        searches=("code", "title", "description"),
    ),
    assemble=_assemble,
)
