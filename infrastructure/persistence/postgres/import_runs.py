"""Imports in PostgreSQL: one row each, through the session."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from application.shared.imports import ImportKind, ImportProblem, ImportProgress, ImportRun, ImportState
from domain.shared.identifiers import InstitutionId
from infrastructure.persistence.postgres.mapping.mapper import Values
from infrastructure.persistence.postgres.rows.imports import ImportRow


class PostgresImportRuns:
    """The `ImportRuns` port in one transaction."""

    def __init__(self, session: AsyncSession, institution: InstitutionId) -> None:
        self._session = session
        self._institution = institution

    async def add(self, run: ImportRun) -> None:
        """See `ImportRuns.add`."""
        self._session.add(ImportRow(institution_id=self._institution, id=run.id, **_values(run)))
        await self._session.flush()

    async def get(self, identifier: UUID) -> ImportRun | None:
        """See `ImportRuns.get`."""
        row = await self._session.scalar(
            select(ImportRow).where(ImportRow.institution_id == self._institution, ImportRow.id == identifier)
        )
        return None if row is None else _run(row)

    async def save(self, run: ImportRun, heard_since: datetime) -> bool:
        """See `ImportRuns.save`."""
        saved = await self._session.execute(
            update(ImportRow)
            .where(
                ImportRow.institution_id == self._institution,
                ImportRow.id == run.id,
                ImportRow.finished_at.is_(None),
                ImportRow.alive_at >= heard_since,
            )
            .values(**_values(run))
            .returning(ImportRow.id)
            .execution_options(synchronize_session=False)
        )
        return saved.first() is not None


def _values(run: ImportRun) -> Values:
    return {
        "kind": run.kind.value,
        "state": run.state.value,
        "what": run.progress.what,
        "done": run.progress.done,
        "total": run.progress.total,
        "report": run.report,
        "problem": None if run.problem is None else run.problem.model_dump_json(),
        "subject": run.subject,
        "submitted_at": run.submitted_at,
        "alive_at": run.alive_at,
        "finished_at": run.finished_at,
    }


def _run(row: ImportRow) -> ImportRun:
    return ImportRun(
        id=row.id,
        kind=ImportKind(row.kind),
        subject=row.subject,
        submitted_at=row.submitted_at,
        alive_at=row.alive_at,
        state=ImportState(row.state),
        progress=ImportProgress(what=row.what, done=row.done, total=row.total),
        report=row.report,
        problem=None if row.problem is None else ImportProblem.model_validate_json(row.problem),
        finished_at=row.finished_at,
    )
