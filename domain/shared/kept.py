"""What is worked out of an immutable object once, and kept with it."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

Owner = TypeVar("Owner")
Value = TypeVar("Value")


def kept(work_out: Callable[[Owner], Value]) -> Callable[[Owner], Value]:
    """Have `work_out` called once for each object that never changes; the result lives as long as the object.

    It is to functions what `functools.cached_property` is to methods, and as little thread-safe: two threads may both
    work the same thing out. The owner's class has no `__slots__`.
    """
    name = f"{work_out.__module__}.{work_out.__qualname__}"

    @wraps(work_out)
    def of(owner: Owner) -> Value:
        known = owner.__dict__
        if name in known:
            value: Value = known[name]
        else:
            value = known[name] = work_out(owner)
        return value

    return of
