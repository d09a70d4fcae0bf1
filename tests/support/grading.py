"""Grading schemes that tests share."""

from decimal import Decimal

from domain.catalog.grading import Grade, GradingScheme, NumericScale
from domain.shared.identifiers import GradingSchemeId
from tests.support.domain_builders import identifier

LETTERS = GradingScheme(
    id=GradingSchemeId(identifier("grading-scheme", "letters")),
    code="LETTERS",
    name="Letters",
    grades=(
        Grade("A", passes=True, points=Decimal(4)),
        Grade("B", passes=True, points=Decimal(3)),
        Grade("C", passes=True, points=Decimal(2)),
        Grade("D", passes=False, points=Decimal(1)),
        Grade("F", passes=False, points=Decimal(0)),
    ),
)
NUMBERS = GradingScheme(
    id=GradingSchemeId(identifier("grading-scheme", "numbers")),
    code="0-5",
    name="Numbers from 0 to 5",
    scale=NumericScale(Decimal(0), Decimal(5), Decimal(3)),
)
