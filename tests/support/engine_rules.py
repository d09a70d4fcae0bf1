"""What a distributed engine (Citus) and a pooler in transaction mode ask of keys, statements and migrations.

Each check answers the offences that it finds, in words; none is none. Texts of statements are read without comments
and literals, but for the bodies of functions and `DO` blocks, which are statements, too.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ForeignKeyConstraint, MetaData, PrimaryKeyConstraint, UniqueConstraint

TENANT = "institution_id"

REFERENCE_TABLES: Mapping[str, str] = {
    "institutions": "the directory, looked at across institutions; its code is unique among all of them",
    "alembic_version": "the revision of the schema, one for all institutions",
}
"""Tables that every node would have a copy of, and why: the tenant need not come first in their keys."""

_SILENT = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|(\$\w*\$)(.*?)\1|;", re.DOTALL)
"""What is not the statement itself: comments, literals, bodies between dollars, and where it ends."""

_ALTERING = re.compile(r"ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?\S+\s+(.*)", re.IGNORECASE | re.DOTALL)
_LOCKING = re.compile(r"\bFOR\s+(?:NO\s+KEY\s+UPDATE|UPDATE|KEY\s+SHARE|SHARE)\b", re.IGNORECASE)
_TENANT_FILTER = re.compile(rf"\b{TENANT}\s*(?:=|IN\b)", re.IGNORECASE)
_MOMENT = r"(?:now|(?:clock|statement|transaction)_timestamp)\s*\(|\b(?:current_(?:timestamp|date|time)|localtime)"


_FORBIDDEN: Mapping[str, re.Pattern[str]] = {
    offence: re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for offence, pattern in {
        "set_config()": r"\bset_config\s*\(",
        "LISTEN or NOTIFY": r"^\s*(?:UN)?LISTEN\b|^\s*NOTIFY\b|\bpg_notify\s*\(",
        "an advisory lock": r"\bpg_(?:try_)?advisory_",
        "a moment in ON CONFLICT DO UPDATE": rf"\bON\s+CONFLICT\b.*\bDO\s+UPDATE\b.*(?:{_MOMENT})",
        "ON DELETE SET NULL": r"\bON\s+DELETE\s+SET\b",
        "a trigger": r"\bCREATE\s+(?:OR\s+REPLACE\s+)?(?:CONSTRAINT\s+)?TRIGGER\b",
        "a setting of the session": r"^\s*SET\s+(?!LOCAL\b|TRANSACTION\b|CONSTRAINTS\b)|^\s*(?:RESET|DISCARD)\b",
        "a statement prepared in SQL": r"^\s*(?:PREPARE|DEALLOCATE)\b",
        "a cursor that outlives its transaction": r"\bWITH\s+HOLD\b",
        "a temporary table that outlives its transaction": (
            r"^\s*CREATE\s+(?:LOCAL\s+)?TEMP(?:ORARY)?\s+TABLE\b(?!.*\bON\s+COMMIT\s+DROP\b)"
        ),
    }.items()
}


@dataclass(frozen=True, slots=True)
class Key:
    """A primary key, unique constraint or index, or foreign key; `target` and `referred` are those of the last."""

    table: str
    name: str
    columns: Sequence[str]
    target: str | None = None
    referred: Sequence[str] = ()
    on_delete: str | None = None


def keys_of(metadata: MetaData) -> Iterator[Key]:
    """The keys that the metadata of a schema describes."""
    for table in metadata.tables.values():
        for constraint in table.constraints:
            if isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint):
                yield Key(table.name, str(constraint.name), [column.name for column in constraint.columns])
            if isinstance(constraint, ForeignKeyConstraint):
                referred = [element.column for element in constraint.elements]
                yield Key(
                    table.name,
                    str(constraint.name),
                    list(constraint.column_keys),
                    referred[0].table.name,
                    [column.name for column in referred],
                    constraint.ondelete,
                )
        for index in table.indexes:
            if index.unique:
                yield Key(table.name, str(index.name), [column.name for column in index.columns])


def offences_of_keys(keys: Sequence[Key]) -> list[str]:
    """Where the tenant does not come first, or would be set to NULL."""
    return [f"{key.table}.{key.name}: {offence}" for key in keys for offence in _offences_of_key(key)]


def _offences_of_key(key: Key) -> Iterator[str]:
    if key.on_delete is not None and key.on_delete.upper().startswith("SET") and TENANT in key.columns:
        yield f"ON DELETE {key.on_delete.upper()}"
    if key.table in REFERENCE_TABLES:
        return
    if key.columns[0] != TENANT:
        yield "the tenant is not first"
    if key.target is not None and key.referred[0] != TENANT:
        yield "the tenant does not refer to the tenant"


def offences_of_statement(text: str) -> list[str]:
    """What the application must not send, nor a function of its schema hold."""
    return [offence for statement in split(text, bodies=True) for offence in _offences_of_one(statement)]


def _offences_of_one(statement: str) -> Iterator[str]:
    for offence, pattern in _FORBIDDEN.items():
        if pattern.search(statement):
            yield offence
    for lock in _LOCKING.finditer(statement):
        if not _TENANT_FILTER.search(_own_text(statement, lock.start())):
            yield "a lock without the tenant filter"


def offences_of_migration(text: str) -> list[str]:
    """What a migration must not send in one call."""
    statements = split(text)
    offences = []
    if len(statements) > 1:
        offences.append("more than one statement a call")
    for statement in statements:
        actions = _actions(statement)
        if len(actions) > 1 and any(re.match(r"\s*ADD\s+CONSTRAINT\b", action, re.IGNORECASE) for action in actions):
            offences.append("a constraint that is not added by itself")
        if re.search(r"\bON\s+DELETE\s+SET\b", statement, re.IGNORECASE):
            offences.append("ON DELETE SET NULL")
    return offences


def split(text: str, *, bodies: bool = False) -> list[str]:
    """The statements of a text, without comments and literals, and if asked for those of its bodies, too."""
    statements, at, within = [""], 0, []
    for found in _SILENT.finditer(text):
        statements[-1] += text[at : found.start()] + (" " if found.group() == ";" or found.group(2) is None else " $$ ")
        at = found.end()
        if found.group() == ";":
            statements.append("")
        elif found.group(2) is not None:
            within += split(found.group(2), bodies=bodies)
    statements[-1] += text[at:]
    own = [statement.strip() for statement in statements if statement.strip()]
    return own + within if bodies else own


def _own_text(statement: str, end: int) -> str:
    """What stands before `end` in its own query: neither what encloses the query, nor the queries inside it."""
    depth, own = 0, []
    for character in reversed(statement[:end]):
        depth += {")": 1, "(": -1}.get(character, 0)
        if depth < 0:
            break
        if depth == 0:
            own.append(character)
    return "".join(reversed(own))


def _actions(statement: str) -> list[str]:
    """What an ALTER TABLE does, each; nothing for other statements."""
    altering = re.match(
        r"\s*ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?\S+\s+(.*)", statement, re.IGNORECASE | re.DOTALL
    )
    if altering is None:
        return []
    actions, depth = [""], 0
    for character in altering.group(1):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            actions.append("")
        else:
            actions[-1] += character
    return actions
