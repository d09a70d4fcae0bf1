"""Whatever is taken, given back and resized: no number twice, nobody evicted, and the capacity reached in the end."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domain.registration.seating import Seating


class SeatingAgainstASet(RuleBasedStateMachine):
    """A seating beside the plain set of its seat numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.seating = Seating.new(3)
        self.rows = {1, 2, 3}
        self.held: set[int] = set()

    @precondition(lambda self: self.seating.free > 0)
    @rule()
    def take(self) -> None:
        seat_no, self.seating = self.seating.take()
        assert seat_no in self.rows - self.held
        self.held.add(seat_no)

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def give_back(self, data: st.DataObject) -> None:
        seat_no = data.draw(st.sampled_from(sorted(self.held)))
        too_many = len(self.rows) > self.seating.capacity
        self.seating, goes = self.seating.give_back(seat_no)
        self.held.remove(seat_no)
        assert goes == too_many
        if goes:
            self.rows.remove(seat_no)

    @rule(capacity=st.integers(0, 8))
    def resize(self, capacity: int) -> None:
        resized = self.seating.resize(capacity)
        assert self.rows.isdisjoint(resized.added)
        assert self.held.isdisjoint(resized.removed)
        assert not (resized.added and resized.removed)
        assert len(set(resized.removed)) == len(resized.removed)
        self.rows |= set(resized.added)
        assert self.rows.issuperset(resized.removed)
        self.rows -= set(resized.removed)
        self.seating = resized.seating
        assert self.seating.capacity == capacity

    @invariant()
    def it_counts_right(self) -> None:
        assert self.seating.seats == len(self.rows)
        assert self.seating.taken == len(self.held)
        assert self.seating.free + self.seating.taken == self.seating.seats

    @invariant()
    def its_free_numbers_are_those_that_nobody_holds(self) -> None:
        seating = self.seating
        numbers = [*range(seating.next_seat, seating.last_seat + 1), *seating.freed]
        assert len(set(numbers)) == len(numbers)
        assert set(numbers) == self.rows - self.held
        assert list(seating.freed) == sorted(seating.freed)

    @invariant()
    def it_has_as_many_seats_as_its_capacity_unless_more_are_held(self) -> None:
        assert self.seating.seats == max(self.seating.capacity, len(self.held))


SeatingAgainstASet.TestCase.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
TestSeatingAgainstASet = SeatingAgainstASet.TestCase


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12), st.randoms(use_true_random=False))
def test_after_enough_seats_were_given_back_the_section_has_its_capacity(
    before: int, seated: int, after: int, order: Random
) -> None:
    seating = Seating.new(before)
    held: list[int] = []
    for _ in range(min(seated, before)):
        seat_no, seating = seating.take()
        held.append(seat_no)
    seating = seating.resize(after).seating
    order.shuffle(held)
    for seat_no in held:
        seating, _ = seating.give_back(seat_no)

    assert (seating.seats, seating.free, seating.taken) == (after, after, 0)
