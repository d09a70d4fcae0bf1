"""The table of answers that are given again when a request with the same idempotency key comes again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.persistence.postgres.rows.base import TENANT, Row, belongs_to_institution, key


class KeptAnswerRow(Row):
    """Answers by who asked under which key, with the digest of what was asked; `answer` is empty only within the
    transaction that claims the key. After `kept_until` a row may go.
    """

    __tablename__ = "kept_answers"

    institution_id: Mapped[UUID] = key()
    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    answer: Mapped[str | None] = mapped_column(Text)
    kept_until: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        belongs_to_institution(cascade=True),
        Index(None, TENANT, "kept_until"),
    )
