"""The numbered seats of a section: taken in order, given back, and moved by a change of capacity."""

from domain.registration.seating import Seating


def taken(seating: Seating, times: int) -> Seating:
    for _ in range(times):
        _, seating = seating.take()
    return seating


def test_seats_are_taken_in_the_order_of_their_numbers() -> None:
    first, seating = Seating.new(3).take()
    second, seating = seating.take()

    assert (first, second) == (1, 2)
    assert (seating.free, seating.taken) == (1, 2)


def test_a_section_without_capacity_has_no_seat() -> None:
    assert Seating.new(0).free == 0


def test_a_seat_given_back_is_taken_again_first_the_lowest_number_before_the_others() -> None:
    seating = taken(Seating.new(5), 4)
    for seat_no in (3, 1):
        seating, goes = seating.give_back(seat_no)
        assert not goes

    assert seating.freed == (1, 3)
    first, seating = seating.take()
    second, seating = seating.take()
    third, _ = seating.take()
    assert (first, second, third) == (1, 3, 5)


def test_raising_the_capacity_adds_the_next_numbers() -> None:
    resized = taken(Seating.new(2), 2).resize(4)

    assert (resized.added, resized.removed) == ((3, 4), ())
    assert resized.seating.take()[0] == 3


def test_the_same_capacity_changes_nothing() -> None:
    seating = taken(Seating.new(2), 1)

    resized = seating.resize(2)

    assert (resized.seating, resized.added, resized.removed) == (seating, (), ())


def test_cutting_takes_seats_that_were_never_taken_before_freed_ones() -> None:
    seating, _ = taken(Seating.new(5), 3).give_back(1)

    resized = seating.resize(2)

    assert sorted(resized.removed) == [1, 4, 5]
    assert (resized.seating.free, resized.seating.taken, resized.seating.seats) == (0, 2, 2)


def test_cutting_keeps_the_lower_freed_numbers() -> None:
    seating = taken(Seating.new(4), 4)
    for seat_no in (1, 2, 3):
        seating, _ = seating.give_back(seat_no)

    resized = seating.resize(2)

    assert sorted(resized.removed) == [2, 3]
    assert resized.seating.freed == (1,)


def test_cutting_below_the_roster_evicts_nobody_and_lets_the_seats_go_as_they_are_given_back() -> None:
    seating = taken(Seating.new(4), 3).resize(1).seating
    assert (seating.free, seating.taken, seating.seats) == (0, 3, 3)

    seating, first_goes = seating.give_back(2)
    seating, second_goes = seating.give_back(1)
    assert (first_goes, second_goes) == (True, True)
    assert (seating.free, seating.taken, seating.seats) == (0, 1, 1)

    seating, third_goes = seating.give_back(3)
    assert not third_goes
    assert seating.take()[0] == 3


def test_raising_after_a_deep_cut_keeps_the_seats_that_were_about_to_go() -> None:
    cut = taken(Seating.new(4), 4).resize(1).seating

    resized = cut.resize(3)
    assert (resized.added, resized.removed) == ((), ())

    seating, goes = resized.seating.give_back(4)
    assert goes
    assert seating.free == 0


def test_a_number_that_went_is_not_given_out_twice_after_a_raise() -> None:
    cut = taken(Seating.new(3), 3).resize(1).seating
    for seat_no in (3, 2):
        cut, goes = cut.give_back(seat_no)
        assert goes

    resized = cut.resize(3)

    assert resized.added == (4, 5)
    assert resized.seating.free == 2


def test_cutting_to_nothing_and_back_gives_a_section_of_the_old_size() -> None:
    gone = Seating.new(3).resize(0).seating
    back = gone.resize(3)

    assert gone.free == 0
    assert back.added == (1, 2, 3)
    assert back.seating.free == 3
