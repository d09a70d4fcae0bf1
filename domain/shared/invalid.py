"""The error of a value that cannot exist: raised while an entity or value object is made, never later."""


class InvalidValue(ValueError):  # noqa: N818 - the domain's word for it
    """A field whose value breaks a rule of its own type.

    Attributes:
        field: name of the offending field, as the glossary spells it.
        reason: one sentence that says what would be valid.
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


def require(condition: bool, field: str, reason: str) -> None:  # noqa: FBT001 - reads as a sentence
    """Raise `InvalidValue` for `field` unless `condition` holds."""
    if not condition:
        raise InvalidValue(field, reason)
