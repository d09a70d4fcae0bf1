"""Sections as PostgreSQL writes them: the JSON of `SectionView`, letter for letter, and how their collection is asked.

`row_to_json` writes no space, and the names of a row in their order: the rows here have those of the view.
"""

from dataclasses import replace

from domain.scheduling.offering import CourseOffering
from domain.scheduling.section import Section
from domain.scheduling.term import Term
from infrastructure.persistence.postgres.readers.written import WrittenSelection


def _time(column: str) -> str:
    """A time of day with its fraction of a second in full, or without any."""
    return f"rpad({column}::text, CASE WHEN length({column}::text) > 8 THEN 15 ELSE 8 END, '0')"


def _moment(column: str) -> str:
    """A moment in UTC, with its fraction of a second in full, or without any."""
    utc = f"{column} AT TIME ZONE 'UTC'"
    fraction = f"CASE WHEN date_trunc('second', {column}) = {column} THEN '' ELSE to_char({utc}, '.US') END"
    return f"to_char({utc}, 'YYYY-MM-DD\"T\"HH24:MI:SS') || {fraction} || 'Z'"


_MEETINGS = f"""
    ARRAY(SELECT row_to_json(v) FROM (
        SELECT m.weekdays, {_time("m.starts_at")} AS starts_at, {_time("m.ends_at")} AS ends_at, m.weeks, m.first_date,
               m.last_date, m.room_id AS room
          FROM meetings m
         WHERE m.institution_id = r.institution_id AND m.section_id = r.id
         ORDER BY m.position) v)
"""  # noqa: S608 - constants only

_INSTRUCTORS = """
    ARRAY(SELECT i.instructor_id
            FROM section_instructors i
           WHERE i.institution_id = r.institution_id AND i.section_id = r.id
           ORDER BY i.position)
"""

_NAMED = """
    FROM reserved_seats_students x
   WHERE x.institution_id = k.institution_id AND x.section_id = k.section_id AND x.name = k.name
"""

_WHO = f"ARRAY(SELECT x.student_id {_NAMED} ORDER BY x.student_id)"
_HOW_MANY = f"(SELECT count(*) {_NAMED})"


def _reserved(students: str) -> str:
    """The reserved seats, each with its cohort; `students` is what is told of the students whom it names."""
    cohort = f"""
        SELECT {students} AS students,
               ARRAY(SELECT x.program_id FROM reserved_seats_programs x
                      WHERE x.institution_id = k.institution_id AND x.section_id = k.section_id AND x.name = k.name
                      ORDER BY x.program_id) AS programs,
               k.class_levels
    """  # noqa: S608 - constants only
    return f"""
        ARRAY(SELECT row_to_json(v) FROM (
            SELECT k.name, (SELECT row_to_json(c) FROM ({cohort}) c) AS cohort, k.seats,
                   {_moment("k.released_at")} AS released_at
              FROM reserved_seats k
             WHERE k.institution_id = r.institution_id AND k.section_id = r.id
             ORDER BY k.position) v)
    """  # noqa: S608 - constants only


# Who sits in a section with a capacity has a seat number: those are counted in the index alone.
_COUNTS = """
    SELECT CASE WHEN r.unlimited THEN
               (SELECT count(*) FROM enrollment_sections e
                 WHERE e.institution_id = r.institution_id AND e.section_id = r.id AND e.until_at IS NULL)
           ELSE
               (SELECT count(*) FROM enrollment_sections e
                 WHERE e.institution_id = r.institution_id AND e.section_id = r.id AND e.seat_no IS NOT NULL)
           END AS taken,
           (SELECT count(*) FROM seats a
             WHERE a.institution_id = r.institution_id AND a.section_id = r.id AND a.permission_id IS NOT NULL) AS above
    OFFSET 0 -- counted once, although what is counted is used twice
"""

_FREE = "greatest(0, r.capacity - n.taken + n.above) + CASE WHEN r.capacity IS NULL THEN NULL ELSE 0 END"

_SEATS = f"""
    SELECT n.taken || ',"seats_free":' || coalesce(({_FREE})::text, 'null') AS seats FROM ({_COUNTS}) n
"""  # noqa: S608 - constants only

_COURSE_CODE = """
    (SELECT c.code FROM offerings o
       JOIN courses c ON c.institution_id = o.institution_id AND c.id = o.course_id
      WHERE o.institution_id = r.institution_id AND o.id = r.offering_id)
"""


def _document(students: str) -> str:
    """The view, which tells `students` of those whom its reserved seats name."""
    return f"""
    SELECT row_to_json(v)::text AS document
      FROM (SELECT r.offering_id AS offering, f.name || '/' || p.name AS component, r.code, r.capacity, r.status,
                   r.parent_id AS parent, {_MEETINGS} AS meetings, {_INSTRUCTORS} AS instructors, r.waitlist_capacity,
                   {_reserved(students)} AS reserved, r.id, r.term_id AS term, t.code AS term_code,
                   c.code AS course_code, n.taken AS seats_taken, {_FREE} AS seats_free, r.version
              FROM offerings o
              JOIN courses c ON c.institution_id = o.institution_id AND c.id = o.course_id
              JOIN terms t ON t.institution_id = o.institution_id AND t.id = o.term_id
              JOIN components p ON p.institution_id = o.institution_id AND p.id = r.component_id
              JOIN configurations f ON f.institution_id = p.institution_id AND f.id = p.configuration_id
             CROSS JOIN LATERAL ({_COUNTS}) n
             WHERE o.institution_id = r.institution_id AND o.id = r.offering_id) v
"""  # noqa: S608 - constants only


WRITTEN_SECTION = WrittenSelection(
    entity=Section,
    document=_document(_WHO),
    seats=_SEATS,
    before_seats='"seats_taken":',
    after_seats=',"version":',
    columns={
        "code": "r.code",
        "term": "r.term_id",
        "offering": "r.offering_id",
        "status": "r.status",
        "course_code": _COURSE_CODE,
    },
    references={"term": Term, "offering": CourseOffering},
)

WRITTEN_SECTION_IN_PART = replace(WRITTEN_SECTION, document=_document(_HOW_MANY))
"""What whoever keeps no records sees of a section."""
