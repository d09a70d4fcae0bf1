"""Values: equal and hashed by what they hold, as every frozen dataclass is."""

from dataclasses import replace

from domain.registration.enrollment import SeatTaken
from domain.shared.identifiers import ComponentId
from tests.support.domain_builders import identifier, section_id


def _a_seat() -> SeatTaken:
    return SeatTaken(section_id("A"), ComponentId(identifier("component", "LEC")), 1)


def test_values_are_equal_and_hashed_by_their_fields() -> None:
    assert _a_seat() == _a_seat()
    assert hash(_a_seat()) == hash(_a_seat())


def test_a_value_with_another_field_is_another_value() -> None:
    assert len({_a_seat(), _a_seat(), replace(_a_seat(), seat_no=2)}) == 2
