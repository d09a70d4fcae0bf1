"""Every way in which an instance can be broken gives one clear error, with file, line and element."""

import gzip
import re
import socket
from pathlib import Path

import pytest

from interfaces.itc2019 import xml as xml_module
from interfaces.itc2019.malformed import MalformedInstance
from interfaces.itc2019.parser import read_demands
from tests.interfaces.itc2019.files import CSV, DOCTYPE, XML, changed, read, write

BOMB = '<!DOCTYPE problem [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'


def refusal(paths: tuple[Path, Path], **changes: object) -> MalformedInstance:
    with pytest.raises(MalformedInstance) as refused:
        read(paths, **changes)
    return refused.value


def line_of(text: str, part: str) -> int:
    assert text.count(part) == 1
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "element", "reason"),
    [
        ('name="tiny" ', "", "<problem>", "the attribute name is missing"),
        ('name="tiny" ', 'name=" " ', "<problem>", "the name must have 1 to 200 characters"),
        ('nrDays="7"', 'nrDays="5"', "<problem>", "nrDays must be 7"),
        ('slotsPerDay="288"', 'slotsPerDay="144"', "<problem>", "slotsPerDay must be 288"),
        ('nrWeeks="3"', 'nrWeeks="0"', "<problem>", "nrWeeks must be at least 1"),
        ('nrWeeks="3"', 'nrWeeks="99"', "<problem>", "the nrWeeks '99' is not a whole number from 0 to 57"),
        (' nrWeeks="3"', "", "<problem>", "the attribute nrWeeks is missing"),
        ('<room id="2" capacity="20">', '<room id="2">', "<room>", "the attribute capacity is missing"),
        ('<room id="2" capacity="20">', '<room id="1" capacity="20">', "<room>", "the id 1 was given to another room"),
        ('<course id="13"><config', "<course><config", "<course>", "the attribute id is missing"),
        ('<course id="13"><config', '<course id="12"><config', "<course>", "the id 12 was given to another course"),
        ('<config id="2">', '<config id="1">', "<config>", "the id 1 was given to another config"),
        ('<subpart id="2">', '<subpart id="1">', "<subpart>", "the id 1 was given to another subpart"),
        ('<class id="4" limit="5"/>', '<class id="1" limit="5"/>', "<class>", "the id 1 was given to another class"),
        ('<class id="4" limit="5"/>', '<class id="4"/>', "<class>", "the attribute limit is missing"),
        ('<class id="4" limit="5"/>', '<class limit="5"/>', "<class>", "the attribute id is missing"),
        ('<class id="4" limit="5"/>', '<class id="4" limit="many"/>', "<class>", "the limit 'many' is not a whole"),
        ('<class id="4" limit="5"/>', '<class id="4" limit="-1"/>', "<class>", "the limit '-1' is not a whole"),
        ('<class id="4" limit="5"/>', '<class id="4" limit="5.5"/>', "<class>", "the limit '5.5' is not a whole"),
        ('<class id="4" limit="5"/>', '<class id="4" limit="\u0665"/>', "<class>", "the limit '\u0665' is not a whole"),
        ('<class id="4" limit="5"/>', '<class id="4" limit="999999"/>', "<class>", "number from 0 to 100000"),
        ('<class id="4" limit="5"/>', '<class id="a b" limit="5"/>', "<class>", "the id 'a b' is not"),
        ('<class id="4" limit="5"/>', '<class id="4/5" limit="5"/>', "<class>", "the id '4/5' is not"),
        ('<class id="4" limit="5"/>', "", "<subpart>", "the subpart 3 has no class"),
        ('limit="10" parent="1"', 'limit="10" parent="77"', "<class>", "the parent '77' is no class of another"),
        ('limit="10" parent="1"', 'limit="10" parent="2"', "<class>", "the parent '2' is no class of another"),
        ('limit="10" parent="1"', 'limit="10" parent="3"', "<class>", "the parent '3' is no class of another"),
        ('limit="10" parent="1"', 'limit="10" parent="4"', "<class>", "the parent '4' is no class of another"),
        ('<class id="1" limit="20">', '<class id="1" limit="20" parent="2">', "<class>", "form a circle"),
        ('<student id="101">', "<student>", "<student>", "the attribute id is missing"),
        ('<student id="101">', '<student id="100">', "<student>", "the id 100 was given to another student"),
        ('<course id="13"/>', '<course id="99"/>', "<course>", "the requested course 99 is not one of the instance"),
        ('<course id="13"/>', '<course id="12"/>', "<course>", "the student 100 requests the course 12 twice"),
        ('<course id="13"/>', "<course/>", "<course>", "the attribute id is missing"),
    ],
)
def test_a_wrong_element_is_named_with_its_line(tmp_path: Path, old: str, new: str, element: str, reason: str) -> None:
    error = refusal(write(tmp_path, xml=changed(XML, old, new)))

    assert error.element == element
    assert error.path == tmp_path / "tiny.xml"
    assert reason in str(error)
    named = line_of(XML, '<subpart id="3">') if reason.startswith("the subpart 3") else line_of(XML, old)
    assert error.line == named
    assert re.fullmatch(rf"{re.escape(str(error.path))}, line {named}, {element}: [^\n]+\.", str(error))


