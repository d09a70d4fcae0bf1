"""Mappers of people."""

from domain.people.hold import Hold, HoldBlock
from domain.people.instructor import Instructor
from domain.people.student import Student, TestScore
from domain.shared.identifiers import DepartmentId, HoldId, InstitutionId, InstructorId, ProgramId, StudentId
from infrastructure.persistence.postgres.mapping.mapper import Mapper, Values
from infrastructure.persistence.postgres.rows.people import HoldRow, InstructorRow, StudentRow


def _student_values(institution: InstitutionId, student: Student) -> Values:
    return {
        "institution_id": institution,
        "id": student.id,
        "code": student.code,
        "given_name": student.given_name,
        "family_name": student.family_name,
        "birthday": student.birthday,
        "email": student.email,
        "program_id": student.program_id,
        "class_level": student.class_level,
        "credit_maximum": student.credit_maximum,
        "credit_minimum": student.credit_minimum,
        "version": 1,
        "test_scores": [
            {
                "institution_id": institution,
                "student_id": student.id,
                "test": score.test,
                "position": position,
                "score": score.score,
            }
            for position, score in enumerate(student.test_scores)
        ],
        "advisors": [
            {"institution_id": institution, "student_id": student.id, "instructor_id": advisor}
            for advisor in sorted(student.advisor_ids)
        ],
    }


def _student(row: StudentRow) -> Student:
    return Student(
        id=StudentId(row.id),
        code=row.code,
        given_name=row.given_name,
        family_name=row.family_name,
        birthday=row.birthday,
        email=row.email,
        program_id=None if row.program_id is None else ProgramId(row.program_id),
        class_level=row.class_level,
        test_scores=tuple(
            TestScore(scored.test, scored.score) for scored in sorted(row.test_scores, key=lambda row: row.position)
        ),
        credit_maximum=row.credit_maximum,
        credit_minimum=row.credit_minimum,
        advisor_ids=frozenset(InstructorId(advising.instructor_id) for advising in row.advisors),
    )


def _instructor_values(institution: InstitutionId, instructor: Instructor) -> Values:
    return {
        "institution_id": institution,
        "id": instructor.id,
        "code": instructor.code,
        "name": instructor.name,
        "email": instructor.email,
        "department_id": instructor.department_id,
        "version": 1,
    }


def _instructor(row: InstructorRow) -> Instructor:
    return Instructor(
        id=InstructorId(row.id),
        code=row.code,
        name=row.name,
        email=row.email,
        department_id=None if row.department_id is None else DepartmentId(row.department_id),
    )


def _hold_values(institution: InstitutionId, hold: Hold) -> Values:
    return {
        "institution_id": institution,
        "id": hold.id,
        "student_id": hold.student_id,
        "blocks": sorted(block.value for block in hold.blocks),
        "office": hold.office,
        "reason": hold.reason,
        "placed_at": hold.placed_at,
        "released_at": hold.released_at,
        "version": 1,
    }


def _hold(row: HoldRow) -> Hold:
    return Hold(
        id=HoldId(row.id),
        student_id=StudentId(row.student_id),
        blocks=frozenset(HoldBlock(block) for block in row.blocks),
        office=row.office,
        reason=row.reason,
        placed_at=row.placed_at,
        released_at=row.released_at,
    )


STUDENT = Mapper("student", Student, StudentRow, _student_values, _student, StudentRow.code)
INSTRUCTOR = Mapper("instructor", Instructor, InstructorRow, _instructor_values, _instructor, InstructorRow.code)
HOLD = Mapper("hold", Hold, HoldRow, _hold_values, _hold)
