"""Grading schemes as callers give and see them."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from application.shared.dto import Code, Dto, Label, Name
from application.shared.paging import Listing
from application.shared.records import RecordKind, Work
from domain.catalog.grading import Grade, GradingScheme, NumericScale
from domain.shared.identifiers import GradingSchemeId

Number = Annotated[Decimal, Field(ge=-10_000, le=10_000, max_digits=8, decimal_places=3)]


class GradeFields(Dto):
    """A letter: whether it earns the course, and its grade points, null where it does not count towards an average."""

    symbol: Annotated[Label, Field(examples=["A+"])]
    passes: bool
    points: Number | None = None


class NumericScaleFields(Dto):
    """Grades that are numbers, the higher the better, passing from `pass_mark` on; `decimals` is how many they have."""

    minimum: Annotated[Number, Field(examples=["0"])]
    maximum: Annotated[Number, Field(examples=["5"])]
    pass_mark: Annotated[Number, Field(examples=["3"])]
    decimals: Annotated[int, Field(ge=0, le=3)] = 1


class GradingSchemeFields(Dto):
    """What is given to create or replace a grading scheme: letters from the best to the worst, or a numeric scale."""

    code: Annotated[Code, Field(examples=["LETTERS"])]
    name: Name
    grades: Annotated[tuple[GradeFields, ...], Field(max_length=100)] = ()
    scale: NumericScaleFields | None = None


class GradingSchemeView(GradingSchemeFields):
    """A grading scheme as it is stored."""

    id: UUID
    version: int


async def _assemble(
    identifier: UUID, fields: GradingSchemeFields, _before: GradingScheme | None, _work: Work
) -> GradingScheme:
    return GradingScheme(
        id=GradingSchemeId(identifier),
        code=fields.code,
        name=fields.name,
        grades=tuple(Grade(grade.symbol, grade.passes, grade.points) for grade in fields.grades),
        scale=None if fields.scale is None else _scale(fields.scale),
    )


def _scale(fields: NumericScaleFields) -> NumericScale:
    return NumericScale(fields.minimum, fields.maximum, fields.pass_mark, fields.decimals)


GRADING_SCHEMES = RecordKind(
    name="grading scheme",
    entity=GradingScheme,
    fields=GradingSchemeFields,
    view=GradingSchemeView,
    listing=Listing(sorts=("code", "name"), filters=("code",), searches=("code", "name")),
    assemble=_assemble,
)
