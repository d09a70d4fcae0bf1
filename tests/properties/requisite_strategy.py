"""Requisites of every shape, with codes that are keywords, numbers and grades that only quoting can write."""

from hypothesis import strategies as st

from domain.catalog.requisite import (
    AllOf,
    AnyOf,
    AtLeast,
    ClassLevelAtLeast,
    ConsentBy,
    ConsentOf,
    CourseTaken,
    InDepartment,
    InProgram,
    PlacementScore,
    Requisite,
)
from domain.shared.reference import CODE_PATTERN

KEYWORDS = ("and", "OR", "Of", "level", "program", "department", "Placement", "consent")

codes = st.sampled_from(("CS-101", "101", "2", "A+B", *KEYWORDS)) | st.from_regex(CODE_PATTERN, fullmatch=True)
grades = st.sampled_from(("C", "A+", "-", "3.5", "not yet", 'so "called"', "back\\slash", *KEYWORDS)) | st.text(
    st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=70
)
scores = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-1000, max_value=10**12)

leaves: st.SearchStrategy[Requisite] = st.one_of(
    st.builds(CourseTaken, codes, st.none() | grades),
    st.builds(InProgram, codes),
    st.builds(InDepartment, codes),
    st.builds(ClassLevelAtLeast, st.integers(0, 100)),
    st.builds(PlacementScore, codes, scores),
    st.builds(ConsentOf, st.sampled_from(ConsentBy)),
)


def composed_of(parts: st.SearchStrategy[Requisite]) -> st.SearchStrategy[Requisite]:
    """Conjunctions, disjunctions and choices of `parts`."""
    several = st.lists(parts, min_size=2, max_size=4).map(tuple)
    choices = st.lists(parts, min_size=1, max_size=4).flatmap(
        lambda listed: st.builds(AtLeast, st.integers(1, len(listed)), st.just(tuple(listed)))
    )
    return st.one_of(several.map(AllOf), several.map(AnyOf), choices)


def trees_of(leaf: st.SearchStrategy[Requisite], maximum: int = 12) -> st.SearchStrategy[Requisite]:
    """Requisites whose leaves are drawn from `leaf`."""
    return st.recursive(leaf, composed_of, max_leaves=maximum)


requisites = trees_of(leaves)
