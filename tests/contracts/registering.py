"""Requests at the small university, as the contracts of the registration book make them, and what became of them."""

from dataclasses import replace

from application.registration.ports import Journal
from domain.registration.commands import RegistrationRequest, ReviseSection
from domain.registration.decide import decide
from domain.registration.outcomes import Effects
from domain.scheduling.section import Section
from tests.contracts.arranging import TERM_ID, Stored
from tests.support.builders import a_small_university, an_offering
from tests.support.domain_builders import NOON, a_request, adding, section_id, student_id

CS = an_offering("CS-101", "LEC", "LAB")


def both(student: str, name: str | None = None) -> RegistrationRequest:
    """A request for the lecture `A` with its lab; the enrollment is called like the student."""
    return a_request(student, adding("CS-101", "A", "A-LAB", as_name=name or student))


def a_known_section(code: str, capacity: int | None) -> Section:
    """A section of the small university, with another capacity."""
    known = {entity.id: entity for entity in a_small_university() if isinstance(entity, Section)}
    return replace(known[section_id(code)], capacity=capacity)


def revising(code: str, capacity: int | None, version: int | None = None) -> ReviseSection:
    """A change of a section's capacity."""
    return ReviseSection(a_known_section(code, capacity), NOON, version)


async def seat_numbers(stored: Stored, *students: str, section: str = "A") -> list[int | None]:
    """The seats that students hold in a section; None for who holds none."""
    facts = await stored.facts(*(a_request(student, adding("CS-101")) for student in students))
    held = []
    for student in students:
        seats = [seat for made in facts.students[student_id(student)].enrollments for seat in made.seats]
        held.append(next((seat.seat_no for seat in seats if seat.section_id == section_id(section)), None))
    return held


async def effects_of(stored: Stored, *requests: RegistrationRequest) -> Effects:
    """The effects of requests, not stored yet."""
    _, effects = decide(await stored.facts(*requests), requests)
    return effects


async def apply(stored: Stored, effects: Effects, journal: Journal | None = None) -> None:
    """Store effects, in a transaction of their own."""
    async with stored.persistence.work(stored.institution) as work:
        await work.book.store(TERM_ID, effects, lambda: journal or Journal())


async def recount(stored: Stored) -> None:
    """Put the term's hints right, in a transaction of its own."""
    async with stored.persistence.work(stored.institution) as work:
        await work.book.recount(TERM_ID)
