"""The table of imports: what was uploaded, how far it is, and how it ended."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.persistence.postgres.rows.base import Row, belongs_to_institution, key


class ImportRow(Row):
    """Imports; the process that runs one says so in `alive_at` again and again."""

    __tablename__ = "imports"

    institution_id: Mapped[UUID] = key()
    id: Mapped[UUID] = key()
    kind: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20))
    what: Mapped[str] = mapped_column(Text)
    done: Mapped[int] = mapped_column(BigInteger)
    total: Mapped[int | None] = mapped_column(BigInteger)
    report: Mapped[str | None] = mapped_column(Text)
    problem: Mapped[str | None] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    submitted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    alive_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (belongs_to_institution(cascade=True),)
