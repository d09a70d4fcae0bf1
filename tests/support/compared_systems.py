"""The product behind the words of the naive registration: the same actions and answers, by names instead of ids."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from itertools import count
from typing import Protocol
from uuid import UUID

from application.people.holds import hold_kind
from application.registration.addressees import Addressees
from application.registration.desk import RegistrationDesk
from application.registration.dto import DecisionView, RegistrationRequestFields
from application.registration.permissions import GivePermission, PermissionFields
from application.registration.ports import RegistrationReading, RegistrationUnitOfWork, Standing
from application.registration.register import Register
from application.registration.release_hold import ReleaseHold
from application.registration.replay_audit import ReplayAudit, ReplayView
from application.registration.revise_section import ReviseSection
from application.registration.verify_registration import VerifyRegistration
from application.registration.waitlists import ReviewQueues
from application.scheduling.sections import SECTIONS, SectionFields
from application.shared.caller import Caller, Role
from application.shared.institutions import InstitutionDirectory
from domain.people.hold import Hold
from domain.shared.identifiers import InstitutionId
from domain.shared.institution import Institution
from domain.shared.reference import Reference
from infrastructure.identifiers import TimeOrderedIds
from tests.support.builders import FixedClock
from tests.support.compared_worlds import OFFERINGS, TERM, a_hold, entities, moment
from tests.support.compared_worlds import SECTIONS as NAIVE_SECTIONS
from tests.support.domain_builders import identifier, offering_id, section_id, student_id
from tests.support.naive_terms import NaiveAction, NaiveAnswer

State = tuple[frozenset[tuple[str, str, tuple[str, ...]]], tuple[tuple[str, str, tuple[str, ...]], ...]]
"""Who is enrolled in what through which sections; who waits for what, in the order of the queue."""

_CODES = {section_id(f"compared/{code}"): code for code in NAIVE_SECTIONS}
_OFFERING_CODES = {offering_id(f"compared/{code}"): code for code in OFFERINGS}
_INSTITUTIONS = count(1)


class Persistence(Protocol):
    """What both adapters offer."""

    directory: InstitutionDirectory

    def work(self, institution: InstitutionId) -> AbstractAsyncContextManager[object]:
        """Open a unit of work."""
        ...


class ComparedSystem:
    """The product on one adapter, in an institution of its own; `enter` must come first."""

    def __init__(self, name: str, persistence: object) -> None:
        self.name = name
        self._persistence = persistence
        self._clock = FixedClock(moment(0))
        ids = TimeOrderedIds()
        work, reading = persistence.work, persistence.reading  # type: ignore[attr-defined]  # both adapters have them
        desk = RegistrationDesk(work, ids)
        self._work: RegistrationUnitOfWork = work
        self._reading: RegistrationReading = reading
        self._register = Register(desk, Addressees(reading), self._clock, ids)
        self._revise = ReviseSection(desk, work, self._clock)
        self._give = GivePermission(desk, work, self._clock, ids)
        self._kind = hold_kind(self._clock)
        self._release = ReleaseHold(self._kind, desk, work, reading, self._clock)
        self._review = ReviewQueues(desk, work, reading, self._clock)
        self._verify = VerifyRegistration(reading)
        self._replay = ReplayAudit(reading)
        self._holds: dict[str, list[Hold]] = {}
        self._placed = count(1)
        code = f"compared-{name}-{next(_INSTITUTIONS)}"
        self._institution = Institution(InstitutionId(identifier("institution", code)), code, code, "UTC")
        self._caller = Caller(self._institution.id, "model", frozenset({Role.ADMINISTRATOR}))

    async def enter(self) -> None:
        """Found the institution and store the university."""
        await self._persistence.directory.add(self._institution)  # type: ignore[attr-defined]  # both adapters have it
        async with self._work(self._institution.id) as work:
            for entity in entities():
                await work.records(type(entity)).add([entity])

    def pass_to(self, day: int) -> None:
        """Let it be another day."""
        self._clock.moment = moment(day)

    async def request(self, student: str, actions: Sequence[NaiveAction], *, atomic: bool) -> list[NaiveAnswer]:
        """Decide a student's actions."""
        fields = RegistrationRequestFields.model_validate(
            {
                "student": f"code:{student}",
                "term": "code:compared",
                "mode": "atomic" if atomic else "best_effort",
                "actions": [await self._action(student, action) for action in actions],
            }
        )
        decided = await self._register.execute(self._caller, fields)
        return [_answer(decision) for decision in decided.decisions]

    async def set_capacity(self, section: str, capacity: int) -> None:
        """Change a capacity."""
        await self._change_section(section, {"capacity": capacity})

    async def set_status(self, section: str, status: str) -> None:
        """Open, close or cancel a section."""
        await self._change_section(section, {"status": status})

    async def permit(self, student: str, offering: str, code: str) -> None:
        """Waive a code for a student in an offering."""
        fields = {
            "student": f"code:{student}",
            "offering": f"code:compared:{offering}",
            "codes": [code],
            "reason": "Model",
        }
        await self._give.execute(self._caller, PermissionFields.model_validate(fields))

    async def review(self) -> None:
        """Look at the queues again."""
        await self._review.execute(self._caller)

    async def hold(self, student: str) -> None:
        """Place a hold."""
        day = (self._clock.now() - moment(0)).days
        hold = a_hold(student, next(self._placed), day)
        async with self._work(self._institution.id) as work:
            await work.records(Hold).add([hold])
        self._holds.setdefault(student, []).append(hold)

    async def release(self, student: str) -> None:
        """Release a hold, if there is one."""
        if self._holds.get(student):
            hold = self._holds[student].pop()
            await self._release.execute(self._caller, Reference.of(hold.id), None)

    async def state(self) -> State:
        """The state, by names."""
        standing = await self._standing()
        students = {student_id(code): code for code in ("s1", "s2", "s3", "s4", "s5")}
        enrolled = frozenset(
            (
                students[e.student_id],
                _OFFERING_CODES[e.offering_id],
                tuple(sorted(_CODES[section] for section in e.section_ids)),
            )
            for e in standing.enrollments
        )
        waiting = tuple(
            (
                students[e.student_id],
                _OFFERING_CODES[e.offering_id],
                tuple(sorted(_CODES[section] for section in e.section_ids)),
            )
            for e in sorted(standing.entries, key=lambda entry: entry.rank)
        )
        return enrolled, waiting

    async def offences(self) -> tuple[str, ...]:
        """What the verification finds."""
        verdict = await self._verify.execute(self._caller, Reference(code="compared"))
        return tuple(f"{offence.invariant}: {offence.detail}" for offence in verdict.offences)

    async def replay(self) -> ReplayView:
        """What deciding the audit log again comes to."""
        return await self._replay.execute(self._caller, Reference(code="compared"))

    async def _change_section(self, section: str, changes: dict[str, object]) -> None:
        reference = Reference.of(section_id(f"compared/{section}"))
        async with self._reading(self._institution.id) as views:
            view = await views.views(SECTIONS).one(section_id(f"compared/{section}"))
        assert view is not None
        fields = {name: value for name, value in view.model_dump().items() if name in SectionFields.model_fields}
        await self._revise.execute(
            self._caller, reference, SectionFields.model_validate({**fields, **changes}), view.version
        )

    async def _action(self, student: str, action: NaiveAction) -> dict[str, object]:
        add: dict[str, object] = {"offering": f"code:{action.offering}"}
        if action.sections:
            add["sections"] = [f"code:{code}" for code in action.sections]
        if action.wait:
            add["if_full"] = "waitlist"
        match action.kind:
            case "add":
                return {"action": "add", **add}
            case "drop":
                return {"action": "drop", "enrollment": await self._enrollment(student, action.offering)}
            case "swap":
                return {"action": "swap", "enrollment": await self._enrollment(student, action.drop), **add}
            case _:
                return {"action": "leave_waitlist", "entry": await self._entry(student, action.offering)}

    async def _enrollment(self, student: str, offering: str | None) -> UUID:
        for enrollment in (await self._standing()).enrollments:
            if (enrollment.student_id, _OFFERING_CODES[enrollment.offering_id]) == (student_id(student), offering):
                return enrollment.id
        return identifier("enrollment", f"of nobody in {offering}")

    async def _entry(self, student: str, offering: str) -> UUID:
        for entry in (await self._standing()).entries:
            if (entry.student_id, _OFFERING_CODES[entry.offering_id]) == (student_id(student), offering):
                return entry.id
        return identifier("entry", f"of nobody for {offering}")

    async def _standing(self) -> Standing:
        async with self._reading(self._institution.id) as views:
            return await views.standing(TERM)


def _answer(decision: DecisionView) -> NaiveAnswer:
    codes = frozenset(rejection.code for rejection in decision.rejections)
    return NaiveAnswer(decision.outcome.value, codes, decision.position)
