"""Waitlists: reading who waits, and looking at the queues again as time passes."""

from uuid import UUID

from application.registration.desk import RegistrationDesk
from application.registration.dto import OwnView, RejectionView
from application.registration.ports import RegistrationReading
from application.registration.submission import Submission
from application.shared.access import authorise
from application.shared.caller import Caller
from application.shared.clock import Clock
from application.shared.dto import Code, Dto, Moment
from application.shared.errors import InvalidRequest
from application.shared.idempotency import Answer, KeyedRequest, answer_once
from application.shared.paging import Listing
from application.shared.records import RecordKind, UnitOfWork, Work
from domain.catalog.grading import GradingBasis
from domain.registration.asking import would_move
from domain.registration.commands import ReviewQueues as ReviewQueuesCommand
from domain.registration.waitlist import EntryStatus, WaitlistEntry
from domain.shared.identifiers import OfferingId, TermId


class WaitlistEntryView(OwnView):
    """A waitlist entry as stored; `sections` are the codes of the sections waited for.

    `position` counts from 1 among those who wait for one of these sections, null once the entry has ended. `skipped`
    holds what spoke against the student when seats were last free for the entry.
    """

    student_code: Code
    term: UUID
    term_code: Code
    offering: UUID
    course: UUID
    course_code: Code
    sections: tuple[Code, ...]
    status: EntryStatus
    position: int | None
    priority: int
    number: int
    grading_basis: GradingBasis
    drop_if_enrolled: UUID | None
    enrollment: UUID | None
    skipped: tuple[RejectionView, ...]
    joined_at: Moment
    ended_at: Moment | None


async def _only_by_request(_id: UUID, _fields: Dto, _before: WaitlistEntry | None, _work: Work) -> WaitlistEntry:
    detail = "Waitlist entries change by registration requests only."
    raise InvalidRequest(detail)


WAITLIST_ENTRIES = RecordKind(
    name="waitlist entry",
    entity=WaitlistEntry,
    fields=Dto,
    view=WaitlistEntryView,
    listing=Listing(
        sorts=("number",),
        filters=("student", "student_code", "term", "term_code", "offering", "course_code", "status"),
    ),
    assemble=_only_by_request,
    plural="waitlist entries",
)


OF_ONE_STUDENT = Listing(sorts=("number",), filters=("term", "term_code", "offering", "course_code", "status"))
"""What the collection of one student's entries can be asked for."""


class QueueReview(Dto):
    """The terms in which anybody was promoted, passed over or sent away."""

    terms: tuple[UUID, ...]


class ReviewQueues:
    """Looking at the queues of terms again: tickets have opened, reserved seats were released, waitlists closed."""

    def __init__(
        self, desk: RegistrationDesk, unit_of_work: UnitOfWork, reading: RegistrationReading, clock: Clock
    ) -> None:
        self._desk = desk
        self._unit_of_work = unit_of_work
        self._reading = reading
        self._clock = clock

    async def execute_once(self, caller: Caller, key: str) -> Answer[QueueReview]:
        """Review the queues, or give the answer that a review with this idempotency `key` got before.

        A review is of many transactions, and doing it twice does no harm: its answer is kept after it, and of two
        that go on at the same time, both get the answer that was kept first. Raises `AccessDenied`, `KeyReused`.
        """
        authorise(caller, "review_queues")
        request = KeyedRequest.of(caller.subject, key, "review queues", "")
        async with self._unit_of_work(caller.institution) as work:
            before = await work.kept_answers.find(request)
        if before is not None:
            return Answer(QueueReview.model_validate_json(before), is_replay=True)
        review = QueueReview(terms=await self.execute(caller))

        async def reviewed() -> QueueReview:
            return review

        async with self._unit_of_work(caller.institution) as work:
            return await answer_once(work.kept_answers, request, QueueReview, reviewed)

    async def execute(self, caller: Caller) -> tuple[TermId, ...]:
        """Review every term of the institution in which anybody waits, and answer where anything moved.

        A term in which nothing would move is left alone: no lock, no audit record. Raises `AccessDenied`.
        """
        authorise(caller, "review_queues")
        async with self._reading(caller.institution) as views:
            queues = await views.queues_that_may_move(self._clock.now())
        return tuple([term for term, offerings in queues.items() if await self._review(caller, term, offerings)])

    async def _review(self, caller: Caller, term: TermId, offerings: tuple[OfferingId, ...]) -> bool:
        command = ReviewQueuesCommand(self._clock.now(), offerings)
        async with self._reading(caller.institution) as views:
            facts = await views.facts(term, [command])
        if not would_move(facts, command.arrived_at):
            return False
        await self._desk.decide(term, Submission(caller, command))
        return True
