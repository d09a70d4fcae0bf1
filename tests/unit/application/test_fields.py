"""The fields of the contract: what is refused at the door, and what it costs to let views pass."""

from uuid import UUID

import pytest
from pydantic import TypeAdapter, ValidationError

from application.shared.dto import Code, Credits, ReferenceText
from application.shared.institutions import InstitutionView, TimeZone
from domain.shared.reference import is_code


@pytest.mark.parametrize("text", ["A", "CS-101", "Ñandú", "C++", "_A", "-A", "", "a b", "a:b", "a\n", "x" * 65])
def test_a_code_of_the_contract_is_a_code_of_the_domain(text: str) -> None:
    try:
        TypeAdapter(Code).validate_python(text)
        accepted = True
    except ValidationError:
        accepted = False

    assert accepted is is_code(text)


def test_references_are_written_one_way() -> None:
    written = TypeAdapter(ReferenceText).validate_python("{12345678123456781234567812345678}")

    assert written == "12345678-1234-5678-1234-567812345678"


@pytest.mark.parametrize("credit", ["-1", "1.234", "1001", "NaN", "Infinity"])
def test_credits_that_nobody_gives_are_refused(credit: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Credits).validate_python(credit)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../UTC", "America"])
def test_a_zone_that_no_clock_shows_is_refused(zone: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(TimeZone).validate_python(zone)


def test_a_view_with_a_time_zone_does_not_read_the_zone_database_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    def view() -> InstitutionView:
        return InstitutionView(id=UUID(int=1), code="main", name="Main", time_zone="America/Bogota", version=1)

    first = view()
    monkeypatch.setattr("application.shared.institutions.available_timezones", set)
    assert view() == first
