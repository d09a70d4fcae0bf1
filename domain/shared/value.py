"""Values that are made so often that keeping them unchanged at run time costs too much: the types keep them so.

`dataclass(frozen=True)` sets every field through `object.__setattr__`, which makes an instance four times as dear. Who
assigns to a field of a `value` is found by the type checker, as with any frozen dataclass.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as value
else:

    def value(*, frozen: bool, slots: bool) -> Callable[[type], type]:
        """A dataclass that is equal and hashed by its fields, and that nobody changes."""

        def made(cls: type) -> type:
            return dataclass(slots=slots, unsafe_hash=frozen)(cls)

        return made


__all__ = ["value"]
