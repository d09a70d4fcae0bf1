"""Documents of the audit log: what was looked at comes back as it was, and says nobody's name."""

from dataclasses import replace

import pytest

from application.registration.archive import Archive, Documents
from application.registration.documents import (
    OfferingDocument,
    StudentDocument,
    TermFacts,
    attempt_text,
    decode,
    decode_command,
    encode,
    kind_of,
    student_text,
    term_text,
)
from domain.catalog.grading import GradingBasis, GradingScheme
from domain.registration.codes import RejectionCode
from domain.registration.commands import (
    ChangeBasis,
    ChangeSections,
    Command,
    GivePermission,
    IfFull,
    LeaveWaitlist,
    Mode,
    ReleaseHold,
    ReviewQueues,
    ReviseSection,
    RevokePermission,
    Swap,
)
from domain.registration.decide import decide
from domain.registration.facts import OfferingFacts, Profile, StudentFacts
from domain.registration.requisites import AttemptAtCourse
from domain.shared.identifiers import InstitutionId
from infrastructure.persistence.memory.persistence import MemoryPersistence
from tests.contracts import everything
from tests.contracts.arranging import Stored
from tests.contracts.queueing import a_permission
from tests.support.builders import a_hold, an_institution
from tests.support.domain_builders import (
    NOON,
    a_request,
    adding,
    by_code,
    dropping,
    enrollment_id,
    entry_id,
    identifier,
    student_id,
)
from tests.support.grading import LETTERS, NUMBERS

STUDENT_FACTS = StudentFacts(
    profile=Profile.of(everything.STUDENT),
    program="ENG",
    department="MATH",
    tickets=frozenset({everything.TICKET.id}),
    holds=(a_hold(),),
    permissions=(a_permission("s1", RejectionCode.HOLD, RejectionCode.PREREQUISITE, section="X1"),),
    attempts=(
        AttemptAtCourse("CS-101", "2025-1", "F", LETTERS),
        AttemptAtCourse("MA-1", "2025-2", "4.50", NUMBERS, passed=True, transfer=True),
        AttemptAtCourse("MA-2", "2026-2", in_progress=True),
    ),
)


def test_a_scheme_comes_back_as_it_was() -> None:
    assert decode(GradingScheme, encode(LETTERS)) == LETTERS


def test_a_term_comes_back_with_its_tickets() -> None:
    text = term_text(encode(everything.TERM), f"[{encode(everything.TICKET)}]")

    assert decode(TermFacts, text) == TermFacts(everything.TERM, (everything.TICKET,))


def test_a_student_comes_back_with_the_schemes_of_the_attempts() -> None:
    again = decode(StudentDocument, student_text(STUDENT_FACTS, map(attempt_text, STUDENT_FACTS.attempts)))

    assert isinstance(again, StudentDocument)
    assert again.facts({scheme.id: scheme for scheme in (LETTERS, NUMBERS)}) == STUDENT_FACTS


async def test_a_document_that_is_stored_is_not_written_again() -> None:
    archive, institution, facts = Archive(), an_institution().id, (await _arranged()).facts
    request = a_request("x", adding("CS-101+"))
    _, effects = decide(await facts(request), [request])
    loaded = await facts(request)
    first = Documents(archive, institution, loaded)
    first.look_at(effects.recorded)

    archive.note(institution, first.by_digest)
    second = Documents(archive, institution, loaded)
    looked_at = second.look_at(effects.recorded)

    assert looked_at == first.look_at(effects.recorded)
    assert len(first.by_digest) > len(second.by_digest)
    elsewhere = Documents(archive, InstitutionId(identifier("institution", "other")), loaded)
    elsewhere.look_at(effects.recorded)
    assert elsewhere.by_digest == first.by_digest


def test_an_offering_comes_back_with_what_its_courses_ask_for() -> None:
    facts = OfferingFacts(
        everything.OFFERING, (everything.COURSE, everything.CROSS_LISTED), (everything.LAB, everything.LECTURE)
    )

    again = decode(OfferingDocument, encode(OfferingDocument.of(facts)))

    assert isinstance(again, OfferingDocument)
    assert again.facts() == facts


async def _arranged() -> Stored:
    persistence = MemoryPersistence()
    stored = Stored(persistence, an_institution().id)
    await persistence.directory.add(an_institution())
    await stored.add(*everything.EVERYTHING, replace(everything.STUDENT, id=student_id("x"), code="CODE-OF-X"))
    return stored


CART = a_request(
    "s1",
    replace(adding("CS-101", "A", as_name="one"), if_full=IfFull.WAITLIST, grading_basis=GradingBasis.AUDIT),
    dropping("two"),
    Swap(enrollment_id("three"), adding("CS-102")),
    ChangeSections(enrollment_id("four"), (by_code("A"), by_code("B"))),
    ChangeBasis(enrollment_id("four"), GradingBasis.GRADED),
    LeaveWaitlist(entry_id("five")),
)


@pytest.mark.parametrize(
    "command",
    [
        replace(CART, mode=Mode.ATOMIC),
        ReviseSection(everything.LECTURE, NOON, 3),
        GivePermission(a_permission("s1", RejectionCode.HOLD, RejectionCode.SEATS_FULL), NOON),
        RevokePermission(a_permission("s1", RejectionCode.HOLD), NOON, 1),
        ReleaseHold(a_hold().id, student_id("s1"), NOON),
        ReviewQueues(NOON),
    ],
    ids=lambda command: type(command).__name__,
)
def test_commands_come_back_as_they_were(command: Command) -> None:
    assert decode_command(kind_of(command), encode(command)) == command


async def test_documents_hold_nothing_that_says_who_a_student_is() -> None:
    stored = await _arranged()
    request = a_request("x", adding("CS-101+"))
    facts = await stored.facts(request)
    _, effects = decide(facts, [request])
    documents = Documents(Archive(), an_institution().id, facts)

    documents.look_at(effects.recorded)

    written = " ".join(documents.by_digest.values())
    assert '"test_scores"' in written
    for told in ("CODE-OF-X", "Zoë", "Nuñez", "zoe@example.org", "2008-02-29"):
        assert told not in written
