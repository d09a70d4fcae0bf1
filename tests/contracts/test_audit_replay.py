"""Replaying the audit log arrives at the same answers, whatever the adapter does with the order of what it stores."""

from application.registration.desk import RegistrationDesk
from application.registration.ports import KeptAnswer
from application.registration.replay_audit import ReplayAudit
from application.registration.submission import Settled, Submission
from application.shared.caller import Caller, Role
from domain.registration.outcomes import RequestDecided
from domain.scheduling.calendar import Weekday
from domain.shared.reference import Reference
from tests.contracts.arranging import TERM_ID, Stored
from tests.support.builders import TERM, SequentialIds, a_course, a_section, a_student, a_term, an_offering
from tests.support.domain_builders import a_meeting, a_request, adding, section_id

CS = an_offering("CS-101", "LEC", "LAB")
LECTURE = a_section(CS, "A", a_meeting(Weekday.MONDAY))
LAB = a_section(CS, "A-LAB", a_meeting(Weekday.TUESDAY), component="LAB")
OTHER = an_offering("MA-1")


async def test_the_order_in_which_a_student_named_sections_makes_no_difference(stored: Stored) -> None:
    clashing = a_section(OTHER, "M", a_meeting(Weekday.MONDAY), a_meeting(Weekday.TUESDAY))
    await stored.add(a_term(), a_course(), a_course("MA", "1"), CS, OTHER, LECTURE, LAB, clashing)
    caller = Caller(stored.institution, "office", frozenset({Role.REGISTRAR}))
    desk = RegistrationDesk(stored.persistence.work, SequentialIds())
    first, last = sorted(("A", "A-LAB"), key=section_id)
    for student, order in (("s1", (first, last)), ("s2", (last, first))):
        await stored.add(a_student(student))
        await desk.decide(TERM_ID, Submission(caller, a_request(student, adding("CS-101", *order, as_name=student))))
        refused = await desk.decide(TERM_ID, Submission(caller, a_request(student, adding("MA-1", "M"))))
        assert clashes_in(refused) == {"A", "A-LAB"}

    replayed = await ReplayAudit(stored.persistence.reading).execute(caller, Reference(code=TERM))

    assert (replayed.commands, replayed.differences) == (4, ())


def clashes_in(settled: Settled | KeptAnswer) -> set[str]:
    """The sections with which what was asked for clashes."""
    assert isinstance(settled, Settled)
    assert isinstance(settled.decided, RequestDecided)
    (decision,) = settled.decided.decisions
    return {str(rejection.parameters["other_section"]) for rejection in decision.rejections}
