"""References are printed as they are read."""

from uuid import UUID

from hypothesis import example, given
from hypothesis import strategies as st

from domain.shared.invalid import InvalidValue
from domain.shared.reference import CODE_PATTERN, Reference, is_code

codes = st.from_regex(CODE_PATTERN, fullmatch=True)
references = st.one_of(
    st.uuids().map(Reference.of),
    st.builds(Reference, code=codes, scope=st.none() | codes),
)


@given(references)
@example(Reference(code="code", scope="code"))
@example(Reference(code="12345678-1234-5678-1234-567812345678"))
def test_what_is_printed_is_read_as_the_same_reference(reference: Reference) -> None:
    assert Reference.parse(str(reference)) == reference


@given(st.text() | st.from_regex(r"(code:)?[\w:.-]*", fullmatch=True))
@example("{12345678123456781234567812345678}")
def test_any_text_is_refused_or_read_as_a_reference_that_prints_the_same_again(text: str) -> None:
    try:
        reference = Reference.parse(text)
    except InvalidValue:
        return
    printed = str(reference)
    assert Reference.parse(printed) == reference
    assert printed == (text if text.startswith("code:") else str(UUID(text)))


@given(st.text(max_size=70))
def test_a_code_survives_inside_a_reference(text: str) -> None:
    if is_code(text):
        assert Reference.parse(f"code:{text}").code == text