def test_replaying_refuses_the_same_instances(tmp_path: Path) -> None:
    xml, _ = write(tmp_path, xml=changed(XML, '<course id="13"/>', '<course id="99"/>'))

    with pytest.raises(MalformedInstance, match="the requested course 99"):
        read_demands(xml)


@pytest.mark.parametrize(
    ("old", "new", "element"),
    [
        ("</problem>", "", "<problem>"),
        ("</students>", "", "<students>"),
        ('<student id="101">', '<student id="101" id="102">', "<students>"),
        ('<student id="101">', '<student id="&unknown;" name="<">', "<students>"),
    ],
)
def test_xml_that_is_not_well_formed_is_refused(tmp_path: Path, old: str, new: str, element: str) -> None:
    error = refusal(write(tmp_path, xml=changed(XML, old, new)))

    assert error.line is not None
    assert error.element == element
    assert "the XML is not well-formed" in error.reason


@pytest.mark.parametrize("xml", ["", "no XML at all", "a,b\n1,2\n", "{}"])
def test_what_is_not_xml_is_refused(tmp_path: Path, xml: str) -> None:
    assert "the XML is not well-formed" in refusal(write(tmp_path, xml=xml)).reason


def test_another_root_element_is_refused(tmp_path: Path) -> None:
    error = refusal(write(tmp_path, xml="\n<solution name='tiny'/>"))

    assert (error.line, error.element) == (2, "<solution>")
    assert error.reason == "the root element must be <problem>"


def test_an_instance_without_courses_is_refused(tmp_path: Path) -> None:
    xml = '<problem name="tiny" nrDays="7" slotsPerDay="288" nrWeeks="3"></problem>'

    assert refusal(write(tmp_path, xml=xml)).reason == "the instance has no course"


@pytest.mark.parametrize(
    ("inside", "reason"),
    [("", "the course 1 has no config"), ('<config id="1"/>', "the config 1 has no subpart")],
)
def test_a_course_without_anything_to_take_is_refused(tmp_path: Path, inside: str, reason: str) -> None:
    xml = (
        '<problem name="tiny" nrDays="7" slotsPerDay="288" nrWeeks="3"><courses>\n'
        f'<course id="1">{inside}</course></courses></problem>'
    )
    error = refusal(write(tmp_path, xml=xml))

    assert (error.line, error.reason) == (2, reason)


def test_elements_that_nest_without_end_are_refused(tmp_path: Path) -> None:
    error = refusal(write(tmp_path, xml=changed(XML, "<rooms>", "<x>" * 100_000)))

    assert (error.element, error.reason) == ("<x>", "the elements nest deeper than 32 levels")


def test_more_xml_than_an_instance_has_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_module, "MAXIMUM_BYTES", 1000)

    assert "more than 1000 bytes" in refusal(write(tmp_path, name="tiny.xml.gz")).reason


class TestEntities:
    """Entities are refused, and nothing is ever fetched."""

    @pytest.fixture(autouse=True)
    def _no_network(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_arguments: object) -> None:
            pytest.fail("a connection was opened")

        monkeypatch.setattr(socket.socket, "connect", refuse)
        monkeypatch.setattr(socket, "getaddrinfo", refuse)

    def test_the_external_dtd_is_not_fetched(self, tmp_path: Path) -> None:
        assert read(write(tmp_path)).timetable.term.name == "tiny"

    @pytest.mark.parametrize(
        "doctype",
        [
            BOMB,
            '<!DOCTYPE problem [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
            '<!DOCTYPE problem [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]>',
            '<!DOCTYPE problem SYSTEM "http://127.0.0.1:9/x.dtd" [<!ENTITY x "y">]>',
        ],
    )
    def test_declared_entities_are_refused(self, tmp_path: Path, doctype: str) -> None:
        error = refusal(write(tmp_path, xml=changed(XML, DOCTYPE, doctype)))

        assert (error.line, error.element) == (2, "<!DOCTYPE>")
        assert "entities are refused" in error.reason

    def test_entities_that_only_the_external_dtd_could_declare_are_refused(self, tmp_path: Path) -> None:
        error = refusal(write(tmp_path, xml=changed(XML, "<rooms>", "<rooms>&rooms;")))

        assert "the entity rooms is declared or used" in error.reason


