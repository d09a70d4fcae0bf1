"""A call of each method of the Python door about records of one half of a campus."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from pydantic import SecretStr

from application.access.dto import AccountFields, ClientFields
from application.registration.attempt_table import COLUMNS, AttemptTable
from application.registration.dto import RegistrationRequestFields
from application.registration.eligibility import EligibilityQuestion
from application.scheduling.timetable import Timetable
from application.shared.caller import Caller, Role
from application.shared.institutions import InstitutionFields
from application.shared.paging import PageQuery
from application.shared.records import RecordKeeping
from domain.shared.reference import Reference
from interfaces.inprocess import Matricula
from tests.interfaces.access.campus import EMAILS, KINDS, PASSWORD, SCOPES, TERM, Campus
from tests.interfaces.access.requests import PERSONAL

Call = Callable[[Caller], Awaitable[object]]

_KEY = "a key"
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
    others = _of_institutions(matricula, half) | _of_access(matricula, half)
    return calls | others | _of_registration(matricula, campus, half)


def _keeping(keeping: RecordKeeping, kind: str, subject: Reference, spare: Reference) -> dict[str, Call]:  # type: ignore[type-arg]  # any kind's
    new, again = (keeping.kind.fields.model_validate(KINDS[kind].named(code)) for code in ("NEW", "SPARE"))
    return {
        "create": lambda caller: keeping.create(caller, new),
        "create_once": lambda caller: keeping.create_once(caller, new, _KEY),
        "get": lambda caller: keeping.get(caller, subject),
        "get_to_change": lambda caller: keeping.get_to_change(caller, subject),
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
        "institutions.found_once": lambda caller: institutions.found_once(caller, fields, _KEY),
        "institutions.replace": lambda caller: institutions.replace(caller, own, again, None),
        "institutions.delete": lambda caller: institutions.delete(caller, own, None),
    }


def _of_access(matricula: Matricula, half: dict[str, str]) -> dict[str, Call]:
    accounts, clients, password = matricula.accounts, matricula.clients, SecretStr(PASSWORD)
    account, client, page = UUID(half["account"]), UUID(half["client"]), PageQuery()
    opened = {"email": "new@uni.example", "roles": ["student"], "student": half["student"]}
    new_account = AccountFields.model_validate(opened)
    new_client = ClientFields.model_validate({"name": "new", "scopes": SCOPES})
    return {
        "accounts.open": lambda caller: accounts.open(caller, new_account),
        "accounts.open_once": lambda caller: accounts.open_once(caller, new_account, _KEY),
        "accounts.list": lambda caller: accounts.list(caller, page),
        "accounts.get": lambda caller: accounts.get(caller, account),
        "accounts.find": lambda caller: accounts.find(caller, EMAILS[Role.STUDENT]),
        "accounts.own": accounts.own,
        "accounts.disable": lambda caller: accounts.disable(caller, account),
        "accounts.enable": lambda caller: accounts.enable(caller, account),
        "accounts.reset_password": lambda caller: accounts.reset_password(caller, account, password),
        "accounts.change_password": lambda caller: accounts.change_password(caller, password, password),
        "clients.add": lambda caller: clients.add(caller, new_client),
        "clients.add_once": lambda caller: clients.add_once(caller, new_client, _KEY),
        "clients.list": lambda caller: clients.list(caller, page),
        "clients.get": lambda caller: clients.get(caller, client),
        "clients.rotate": lambda caller: clients.rotate(caller, client),
        "clients.disable": lambda caller: clients.disable(caller, client),
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
        "give_permission.execute_once": lambda caller: m.give_permission.execute_once(caller, given, _KEY),
        "revoke_permission.execute": lambda caller: m.revoke_permission.execute(caller, spare["permission"], None),
        "waitlists.get": lambda caller: m.waitlists.get(caller, UUID(half["waitlist_entry"])),
        "waitlists.list": lambda caller: m.waitlists.list(caller, page),
        "waitlists.of_student": lambda caller: m.waitlists.of_student(caller, student, page),
        "review_queues.execute": m.review_queues.execute,
        "review_queues.execute_once": lambda caller: m.review_queues.execute_once(caller, _KEY),
        "audit.get": lambda caller: m.audit.get(caller, UUID(half["audit_event"])),
        "audit.list": lambda caller: m.audit.list(caller, page),
        "audit.history": lambda caller: m.audit.history(caller, UUID(half["enrollment"])),
        "replay_audit.execute": lambda caller: m.replay_audit.execute(caller, term),
        "verify_registration.execute": lambda caller: m.verify_registration.execute(caller, term),
    }
