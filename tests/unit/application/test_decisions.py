"""Decisions in words: every code has a sentence over exactly the parameters that its rule gives."""

import json
from decimal import Decimal
from string import Formatter

import pytest

from application.registration.decisions import rejection_view
from domain.registration.codes import REJECTIONS, RejectionCode
from domain.registration.outcomes import OUTCOMES, Outcome
from domain.shared.verdict import Rejection
from tests.unit.domain.rejection_cases import PROVOCATIONS
from tests.unit.domain.test_rejections import refusals

NEVER_WAIVABLE = {
    RejectionCode.UNKNOWN_OFFERING,
    RejectionCode.UNKNOWN_SECTION,
    RejectionCode.ALREADY_ENROLLED,
    RejectionCode.COMPONENT_MISSING,
    RejectionCode.PARENT_SECTION_MISMATCH,
}


@pytest.mark.parametrize("code", RejectionCode)
def test_every_code_stands_in_the_catalogue_with_a_sentence_over_its_own_parameters(code: RejectionCode) -> None:
    entry = REJECTIONS[code]
    fields = {field for _, field, _, _ in Formatter().parse(entry.sentence) if field is not None}

    assert fields <= set(entry.parameters)
    assert len(set(entry.parameters)) == len(entry.parameters)


@pytest.mark.parametrize("code", RejectionCode)
def test_the_rules_give_the_parameters_of_the_catalogue(code: RejectionCode) -> None:
    case = PROVOCATIONS[code]()
    for rejection in refusals(case.university, case.request):
        view = rejection_view(rejection)

        assert view.code == rejection.code
        assert rejection.parameters.keys() == set(REJECTIONS[RejectionCode(rejection.code)].parameters)
        assert "{" not in view.message
        assert len(view.message.split()) > 2
        assert json.loads(json.dumps(view.parameters)) == view.parameters


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_stands_in_the_catalogue(outcome: Outcome) -> None:
    assert OUTCOMES[outcome].endswith(".")


def test_what_no_permission_may_waive() -> None:
    assert {code for code, entry in REJECTIONS.items() if not entry.waivable} >= NEVER_WAIVABLE


def test_credits_are_texts_and_missing_components_a_list() -> None:
    maximum = rejection_view(
        Rejection(
            RejectionCode.CREDIT_MAXIMUM,
            {"enrolled": Decimal("15.0"), "requested": Decimal("4.5"), "maximum": Decimal(18)},
        )
    )
    missing = rejection_view(Rejection(RejectionCode.COMPONENT_MISSING, {"missing": ("LAB", "REC"), "surplus": ()}))

    assert maximum.parameters == {"enrolled": "15.0", "requested": "4.5", "maximum": "18"}
    assert maximum.message == "15.0 enrolled and 4.5 requested credits exceed the maximum of 18."
    assert missing.parameters == {"missing": ["LAB", "REC"], "surplus": []}
    assert missing.message.endswith("missing: LAB, REC; too many: none.")


def test_braces_in_the_words_of_people_are_left_alone() -> None:
    view = rejection_view(Rejection(RejectionCode.HOLD, {"hold": "1", "office": "{hold}", "reason": "{0} {missing} }"}))

    assert view.message == "A hold of {hold} blocks registration: {0} {missing} }"
