"""Through no method of the Python door does an administrator of one institution reach anything of another."""

import re
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
import pytest_asyncio

from application.shared.caller import Caller
from application.shared.errors import ApplicationError, NotFound
from domain.shared.identifiers import InstitutionId
from domain.shared.reference import Reference
from infrastructure.bootstrap.container import Container
from interfaces.inprocess import Matricula
from tests.interfaces.access.calls import calls_about
from tests.interfaces.access.campus import Campus
from tests.interfaces.access.operations import python_operations
from tests.interfaces.access.stored import Stored

pytestmark = pytest.mark.asyncio(loop_scope="module")

PUBLIC = frozenset({"institutions.find", "institutions.list"})
"""The directory of institutions is public."""

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest_asyncio.fixture(loop_scope="module")
async def stranger(matricula: Matricula, there: Campus) -> Caller:
    """An administrator of the second institution."""
    return await matricula.caller(there.institution)


@pytest.mark.parametrize("half", ["one", "other"])
async def test_no_call_reaches_a_record_of_another_institution(
    half: str, matricula: Matricula, campus: Campus, stranger: Caller, container: Container
) -> None:
    theirs = getattr(campus, half)
    hidden, stored = {*theirs.values(), *campus.spare.values()}, Stored(container)
    home = InstitutionId(UUID(theirs["institution"]))

    for method in sorted(python_operations().keys() - PUBLIC):
        try:
            shown = repr(await calls_about(matricula, campus, theirs)[method](stranger))
        except ApplicationError:
            shown = ""
        assert not hidden.intersection(_ID.findall(shown)), method
        assert not stored.has_changed_at(home), method
        stored.restore()


async def _rows(lines: AsyncIterator[object]) -> list[object]:
    return [line async for line in lines]


async def test_a_term_of_another_institution_is_not_read_whole(
    matricula: Matricula, campus: Campus, stranger: Caller
) -> None:
    m, term = matricula, Reference.parse((await campus.get("terms/code:2026-1"))["id"])
    for read in (
        lambda: _rows(m.enrollments.export(stranger, term)),
        lambda: _rows(m.enrollments.export_csv(stranger, term)),
        lambda: m.verify_registration.execute(stranger, term),
        lambda: m.replay_audit.execute(stranger, term),
    ):
        with pytest.raises(NotFound):
            await read()
