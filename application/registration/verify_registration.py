"""Proving that a term's invariants hold in what is stored."""

from application.registration.dto import OffenceView, VerificationView
from application.registration.ports import RegistrationReading
from application.shared.access import authorise
from application.shared.caller import Caller
from application.shared.errors import NotFound
from domain.registration.verification import verify
from domain.scheduling.term import Term
from domain.shared.identifiers import TermId
from domain.shared.reference import Reference


class VerifyRegistration:
    """The use case."""

    def __init__(self, reading: RegistrationReading) -> None:
        self._reading = reading

    async def execute(self, caller: Caller, term: Reference) -> VerificationView:
        """Read the whole term and look for offences. Raises `NotFound`, `AccessDenied`."""
        authorise(caller, "verify_registration")
        async with self._reading(caller.institution) as views:
            identifier = await views.identify(Term, term)
            if identifier is None:
                raise NotFound("term", str(term))
            roster = await views.term_roster(TermId(identifier))
        return VerificationView(
            term=identifier,
            enrollments=len({sitting.enrollment_id for sitting in roster.sittings}) + len(roster.unseated),
            seats_taken=len(roster.sittings),
            sections=len(roster.sections),
            offences=tuple(
                OffenceView(invariant=offence.invariant, detail=offence.detail) for offence in verify(roster)
            ),
        )
