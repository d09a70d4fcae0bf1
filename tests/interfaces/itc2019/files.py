"""A small instance that tests write, and change in one place to break it."""

import gzip
from datetime import UTC, date, datetime
from pathlib import Path

from interfaces.itc2019.parser import Instance, read_instance

BOM = "\ufeff"
DOCTYPE = '<!DOCTYPE problem PUBLIC "-//ITC 2019//DTD Problem Format/EN" "http://127.0.0.1:9/format.dtd">'

XML = f"""{BOM}<?xml version="1.0" encoding="UTF-8"?>
{DOCTYPE}

<problem name="tiny" nrDays="7" slotsPerDay="288" nrWeeks="3">
  <optimization time="1" room="1" distribution="10" student="10"/>
  <rooms>
    <room id="1" capacity="30"><travel room="2" value="4"/></room>
    <room id="2" capacity="20"><unavailable days="1000000" start="240" length="24" weeks="111"/></room>
  </rooms>
  <courses>
    <course id="12">
      <config id="1">
        <subpart id="1">
          <class id="1" limit="20">
            <room id="1" penalty="0"/>
            <time days="1010000" start="96" length="22" weeks="111" penalty="0"/>
          </class>
        </subpart>
        <subpart id="2">
          <class id="2" limit="10" parent="1"/>
          <class id="3" limit="0" parent="1" room="false"/>
        </subpart>
      </config>
      <config id="2">
        <subpart id="3">
          <class id="4" limit="5"/>
        </subpart>
      </config>
    </course>
    <course id="13"><config id="3"><subpart id="4"><class id="5" limit="7"/></subpart></config></course>
  </courses>
  <distributions>
    <distribution type="NotOverlap" required="true"><class id="1"/><class id="5"/></distribution>
  </distributions>
  <students>
    <student id="100"><course id="13"/><course id="12"/></student>
    <student id="101"><course id="12"/></student>
  </students>
</problem>
"""

CSV = """class_id,course_id,days,start,length,weeks,room_id
1,12,1010000,96,22,111,1
2,12,0100000,120,12,101,2
3,12,0000001,276,12,111,
4,12,,,,,
5,13,0000100,0,1,010,2
"""

MONDAY = date(2026, 11, 23)


def changed(text: str, old: str, new: str) -> str:
    """`text` with its only `old` replaced."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    return text.replace(old, new)


def write(folder: Path, *, xml: str | bytes = XML, csv: str | bytes = CSV, name: str = "tiny.xml") -> tuple[Path, Path]:
    """Write an instance and its timetable, gzipped if `name` says so."""
    content = xml if isinstance(xml, bytes) else xml.encode()
    xml_path, csv_path = folder / name, folder / "tiny.timetable.csv"
    xml_path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    csv_path.write_bytes(csv if isinstance(csv, bytes) else csv.encode())
    return xml_path, csv_path


def read(paths: tuple[Path, Path], **changes: object) -> Instance:
    """Read an instance as a term that begins in the week of 23 November 2026."""
    arguments: dict[str, object] = {
        "term_code": "2026-2",
        "starts_on": MONDAY,
        "time_zone": "America/Bogota",
        "opens_at": datetime(2026, 11, 24, 12, tzinfo=UTC),
        **changes,
    }
    return read_instance(*paths, **arguments)  # type: ignore[arg-type]  # tests give wrong values on purpose
