"""The stormy term with many more students, offerings with room for all, and offerings that make the database fail."""

from collections.abc import Sequence
from dataclasses import replace

from application.shared.records import Entity
from domain.scheduling.calendar import Weekday
from domain.scheduling.section import Section
from tests.scenarios import stormy_term
from tests.support.builders import a_course, a_section, a_student, an_offering
from tests.support.domain_builders import a_meeting, offering_id
from tests.support.postgres import PostgresDatabase, in_thread, run_sql

TERM = stormy_term.TERM
WAITLIST = stormy_term.WAITLIST
STUDENTS = [*stormy_term.STUDENTS, *(f"R-{number}" for number in range(200))]
ROOMY = [f"D-{number}" for number in range(16)]
OFFERINGS = {
    **{offering: stormy_term.section_codes(offering) for offering in stormy_term.OFFERINGS},
    **{offering: [f"{offering}-0"] for offering in ROOMY},
}
UNLIMITED = "U-0"
"""Whoever asks for it gets in."""

POISONED = {"P-0": 500, "P-1": 500, "P-2": 409, "P-3": 503}
"""Offerings that nobody gets into, and the status that answers whoever tries."""

_POISON = """
    CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'poison' USING ERRCODE = TG_ARGV[0];
    END $$
"""
_WHILE_WRITING = "TRIGGER {} BEFORE INSERT ON enrollments FOR EACH ROW"
_AT_THE_COMMIT = "CONSTRAINT TRIGGER {} AFTER INSERT ON enrollments DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
_FAILURES = {
    "P-0": (_WHILE_WRITING, "raise_exception"),
    "P-1": (_AT_THE_COMMIT, "raise_exception"),
    "P-2": (_WHILE_WRITING, "check_violation"),
    "P-3": (_WHILE_WRITING, "serialization_failure"),
}


def leaver(client: int) -> str:
    """A student who is deleted while the rush is on."""
    return f"L-{client}"


def victim(client: int) -> str:
    """A student who asks for a poisoned offering, and gets nothing."""
    return f"V-{client}"


def entities(clients: int) -> Sequence[Entity]:
    """What there is, each record after those that it refers to."""
    codes = (*ROOMY, UNLIMITED, *POISONED)
    offerings = [an_offering(code, term=TERM) for code in codes]
    others = (name(client) for client in range(clients) for name in (leaver, victim))
    students = (*STUDENTS[len(stormy_term.STUDENTS) :], *others)
    sections: list[Section] = []
    for number, offering in enumerate(offerings):
        meeting = a_meeting(Weekday(number % 5 + 1), at=f"{14 + number % 3}:00", until=f"{15 + number % 3}:00")
        capacity = 30 if offering.code in ROOMY else None
        section = a_section(offering, f"{offering.code}-0", meeting, capacity=capacity)
        sections.append(replace(section, waitlist_capacity=WAITLIST))
    return (
        *stormy_term.entities(),
        *map(a_student, students),
        *(a_course(*code.split("-")) for code in codes),
        *offerings,
        *sections,
    )


def poison(database: PostgresDatabase) -> None:
    """Have the database fail where somebody is enrolled in a poisoned offering."""
    in_thread(lambda: run_sql(database.owner_url, "; ".join((_POISON, *map(_trigger, POISONED)))))


def _trigger(offering: str) -> str:
    kind, failure = _FAILURES[offering]
    name, poisoned = f"poison_{offering[-1]}", offering_id(f"{TERM}/{offering}")
    return f"CREATE {kind.format(name)} WHEN (NEW.offering_id = '{poisoned}') EXECUTE FUNCTION poison('{failure}')"
