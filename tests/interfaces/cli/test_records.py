"""Commands that read and write records: importing, exporting and verifying a term."""

import asyncio
import json
from pathlib import Path

import pytest

from application.registration.dto import OffenceView, VerificationView
from application.registration.verify_registration import VerifyRegistration
from application.shared.caller import Caller
from domain.shared.reference import Reference
from interfaces.inprocess import Matricula as Door
from tests.interfaces.cli.conftest import Matricula
from tests.interfaces.cli.university import TERM, TIMETABLE, wish_of
from tests.interfaces.itc2019.files import XML, write


@pytest.fixture
def registered(door: Door) -> None:
    """A term in which one student got the only seat, and another did not."""

    async def fill() -> None:
        caller = await door.founding_caller()
        await door.import_timetable.execute(caller, TIMETABLE)
        for student in ("S1", "S2"):
            await door.register.execute(caller, wish_of(student))

    asyncio.run(fill())


def import_into(matricula: Matricula, files: tuple[Path, Path], *more: str) -> tuple[int, str, str]:
    """Import an instance as the term `T`."""
    xml, timetable = files
    outcome = matricula("import", "itc2019", str(xml), "--timetable", str(timetable), "--term", "T", *more)
    return outcome.code, outcome.output, outcome.errors


@pytest.mark.usefixtures("registered")
def test_a_sound_term_is_verified(matricula: Matricula) -> None:
    outcome = matricula("verify", "--term", TERM)

    assert outcome.code == 0
    assert outcome.output == "Verified 1 enrollments in 1 seats of 1 sections: no offence.\n"


@pytest.mark.usefixtures("registered")
def test_programs_read_the_verdict_as_json(matricula: Matricula) -> None:
    verdict = json.loads(matricula("verify", "--term", TERM, "--json").output)

    assert (verdict["enrollments"], verdict["offences"]) == (1, [])


@pytest.mark.usefixtures("registered")
def test_offenders_are_listed_and_end_with_1(matricula: Matricula, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = VerifyRegistration.execute

    async def finding(self: VerifyRegistration, caller: Caller, term: Reference) -> VerificationView:
        verdict = await honest(self, caller, term)
        offence = OffenceView(invariant="capacity", detail="CS-101-A has 2 students on 1 seat")
        return verdict.model_copy(update={"offences": (offence,)})

    monkeypatch.setattr(VerifyRegistration, "execute", finding)

    outcome = matricula("verify", "--term", TERM)

    assert outcome.code == 1
    assert "capacity: CS-101-A has 2 students on 1 seat\n" in outcome.output


@pytest.mark.usefixtures("registered")
def test_enrollments_are_exported_a_row_for_each_section(matricula: Matricula, tmp_path: Path) -> None:
    path = tmp_path / "enrollments.csv"

    outcome = matricula("export", "enrollments", "--term", TERM, "-o", str(path))

    assert (outcome.code, outcome.errors) == (0, "1 rows exported\n")
    assert path.read_text() == ("student_code,course_code,section_code,status\nS1,CS-101,CS-101-A,enrolled\n")


@pytest.mark.usefixtures("registered")
def test_exporting_an_unknown_term_leaves_no_file(matricula: Matricula, tmp_path: Path) -> None:
    outcome = matricula("export", "enrollments", "--term", "1999-1", "-o", str(tmp_path / "enrollments.csv"))

    assert (outcome.code, outcome.errors) == (3, "matricula: There is no term code:1999-1.\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("registered")
def test_an_unknown_institution_is_named(matricula: Matricula) -> None:
    outcome = matricula("verify", "--term", TERM, "--institution", "nowhere")

    assert (outcome.code, outcome.errors) == (3, "matricula: There is no institution code:nowhere.\n")


@pytest.mark.usefixtures("door")
def test_an_instance_is_imported_for_an_institution_that_is_founded(matricula: Matricula, tmp_path: Path) -> None:
    code, output, _ = import_into(matricula, write(tmp_path), "--institution", "uni", "--json")

    assert code == 0
    assert json.loads(output)["created"]["sections"] == 5
    assert matricula("verify", "--term", "T", "--institution", "uni").code == 0


@pytest.mark.usefixtures("door")
def test_a_term_is_imported_once(matricula: Matricula, tmp_path: Path) -> None:
    files = write(tmp_path)
    import_into(matricula, files)

    code, output, errors = import_into(matricula, files)

    assert (code, output) == (3, "")
    assert errors.splitlines()[-1] == "matricula: Another term already has this code (T)."


@pytest.mark.usefixtures("door")
def test_a_malformed_instance_is_refused_with_its_place_and_changes_nothing(
    matricula: Matricula, tmp_path: Path
) -> None:
    files = write(tmp_path, xml=XML.replace('limit="20"', 'limit="many"'))

    code, output, errors = import_into(matricula, files)

    assert (code, output) == (3, "")
    assert len(errors.splitlines()) == 1
    assert errors.startswith(f"matricula: {files[0]}, line 14, <class>: ")
    assert matricula("verify", "--term", "T").errors == "matricula: There is no institution code:main.\n"


@pytest.mark.usefixtures("door")
def test_an_unknown_time_zone_is_refused(matricula: Matricula, tmp_path: Path) -> None:
    code, _, errors = import_into(matricula, write(tmp_path), "--time-zone", "Mars/Olympus")

    assert code == 3
    assert errors.startswith("matricula: time_zone: ")
