"""The numbered seats of a section: which number is taken next, and what a change of capacity does to them."""

from dataclasses import replace

from domain.shared.value import value


@value(frozen=True, slots=True)
class Seating:
    """Where the free seats of a section with a capacity are.

    `seats` is how many seat rows exist; numbers `next_seat` to `last_seat` were never taken, `freed` (ascending) were
    given back. Seats that permissions added are not counted in `seats`, but their numbers are used up, too. The numbers
    are hints: the seat rows themselves decide, so a wrong hint cannot oversell.
    """

    capacity: int
    next_seat: int
    last_seat: int
    seats: int
    freed: tuple[int, ...] = ()

    @classmethod
    def new(cls, capacity: int) -> "Seating":
        """The seating of a section in which nobody has sat yet."""
        return cls(capacity=capacity, next_seat=1, last_seat=capacity, seats=capacity)

    @property
    def free(self) -> int:
        """How many seats can be taken now."""
        return self.last_seat - self.next_seat + 1 + len(self.freed)

    @property
    def taken(self) -> int:
        """How many seats are taken."""
        return self.seats - self.free

    def take(self) -> "tuple[int, Seating]":
        """Take a free seat: its number and the seating without it. The caller has made sure that one is free."""
        if self.freed:
            return self.freed[0], replace(self, freed=self.freed[1:])
        following = self.next_seat + 1
        return self.next_seat, Seating(self.capacity, following, self.last_seat, self.seats, self.freed)

    def take_above_capacity(self) -> "tuple[int, Seating]":
        """Add a seat with a number never used and take it. The caller has made sure that no seat is free."""
        seat_no = self.last_seat + 1
        return seat_no, replace(self, next_seat=seat_no + 1, last_seat=seat_no)

    def give_back(self, seat_no: int) -> "tuple[Seating, bool]":
        """Free a taken seat; True when the seat goes for good, because the capacity was cut below the roster."""
        if self.seats > self.capacity:
            return replace(self, seats=self.seats - 1), True
        return replace(self, freed=tuple(sorted((*self.freed, seat_no)))), False

    def resize(self, capacity: int) -> "Resized":
        """Change the capacity without evicting anyone.

        Raising keeps seats that were about to go, then adds new numbers. Cutting removes free seats; what is missing
        then goes as seats are given back.
        """
        surplus = self.seats - capacity
        if surplus <= 0:
            added = range(self.last_seat + 1, self.last_seat + 1 - surplus)
            grown = replace(self, capacity=capacity, last_seat=self.last_seat - surplus, seats=capacity)
            return Resized(grown, added=tuple(added))
        untouched = min(surplus, self.last_seat - self.next_seat + 1)
        from_freed = min(surplus - untouched, len(self.freed))
        kept, given_up = self.freed[: len(self.freed) - from_freed], self.freed[len(self.freed) - from_freed :]
        removed = (*range(self.last_seat - untouched + 1, self.last_seat + 1), *given_up)
        cut = replace(
            self,
            capacity=capacity,
            last_seat=self.last_seat - untouched,
            seats=self.seats - len(removed),
            freed=kept,
        )
        return Resized(cut, removed=removed)


@value(frozen=True, slots=True)
class Resized:
    """A seating after a change of capacity, with the seat numbers that were `added` and `removed`."""

    seating: Seating
    added: tuple[int, ...] = ()
    removed: tuple[int, ...] = ()
