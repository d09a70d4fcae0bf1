"""What looks for weak code and for vulnerable libraries can fail, and says so when it is not done."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]

WEAK = {
    "S307": "print(eval(input()))",
    "S324": "import hashlib\nprint(hashlib.md5(b''))",
    "S602": "import subprocess\nsubprocess.run(input(), shell=True, check=True)",
    "S608": "def find(name: str) -> str:\n    return f\"SELECT * FROM people WHERE name = '{name}'\"",
    "S501": "import httpx\nhttpx.get('https://example.edu', verify=False, timeout=1)",
    "S301": "import pickle\npickle.loads(b'')",
    "S104": "HOST = '0.0.0.0'",
    "S105": "password = 'mellon'",
    "PLE2502": "NAME = '\u202e'",
}
"""What bandit looks for, of each sort one: ruff has bandit's rules, so nothing else runs them a second time."""


@pytest.mark.parametrize(("rule", "code"), WEAK.items(), ids=WEAK.keys())
@pytest.mark.parametrize("layer", ["domain", "application", "infrastructure", "interfaces"])
def test_weak_code_is_found_in_every_layer(rule: str, code: str, layer: str) -> None:
    ruff = Path(sys.executable).with_name("ruff")
    command = [str(ruff), "check", "--no-cache", "--output-format=json", f"--stdin-filename={layer}/weak.py", "-"]
    checked = subprocess.run(command, input=code, capture_output=True, text=True, cwd=ROOT, check=False)

    assert rule in {finding["code"] for finding in json.loads(checked.stdout)}


@pytest.fixture(scope="module")
def auditing() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SOUND = {"name": "sound", "version": "1", "vulns": []}
FLAWED = {"name": "flawed", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]}
UNKNOWN = {"name": "unknown", "skip_reason": "not found"}


def test_a_vulnerable_library_is_named_and_fails(auditing: ModuleType) -> None:
    lines, is_vulnerable = auditing.audit(lambda service: {"dependencies": [SOUND, FLAWED, UNKNOWN]})

    assert is_vulnerable
    assert lines == [
        "flawed 2: PYSEC-1, fixed in ['3']",
        "audited 2 libraries with pypi, 1 unknown to it: 1 vulnerabilities",
    ]


def test_sound_libraries_pass(auditing: ModuleType) -> None:
    lines, is_vulnerable = auditing.audit(lambda service: {"dependencies": [SOUND]})

    assert not is_vulnerable
    assert lines == ["audited 1 libraries with pypi, 0 unknown to it: 0 vulnerabilities"]


@pytest.mark.parametrize("report", [None, {"dependencies": []}, {"dependencies": [UNKNOWN]}], ids=str)
def test_an_audit_that_is_not_done_says_so_and_does_not_fail(auditing: ModuleType, report: Any) -> None:
    lines, is_vulnerable = auditing.audit(lambda service: report)

    assert not is_vulnerable
    assert lines == ["NOT AUDITED: none of pypi, osv says whether the locked libraries are vulnerable"]


def test_another_service_is_asked_when_the_first_knows_nothing(auditing: ModuleType) -> None:
    reports = {"pypi": None, "osv": {"dependencies": [FLAWED]}}

    assert auditing.audit(reports.get)[1]
