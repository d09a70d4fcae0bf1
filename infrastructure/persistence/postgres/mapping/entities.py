"""Which mapper belongs to which entity."""

from typing import Any, TypeVar

from application.shared.records import Entity
from infrastructure.persistence.postgres.mapping.attempts import COURSE_ATTEMPT
from infrastructure.persistence.postgres.mapping.catalog import COURSE, DEPARTMENT, GRADING_SCHEME, PROGRAM
from infrastructure.persistence.postgres.mapping.mapper import Mapper
from infrastructure.persistence.postgres.mapping.people import HOLD, INSTRUCTOR, STUDENT
from infrastructure.persistence.postgres.mapping.permissions import PERMISSION
from infrastructure.persistence.postgres.mapping.scheduling import OFFERING, ROOM, SECTION
from infrastructure.persistence.postgres.mapping.terms import TERM, TIME_TICKET

E = TypeVar("E", bound=Entity)

_MAPPERS: dict[type[Entity], Mapper[Any, Any]] = {
    mapper.entity: mapper
    for mapper in (
        DEPARTMENT,
        COURSE,
        PROGRAM,
        STUDENT,
        INSTRUCTOR,
        HOLD,
        TERM,
        TIME_TICKET,
        ROOM,
        OFFERING,
        SECTION,
        GRADING_SCHEME,
        COURSE_ATTEMPT,
        PERMISSION,
    )
}


def mapper_for(entity: type[E]) -> Mapper[E, Any]:
    """The mapper of an entity type that is kept as records."""
    return _MAPPERS[entity]
