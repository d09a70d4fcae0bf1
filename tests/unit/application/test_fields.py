"""The fields of the contract: what is refused at the door, and what it costs to let views pass."""

import json
import os
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import TypeAdapter, ValidationError

from application.shared.dto import Code, Credits, ReferenceText
from application.shared.institutions import InstitutionView, TimeZone
from domain.shared.reference import is_code

ROOT = Path(__file__).resolve().parents[3]
SETS = """
from datetime import date
from application.people.cohorts import CohortFields
from application.people.holds import HoldFields
from application.scheduling.sections import MeetingFields
from application.scheduling.terms import TermFields
from domain.people.hold import HoldBlock
days = [date(2027, 3, day) for day in (19, 2, 28, 7)]
print(HoldFields.model_construct(blocks=frozenset(HoldBlock)).model_dump_json(include={"blocks"}))
print(MeetingFields(weekdays=[5, 1], weeks=[40, 8, 17], starts_at="08:00", ends_at="09:00").model_dump_json())
print(TermFields.model_construct(holidays=frozenset(days)).model_dump_json(include={"holidays"}))
names = ["code:C", "code:A", "code:D", "code:B"]
print(CohortFields(students=names, programs=names, class_levels=[40, 8, 17]).model_dump_json())
"""


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


@pytest.mark.parametrize("seed", ["1", "2", "3", "4"])
def test_a_set_is_written_in_the_same_order_by_every_process(seed: str) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": seed}

    printed = subprocess.run(
        [sys.executable, "-c", SETS], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout

    hold, meeting, term, cohort = (json.loads(line) for line in printed.splitlines())
    assert hold["blocks"] == ["registration", "transcripts"]
    assert (meeting["weekdays"], meeting["weeks"]) == ([1, 5], [8, 17, 40])
    assert term["holidays"] == ["2027-03-02", "2027-03-07", "2027-03-19", "2027-03-28"]
    assert cohort["students"] == cohort["programs"] == ["code:A", "code:B", "code:C", "code:D"]
    assert cohort["class_levels"] == [8, 17, 40]
