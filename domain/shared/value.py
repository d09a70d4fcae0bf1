"""Values: dataclasses whose objects never change, of which a registration makes dozens."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

if TYPE_CHECKING:
    # To the type checker a value is a frozen dataclass: it refuses every assignment to a field.
    from dataclasses import dataclass as value
else:
    _Class = TypeVar("_Class", bound=type)

    def value(*, frozen: Literal[True], slots: Literal[True]) -> Callable[[_Class], _Class]:
        """Make a class a dataclass with slots that is compared and hashed by its fields.

        Its fields are set as they are anywhere. A dataclass that is frozen at run time, too, calls
        `object.__setattr__` for each field of each object: a tenth of what deciding a registration costs.
        """

        def made(cls: _Class) -> _Class:
            return dataclass(slots=slots, unsafe_hash=frozen and "__hash__" not in vars(cls))(cls)

        return made


__all__ = ["value"]
