"""Which institution a transaction sees: row-level security reads it from a setting that lives as long as it."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.shared.identifiers import InstitutionId

SETTING = "app.institution_id"


async def enter_institution(session: AsyncSession, institution: InstitutionId) -> None:
    """Let the session's transaction see the records of `institution` and no other.

    `SET LOCAL` takes no parameter, so the identifier, a UUID by type, is written into the statement.
    """
    await session.execute(text(f"SET LOCAL {SETTING} = '{institution}'"))
