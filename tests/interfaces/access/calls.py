"""A call of each method of the Python door about records of one half of a campus."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from application.registration.attempt_table import COLUMNS, AttemptTable
from application.registration.dto import RegistrationRequestFields
from application.registration.eligibility import EligibilityQuestion
from application.scheduling.timetable import Timetable
from application.shared.caller import Caller
from application.shared.institutions import InstitutionFields
from application.shared.paging import PageQuery
from application.shared.records import RecordKeeping
from domain.shared.reference import Reference
from interfaces.inprocess import Matricula
from tests.interfaces.access.campus import KINDS, TERM, Campus
from tests.interfaces.access.requests import PERSONAL

Call = Callable[[Caller], Awaitable[object]]

_A_ROW = {"student_code": "S1", "course_code": "CS-101", "term": "1999-1", "credits": "3", "passed": "true"}


def calls_about(matricula: Matricula, campus: Campus, half: dict[str, str]) -> dict[str, Call]:
    """The calls by the names of their methods, `USE_CASES.METHOD`."""
    calls: dict[str, Call] = {}
    for kind, of_kind in KINDS.items():
        name = of_kind.collection.replace("-", "_")
        spare = Reference.parse(campus.spare[kind])
        subject = Reference.parse(half[kind]) if kind in PERSONAL else spare
        keeping: RecordKeeping[object, object, object] = getattr(matricula, name)  # type: ignore[type-var]  # any kind's
        calls |= {f"{name}.{verb}": call for verb, call in _keeping(keeping, kind, subject, spare).items()}
    return calls | _of_institutions(matricula, half) | _of_registration(matricula, campus, half)


def _keeping(keeping: RecordKeeping, kind: str, subject: Reference, spare: Reference) -> dict[str, Call]:  # type: ignore[type-arg]  # any kind's
    new, again = (keeping.kind.fields.model_validate(KINDS[kind].named(code)) for code in ("NEW", "SPARE"))
    return {
        "create": lambda caller: keeping.create(caller, new),
        "get": lambda caller: keeping.get(caller, subject),
        "list": lambda caller: keeping.list(caller, PageQuery()),
        "replace": lambda caller: keeping.replace(caller, spare, again, None),
        "delete": lambda caller: keeping.delete(caller, spare, None),
    }


def _of_institutions(matricula: Matricula, half: dict[str, str]) -> dict[str, Call]:
    institutions, own = matricula.institutions, Reference.parse(half["institution"])
    fields, again = InstitutionFields(code="new", name="New"), InstitutionFields(code="here", name="Another name")
    return {
        "institutions.find": lambda _: institutions.find(own),
        "institutions.list": lambda _: institutions.list(PageQuery()),
        "institutions.found": lambda caller: institutions.found(fields, caller),
        "institutions.replace": lambda caller: institutions.replace(caller, own, again, None),
        "institutions.delete": lambda caller: institutions.delete(caller, own, None),
    }


def _of_registration(matricula: Matricula, campus: Campus, half: dict[str, str]) -> dict[str, Call]:
    m, page, term = matricula, PageQuery(), Reference.parse(TERM)
    student, section = Reference.parse(half["student"]), Reference.parse(half["section"])
    spare = {kind: Reference.parse(campus.spare[kind]) for kind in KINDS}
    request = RegistrationRequestFields.model_validate(campus.registration(half["student"]))
    question = EligibilityQuestion.model_validate({"term": TERM, "sections": ["code:A"]})
    fields = {kind: KINDS[kind].named(code) for kind, code in (("section", "SPARE"), ("permission", "NEW"))}
    revised = m.sections.kind.fields.model_validate(fields["section"])
    given = m.permissions.kind.fields.model_validate(fields["permission"])
    timetable = Timetable.model_validate({"term": KINDS["term"].named("1998-1")})
    rows = [(2, [_A_ROW.get(name, "") for name in COLUMNS])]

    async def export(caller: Caller) -> list[object]:
        return [row async for row in m.enrollments.export(caller, term)]

    async def export_csv(caller: Caller) -> list[object]:
        return [lines async for lines in m.enrollments.export_csv(caller, term)]

    return {
        "release_hold.execute": lambda caller: m.release_hold.execute(caller, spare["hold"], None),
        "read_advisees.of_instructor": lambda caller: m.read_advisees.of_instructor(
            caller, Reference.parse(half["instructor"]), page
        ),
        "read_course_attempts.of_student": lambda caller: m.read_course_attempts.of_student(caller, student, page),
        "import_attempts.execute": lambda caller: m.import_attempts.execute(caller, AttemptTable(COLUMNS, rows)),
        "import_timetable.execute": lambda caller: m.import_timetable.execute(caller, timetable),
        "register.execute": lambda caller: m.register.execute(caller, request),
        "register.answer": lambda caller: m.register.answer(caller, request),
        "revise_section.execute": lambda caller: m.revise_section.execute(caller, spare["section"], revised, None),
        "ask_eligibility.execute": lambda caller: m.ask_eligibility.execute(caller, half["student"], question),
        "enrollments.get": lambda caller: m.enrollments.get(caller, UUID(half["enrollment"])),
        "enrollments.list": lambda caller: m.enrollments.list(caller, page),
        "enrollments.of_student": lambda caller: m.enrollments.of_student(caller, student, page),
        "enrollments.schedule": lambda caller: m.enrollments.schedule(caller, student, term),
        "enrollments.roster": lambda caller: m.enrollments.roster(caller, section),
        "enrollments.export": export,
        "enrollments.export_csv": export_csv,
        "give_permission.execute": lambda caller: m.give_permission.execute(caller, given),
        "revoke_permission.execute": lambda caller: m.revoke_permission.execute(caller, spare["permission"], None),
        "waitlists.get": lambda caller: m.waitlists.get(caller, UUID(half["waitlist_entry"])),
        "waitlists.list": lambda caller: m.waitlists.list(caller, page),
        "waitlists.of_student": lambda caller: m.waitlists.of_student(caller, student, page),
        "review_queues.execute": m.review_queues.execute,
        "audit.get": lambda caller: m.audit.get(caller, UUID(half["audit_event"])),
        "audit.list": lambda caller: m.audit.list(caller, page),
        "audit.history": lambda caller: m.audit.history(caller, UUID(half["enrollment"])),
        "replay_audit.execute": lambda caller: m.replay_audit.execute(caller, term),
        "verify_registration.execute": lambda caller: m.verify_registration.execute(caller, term),
    }