class TestFilesAsAWhole:
    """Compression and encodings."""

    def test_a_truncated_gzip_file_is_refused(self, tmp_path: Path) -> None:
        paths = write(tmp_path, name="tiny.xml.gz")
        paths[0].write_bytes(paths[0].read_bytes()[:-40])

        assert refusal(paths).reason == "the gzip file is truncated"

    def test_a_corrupt_gzip_file_is_refused(self, tmp_path: Path) -> None:
        paths = write(tmp_path, name="tiny.xml.gz")
        content = bytearray(paths[0].read_bytes())
        content[len(content) // 2] ^= 0xFF
        paths[0].write_bytes(bytes(content))

        assert isinstance(refusal(paths), MalformedInstance)

    def test_a_file_that_only_claims_to_be_gzipped_is_refused(self, tmp_path: Path) -> None:
        paths = write(tmp_path, name="tiny.xml.gz")
        paths[0].write_text(XML, encoding="utf-8")

        assert refusal(paths).reason == "the file is not valid gzip"

    def test_gzip_in_gzip_is_refused(self, tmp_path: Path) -> None:
        paths = write(tmp_path, xml=gzip.compress(XML.encode()), name="tiny.xml.gz")

        assert "not well-formed" in refusal(paths).reason

    @pytest.mark.parametrize("missing", ["tiny.xml", "tiny.timetable.csv"])
    def test_a_missing_file_is_named(self, tmp_path: Path, missing: str) -> None:
        paths = write(tmp_path)
        (tmp_path / missing).unlink()
        error = refusal(paths)

        assert error.path.name == missing
        assert error.reason == "the file cannot be read: No such file or directory"

    def test_a_folder_is_no_instance(self, tmp_path: Path) -> None:
        assert "cannot be read" in refusal((tmp_path, tmp_path)).reason

    @pytest.mark.parametrize("encoding", ["klingon", "big5", "rot13"])
    def test_an_encoding_that_cannot_be_read_is_refused(self, tmp_path: Path, encoding: str) -> None:
        xml = changed(XML.lstrip("\ufeff"), "UTF-8", encoding)

        assert "encoding" in refusal(write(tmp_path, xml=xml)).reason

    def test_bytes_that_are_not_of_the_declared_encoding_are_refused(self, tmp_path: Path) -> None:
        error = refusal(write(tmp_path, xml=changed(XML, "tiny", "tïny").encode("latin-1", "ignore")))

        assert error.line == line_of(XML, "tiny")


def without_line(class_id: str) -> str:
    return "".join(line for line in CSV.splitlines(keepends=True) if not line.startswith(f"{class_id},"))


@pytest.mark.parametrize(
    ("old", "new", "column", "reason"),
    [
        ("5,13,", "6,13,", "class_id", "the instance has no class '6'"),
        ("5,13,", "1,12,", "class_id", "the class 1 has a line already"),
        ("5,13,", "5,12,", "course_id", "the class 5 belongs to the course 13"),
        ("0000100", "000010", "days", "'000010' is not a string of 7 zeros and ones"),
        ("0000100", "00001000", "days", "is not a string of 7"),
        ("0000100", "0000200", "days", "is not a string of 7"),
        ("0000100", "0000000", "days", "at least one"),
        ("0000100", "", "days", "a time needs days, start, length and weeks, or none of them"),
        (",010,", ",0100,", "weeks", "'0100' is not a string of 3 zeros and ones"),
        (",010,", ",000,", "weeks", "at least one"),
        (",010,", ",,", "weeks", "a time needs"),
        (",0,1,010", ",-1,1,010", "start", "'-1' is not a number of slots from 0 to 288"),
        (",0,1,010", ",noon,1,010", "start", "'noon' is not a number of slots"),
        (",0,1,010", ",288,1,010", "start", "slots 288 to 289 lie outside the 288 of a day"),
        (",0,1,010", ",280,9,010", "start", "slots 280 to 289 lie outside"),
        (",0,1,010", ",0,0,010", "length", "at least one slot"),
        (",0,1,010", ",0,289,010", "length", "'289' is not a number of slots"),
        (",010,2", ",010,3", "room_id", "the instance has no room '3'"),
    ],
)
def test_a_wrong_cell_is_named_with_its_line(tmp_path: Path, old: str, new: str, column: str, reason: str) -> None:
    error = refusal(write(tmp_path, csv=changed(CSV, old, new)))

    assert (error.path.name, error.line, error.element) == ("tiny.timetable.csv", 6, f"column {column}")
    assert reason in error.reason


@pytest.mark.parametrize(
    ("csv", "line", "reason"),
    [
        ("", 1, "the columns must be class_id, course_id, days, start, length, weeks, room_id"),
        (changed(CSV, "room_id", "room"), 1, "the columns must be"),
        (changed(CSV, ",room_id", ",room_id,weeks"), 1, "the columns must be"),
        (changed(CSV, "4,12,,,,,", "4,12,,,,"), 5, "the line has 6 cells instead of 7"),
        (changed(CSV, "4,12,,,,,", "4,12,,,,,,"), 5, "the line has 8 cells instead of 7"),
        (changed(CSV, "4,12,,,,,", '4,12,,,,,"'), 6, "the line is not valid CSV"),
        (changed(CSV, "4,12,,,,,", "\xe9").encode("latin-1"), 5, "the file is not UTF-8"),
        (without_line("4"), None, "the class 4 has no line"),
    ],
)
def test_a_broken_table_is_refused(tmp_path: Path, csv: str | bytes, line: int | None, reason: str) -> None:
    error = refusal(write(tmp_path, csv=csv))

    assert (error.path.name, error.line) == ("tiny.timetable.csv", line)
    assert reason in error.reason


def test_a_table_that_is_far_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("interfaces.itc2019.placements._MAXIMUM_BYTES", 100)

    assert "more than 100 bytes" in refusal(write(tmp_path)).reason
