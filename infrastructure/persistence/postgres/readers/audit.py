"""The audit log, straight from SQL."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from application.registration.ports import AuditRecord
from domain.shared.identifiers import InstitutionId, TermId

_COLUMNS = """
    SELECT a.id, a.term_id, a.number, a.kind, a.subject, a.roles, a.occurred_at,
           CAST(a.command AS text) AS command, CAST(a.answer AS text) AS answer,
           CAST(a.consequences AS text) AS consequences, CAST(a.facts AS text) AS facts,
           a.about
    FROM audit_events a
"""

_OF_TERM = text(
    f"""{_COLUMNS}
    WHERE a.institution_id = :institution AND a.term_id = :term AND a.number > :after
    ORDER BY a.number LIMIT :limit
    """
)

_ABOUT = text(
    f"""{_COLUMNS}
    WHERE a.institution_id = :institution
      AND a.id = ANY (ARRAY (SELECT m.event_id FROM audit_mentions m
                              WHERE m.institution_id = :institution AND m.about = :about))
    ORDER BY a.occurred_at, a.term_id, a.number
    """  # noqa: S608 - constants only
)

_DOCUMENTS = text(
    """
    SELECT d.digest, CAST(d.body AS text) FROM audit_documents d
    WHERE d.institution_id = :institution AND d.digest = ANY (CAST(:digests AS text[]))
    """
)


class AuditReader:
    """Reads the audit log of one institution in one transaction."""

    def __init__(self, session: AsyncSession, institution: InstitutionId) -> None:
        self._session = session
        self._institution = institution

    async def audit_records(self, term: TermId, after: int, limit: int) -> Sequence[AuditRecord]:
        """See `RegistrationViews.audit_records`."""
        wanted = {"institution": self._institution, "term": term, "after": after, "limit": limit}
        return [_record(row) for row in await self._session.execute(_OF_TERM, wanted)]

    async def audit_records_about(self, identifier: UUID) -> Sequence[AuditRecord]:
        """See `RegistrationViews.audit_records_about`."""
        wanted = {"institution": self._institution, "about": identifier}
        return [_record(row) for row in await self._session.execute(_ABOUT, wanted)]

    async def audit_documents(self, digests: Sequence[str]) -> Mapping[str, str]:
        """See `RegistrationViews.audit_documents`."""
        wanted = {"institution": self._institution, "digests": list(digests)}
        rows = await self._session.execute(_DOCUMENTS, wanted)
        return {digest: body for digest, body in rows}  # noqa: C416 - rows, not pairs


def _record(row: Row[Any]) -> AuditRecord:
    return AuditRecord(
        id=row.id,
        term_id=TermId(row.term_id),
        number=row.number,
        kind=row.kind,
        subject=row.subject,
        roles=tuple(row.roles),
        occurred_at=row.occurred_at,
        command=row.command,
        answer=row.answer,
        consequences=row.consequences,
        facts=row.facts,
        about=tuple(row.about),
    )
