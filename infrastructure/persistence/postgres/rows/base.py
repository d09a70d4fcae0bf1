"""What all tables share: names of constraints, the tenant first in every key, versions, and foreign keys with a field.

Every primary key, unique constraint and foreign key begins with `institution_id`: that is tenancy, and what lets the
same schema be distributed.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Integer, MetaData, String, UniqueConstraint, Uuid
from sqlalchemy.orm import DeclarativeBase, MappedColumn, mapped_column

TENANT = "institution_id"


class Row(DeclarativeBase):
    """The base of all rows."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(constraint_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(constraint_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def natural_code() -> MappedColumn[str]:
    """The column of a natural code, ordered by its bytes whatever the database's collation is."""
    return mapped_column(String(64, collation="C"))


def version_column() -> MappedColumn[int]:
    """The column that counts a row's versions."""
    return mapped_column(Integer, default=1)


def versioned(column: MappedColumn[int]) -> dict[str, Any]:
    """The mapper arguments by which an update names the version it read, and fails when that is gone."""
    return {"version_id_col": column, "version_id_generator": False}


def key() -> MappedColumn[UUID]:
    """A column of the primary key that holds an identifier."""
    return mapped_column(Uuid, primary_key=True)


def belongs_to_institution(*, cascade: bool = False) -> ForeignKeyConstraint:
    """The foreign key of a tenant's table; with `cascade` its rows keep no institution from going."""
    return ForeignKeyConstraint(
        [TENANT], ["institutions.institution_id"], name=TENANT, ondelete="CASCADE" if cascade else None
    )


def refers_to(
    field: str, table: str, *columns: str, targets: tuple[str, ...] = ("id",), cascade: bool = False
) -> ForeignKeyConstraint:
    """A foreign key to `table` for the DTO field `field`, over `columns` (default: `field`_id) within the tenant."""
    own = columns or (f"{field}_id",)
    return ForeignKeyConstraint(
        [TENANT, *own],
        [f"{table}.{TENANT}", *(f"{table}.{target}" for target in targets)],
        name=field,
        ondelete="CASCADE" if cascade else None,
    )


def unique(*columns: str) -> UniqueConstraint:
    """What is unique within the tenant."""
    return UniqueConstraint(TENANT, *columns, name="_".join(columns))
