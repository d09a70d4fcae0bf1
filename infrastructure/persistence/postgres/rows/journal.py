"""Tables of the journal: what was decided and on what, the events to publish, and the answers that were given."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Index, String, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSON
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.persistence.postgres.rows.base import TENANT, Row, belongs_to_institution, key, refers_to, unique


class AuditEventRow(Row):
    """Decided commands, in the order of their term, for good: the application may only add some."""

    __tablename__ = "audit_events"

    institution_id: Mapped[UUID] = key()
    id: Mapped[UUID] = key()
    term_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(Text)
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    occurred_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    command: Mapped[str] = mapped_column(JSON)
    answer: Mapped[str] = mapped_column(JSON)
    consequences: Mapped[str] = mapped_column(JSON)
    facts: Mapped[str] = mapped_column(JSON)
    about: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))

    __table_args__ = (
        refers_to("term", "terms"),
        unique("term_id", "number"),
        # A record of a decision is a few kilobytes, and compressing it takes longer than storing it.
        {"postgresql_with": {"toast_tuple_target": "8160"}},
    )


class AuditMentionRow(Row):
    """The events about somebody or something, by id; written only together with the event, which stays for good.

    A table beside the array: no operator of arrays is leakproof, so under row-level security no index would serve it.
    """

    __tablename__ = "audit_mentions"

    institution_id: Mapped[UUID] = key()
    about: Mapped[UUID] = key()
    event_id: Mapped[UUID] = key()


class AuditDocumentRow(Row):
    """The static facts that commands were decided on, each kept once under the digest of its content."""

    __tablename__ = "audit_documents"

    institution_id: Mapped[UUID] = key()
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    body: Mapped[str] = mapped_column(JSON)

    __table_args__ = (belongs_to_institution(),)


class OutboxRow(Row):
    """Events to publish; `published_at` is empty until that is done."""

    __tablename__ = "outbox"

    institution_id: Mapped[UUID] = key()
    id: Mapped[UUID] = key()
    type: Mapped[str] = mapped_column(String(100))
    version: Mapped[int]
    occurred_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    payload: Mapped[str] = mapped_column(JSON)
    published_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        belongs_to_institution(),
        Index("ix_outbox_unpublished", TENANT, "id", postgresql_where=text("published_at IS NULL")),
    )


class IdempotencyKeyRow(Row):
    """The answers that were given to requests with a key, with the digest of what was asked."""

    __tablename__ = "idempotency_keys"

    institution_id: Mapped[UUID] = key()
    term_id: Mapped[UUID] = key()
    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    answer: Mapped[str] = mapped_column(JSON)

    __table_args__ = (refers_to("term", "terms", cascade=True),)
