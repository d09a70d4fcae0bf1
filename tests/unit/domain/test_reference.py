"""Records are named by id or by natural code; what is neither is refused."""

import pytest

from domain.shared.invalid import InvalidValue
from domain.shared.reference import Reference, is_code
from tests.support.domain_builders import identifier


def test_an_id_is_read_and_printed() -> None:
    known = identifier("course", "CS-101")

    assert Reference.parse(str(known)) == Reference.of(known)
    assert str(Reference.of(known)) == str(known)


def test_a_code_is_read_with_and_without_its_term() -> None:
    assert Reference.parse("code:CS-101") == Reference(code="CS-101")
    assert Reference.parse("code:2026-1:CS-101-A") == Reference(code="CS-101-A", scope="2026-1")
    assert str(Reference(code="CS-101-A", scope="2026-1")) == "code:2026-1:CS-101-A"


@pytest.mark.parametrize(
    "text",
    ["", "CS-101", "code:", "code::CS-101", "code:2026-1:", "code:a:b:c", "code:a b", "code:a/b", "code:a\n", "1234"],
)
def test_what_names_nothing_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="reference"):
        Reference.parse(text)


@pytest.mark.parametrize("code", ["A", "1", "CS-101", "C++", "O'Neil", "R&D", "a.b_c", "Ñandú", "x" * 64])
def test_letters_digits_and_a_few_marks_make_a_code(code: str) -> None:
    assert is_code(code)


@pytest.mark.parametrize("code", ["", "-1", ".a", "+", "'a", "&a", "_a", "a b", "a:b", "a/b", "a\n", "x" * 65])
def test_a_code_begins_with_a_letter_or_digit_and_has_no_other_marks(code: str) -> None:
    assert not is_code(code)
