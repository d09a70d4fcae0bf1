"""A batch of commands of one term in one transaction: loaded together, decided one after the other, stored together."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from application.registration.archive import Archive
from application.registration.journal import journal_of
from application.registration.ports import (
    AnswerKey,
    Journal,
    KeptAnswer,
    RegistrationUnitOfWork,
    StaleSeating,
)
from application.registration.submission import Settled, Submission
from application.shared.clock import IdGenerator
from application.shared.errors import Collision, KeyReused, Unavailable, UnknownReference
from domain.registration.commands import RegistrationRequest
from domain.registration.decide import decide
from domain.registration.facts import Facts
from domain.shared.identifiers import InstitutionId, TermId

ATTEMPTS = 3

Hook: TypeAlias = Callable[[], None]
"""What is done while the database writes."""

Outcome: TypeAlias = Settled | KeptAnswer | KeyReused | UnknownReference
"""What becomes of a submission that does not fail its whole batch."""


class BatchDecider:
    """Decides batches."""

    def __init__(self, unit_of_work: RegistrationUnitOfWork, ids: IdGenerator) -> None:
        self._unit_of_work = unit_of_work
        self._ids = ids
        self._archive = Archive()

    async def decide(
        self, place: tuple[InstitutionId, TermId], submissions: Sequence[Submission], writing: Hook
    ) -> Sequence[Outcome]:
        """Decide submissions in their order, all or none; answers the outcome of each. Calls `writing` on the way.

        Raises `NotFound` for an unknown term, `StaleSeating` for several where one keeps finding a seat taken,
        `Unavailable`, and whatever speaks against the whole batch.
        """
        institution, term = place
        for _ in range(ATTEMPTS):
            try:
                return await self._attempt(institution, term, submissions, writing)
            except StaleSeating:
                async with self._unit_of_work(institution) as work:
                    await work.book.recount(term)
            except Collision:
                continue
        if len(submissions) > 1:
            raise StaleSeating
        detail = "The seats of a section keep changing behind the desk."
        raise Unavailable(detail)

    async def _attempt(
        self, institution: InstitutionId, term: TermId, submissions: Sequence[Submission], writing: Hook
    ) -> Sequence[Outcome]:
        written: Mapping[str, str] = {}
        async with self._unit_of_work(institution) as work:
            commands = [submission.command for submission in submissions]
            keys = [submission.idempotency.key for submission in submissions if submission.idempotency is not None]
            facts, kept = await work.book.load(term, commands, keys)
            outcomes = {place: _settled_before(s, facts, kept) for place, s in enumerate(submissions)}
            places = [place for place, outcome in outcomes.items() if outcome is None]
            if places:
                decided = [submissions[place] for place in places]
                answers, effects = decide(facts, [submission.command for submission in decided])
                asyncio.get_running_loop().call_soon(writing)

                def journal() -> Journal:
                    nonlocal written
                    journal, settled = journal_of(decided, facts, effects, answers, self._archive, self._ids)
                    outcomes.update(zip(places, settled, strict=True))
                    written = journal.documents
                    return journal

                await work.book.store(term, effects, journal)
        self._archive.note(institution, written)
        return [outcome for outcome in outcomes.values() if outcome is not None]


def _settled_before(submission: Submission, facts: Facts, kept: Mapping[AnswerKey, KeptAnswer]) -> Outcome | None:
    """The outcome of a submission that is not decided: its key was answered before, or its student is unknown."""
    idempotency, command = submission.idempotency, submission.command
    if idempotency is not None and idempotency.key in kept:
        answer = kept[idempotency.key]
        return answer if answer.digest == idempotency.digest else KeyReused(idempotency.key.key)
    if isinstance(command, RegistrationRequest):
        student = facts.students.get(command.student_id)
        if student is not None and student.profile is None:
            field = "student"
            return UnknownReference(field, str(command.student_id))
    return None
