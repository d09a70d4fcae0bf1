"""Tables of access: accounts and clients, sessions, what was made void, failures, and the audit of sign-ins."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, Integer, String, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.persistence.postgres.rows.base import TENANT, Row, belongs_to_institution, key, refers_to, unique


class AccountRow(Row):
    """Who may come in, and what they are; the password is a hash."""

    __tablename__ = "accounts"

    institution_id: Mapped[UUID] = key()
    id: Mapped[UUID] = key()
    email: Mapped[str] = mapped_column(String(256, collation="C"))
    roles: Mapped[list[str]] = mapped_column(ARRAY(String(20)))
    password_hash: Mapped[str | None] = mapped_column(String(256))
    student_id: Mapped[UUID | None]
    instructor_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    disabled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        belongs_to_institution(),
        refers_to("student", "students"),
        refers_to("instructor", "instructors"),
        unique("email"),
        Index(None, TENANT, "student_id"),
        Index(None, TENANT, "instructor_id"),
    )


class ApiClientRow(Row):
    """Which programs may come in, and how far; the secret is a digest."""

    __tablename__ = "api_clients"

    institution_id: Mapped[UUID] = key()
    id: Mapped[UUID] = key()
    name: Mapped[str] = mapped_column(String(200, collation="C"))
    secret_hash: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[list[str]] = mapped_column(ARRAY(String(40)))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    disabled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (belongs_to_institution(), unique("name"))


class RefreshTokenRow(Row):
    """What keeps people in; a token that was traded in stays until it expires, to be known when it comes again."""

    __tablename__ = "refresh_tokens"

    institution_id: Mapped[UUID] = key()
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    session_id: Mapped[UUID]
    account_id: Mapped[UUID]
    issued_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        refers_to("account", "accounts", cascade=True),
        Index(None, TENANT, "session_id"),
        Index(None, TENANT, "account_id"),
    )


class TokenRevocationRow(Row):
    """Whose access tokens are void that were issued up to a moment: an account's, a client's or a session's."""

    __tablename__ = "token_revocations"

    institution_id: Mapped[UUID] = key()
    subject: Mapped[UUID] = key()
    before: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    until: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (belongs_to_institution(),)


class SignInFailureRow(Row):
    """How many attempts failed lately, and since when others are under way, by name and by origin."""

    __tablename__ = "sign_in_failures"

    institution_id: Mapped[UUID] = key()
    key: Mapped[str] = mapped_column(String(200, collation="C"), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    last_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    under_way: Mapped[list[datetime]] = mapped_column(ARRAY(DateTime(timezone=True)), server_default="{}")

    __table_args__ = (belongs_to_institution(), Index(None, TENANT, "last_at"))


class SignInRow(Row):
    """Who came in, who did not, who went, and who did what to an account or a client: the application may only add."""

    __tablename__ = "sign_ins"

    institution_id: Mapped[UUID] = key()
    id: Mapped[UUID] = key()
    outcome: Mapped[str] = mapped_column(String(40))
    subject: Mapped[UUID | None] = mapped_column(Uuid)
    name: Mapped[str] = mapped_column(String(64))
    origin: Mapped[str] = mapped_column(Text)
    occurred_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    actor: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (belongs_to_institution(), Index(None, TENANT, "subject"))
