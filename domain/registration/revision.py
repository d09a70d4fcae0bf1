"""Revising a section: what a registrar may change under those who sit in it, and what follows for them."""

from domain.registration.commands import ReviseSection
from domain.registration.enrollment import Enrollment
from domain.registration.events import SectionChanged
from domain.registration.ledger import Ledger
from domain.registration.moves import Moves
from domain.registration.outcomes import Consequence, Movement, RevisionRefused, SectionRevised
from domain.registration.waitlist import EntryStatus
from domain.scheduling.section import Section, SectionStatus


def revise(ledger: Ledger, command: ReviseSection, followed: list[Consequence]) -> SectionRevised | RevisionRefused:
    """Give a section its new state. Cancelling it frees everyone; cutting its capacity evicts nobody."""
    section, number = command.section, ledger.next_number()
    current = ledger.facts.sections.get(section.id)
    reason = "The section does not exist any more." if current is None else _against(ledger, current, section)
    if reason is not None:
        return RevisionRefused(number, reason)
    ledger.revise(section, command.expected_version)
    ledger.effects.events.append(
        SectionChanged(number, command.arrived_at, section.term_id, section.id, section.status.value, section.capacity)
    )
    if section.status is SectionStatus.CANCELLED:
        followed += _free_everyone(ledger, Moves(ledger, command.arrived_at), section)
    return SectionRevised(number, section)


def _against(ledger: Ledger, current: Section, revised: Section) -> str | None:
    """Why a section cannot get its new state, or None when it can."""
    if current.is_unlimited != revised.is_unlimited:
        return "A section with a capacity cannot become unlimited, nor an unlimited one limited."
    if revised.status is SectionStatus.CANCELLED:
        return None
    seated = ledger.enrollments_in(current.id)
    if seated and _would_split_families(current, revised):
        return "A section in which students sit keeps its component, and gets no other parent."
    clashing = [enrollment for enrollment in seated if _would_clash(ledger, current, revised, enrollment)]
    if clashing:
        return f"At the new times the section would clash with another one of {len(clashing)} who sit in it."
    return None


def _would_split_families(current: Section, revised: Section) -> bool:
    """Whether those who sit in the section would no longer sit in one section per component, with its parents."""
    adopted = revised.parent_id is not None and revised.parent_id != current.parent_id
    return revised.component_id != current.component_id or adopted


def _would_clash(ledger: Ledger, current: Section, revised: Section, enrollment: Enrollment) -> bool:
    """Whether new times bring a clash that the student does not have already."""
    if current.meetings == revised.meetings:
        return False
    schedule = ledger.sections_of(ledger.enrollments(enrollment.student_id))
    others = [section for section in schedule if section.id != current.id]
    calendar = ledger.facts.term.calendar
    before = [other.id for other in others if current.clash_with(other, calendar) is not None]
    return any(revised.clash_with(other, calendar) is not None for other in others if other.id not in before)


def _free_everyone(ledger: Ledger, moves: Moves, section: Section) -> list[Consequence]:
    """End every enrollment that goes through the section, and every entry that waits for it."""
    done = []
    for entry in ledger.waiting():
        if section.id in entry.section_ids:
            number = ledger.next_number()
            done.append(Consequence(number, Movement.CANCELLED, moves.leave(number, entry, EntryStatus.CANCELLED)))
    for enrollment in ledger.enrollments_in(section.id):
        number = ledger.next_number()
        done.append(Consequence(number, Movement.REMOVED, enrollment=moves.remove(number, enrollment)))
    return done
