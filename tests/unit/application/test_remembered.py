"""What is remembered of objects, by their identity."""

from application.registration.remembered import Remembered


def test_something_is_made_of_an_object_once() -> None:
    calls: list[list[int]] = []

    def total(numbers: list[int]) -> int:
        calls.append(numbers)
        return sum(numbers)

    remembered, numbers = Remembered(total, limit=2), [1, 2]

    assert [remembered.of(numbers), remembered.of(numbers)] == [3, 3]
    assert calls == [numbers]


def test_equal_objects_are_told_apart() -> None:
    remembered = Remembered[list[int], int](id, limit=2)
    one, other = [1], [1]

    assert remembered.of(one) != remembered.of(other)


def test_beyond_the_limit_all_are_forgotten() -> None:
    calls: list[list[int]] = []
    remembered = Remembered[list[int], None](calls.append, limit=2)
    first, second, third = [1], [2], [3]

    for numbers in (first, second, third, first):
        remembered.of(numbers)

    assert calls == [first, second, third, first]
