"""The access table has an entry for each operation of every door, and for nothing else."""

import pytest

from application.shared.access_table import ACCESS
from tests.interfaces.access.operations import python_operations, rest_operations


def test_every_route_has_an_entry() -> None:
    assert rest_operations() - ACCESS.keys() == set()


def test_every_method_of_the_python_door_has_an_entry() -> None:
    operations = python_operations()

    assert {method for method, operation in operations.items() if operation not in ACCESS} == set()


def test_every_entry_has_an_operation() -> None:
    offered = rest_operations() | set(python_operations().values())

    assert ACCESS.keys() - offered == set()


@pytest.mark.parametrize("operation", sorted(ACCESS))
def test_an_operation_is_public_or_needs_a_scope_and_a_role(operation: str) -> None:
    rule = ACCESS[operation]

    assert (rule.scope is None) == (not rule.rights)
