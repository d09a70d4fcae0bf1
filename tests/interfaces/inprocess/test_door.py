"""The Python door opens, gives every use case, and closes."""

import pytest

from application.catalog.departments import DepartmentFields
from application.shared.caller import Role
from application.shared.errors import AccessDenied, NotFound
from application.shared.institutions import InstitutionFields
from application.shared.paging import PageQuery
from infrastructure.bootstrap.settings import InvalidSettings
from interfaces.inprocess import open_matricula

PHYSICS = DepartmentFields(code="PHYS", name="Physics")


async def test_use_cases_work_on_records_in_memory() -> None:
    async with open_matricula(persistence="memory") as matricula:
        await matricula.institutions.found(InstitutionFields(code="main", name="Main"))
        caller = await matricula.caller()

        created = await matricula.departments.create(caller, PHYSICS)
        listed = await matricula.departments.list(caller, PageQuery())

    assert list(listed.items) == [created]


async def test_two_doors_in_memory_share_nothing() -> None:
    async with open_matricula(persistence="memory") as one, open_matricula(persistence="memory") as other:
        await one.founding_caller()

        with pytest.raises(NotFound):
            await other.caller()


async def test_a_caller_of_an_unknown_institution_cannot_be_made() -> None:
    async with open_matricula(persistence="memory") as matricula:
        with pytest.raises(NotFound, match="code:nowhere"):
            await matricula.caller("nowhere")


async def test_founding_twice_gives_callers_of_the_same_institution() -> None:
    async with open_matricula(persistence="memory") as matricula:
        first = await matricula.founding_caller("uni")
        second = await matricula.founding_caller("uni")

    assert first == second


async def test_a_caller_has_the_roles_given_and_no_more() -> None:
    async with open_matricula(persistence="memory") as matricula:
        await matricula.founding_caller()
        student = await matricula.caller(roles=frozenset({Role.STUDENT}))

        with pytest.raises(AccessDenied):
            await matricula.departments.create(student, PHYSICS)


async def test_a_setting_that_makes_no_sense_is_refused_by_name() -> None:
    with pytest.raises(InvalidSettings, match="MATRICULA_POOL_SIZE"):
        async with open_matricula(persistence="memory", pool_size=0):
            pass
