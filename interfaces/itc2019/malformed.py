"""The one error of reading an instance: what is wrong with which file, where."""

from pathlib import Path


class MalformedInstance(Exception):  # noqa: N818 - it names what was found, as the errors of the application do
    """A file that is not what it should be.

    Attributes:
        path: the file.
        line: the line, counted from 1; None where the file as a whole is at fault.
        element: the XML element (`<class>`) or the CSV column (`column days`) at fault, if there is one.
        reason: what is wrong, in words.
    """

    def __init__(self, path: Path, line: int | None, element: str | None, reason: str) -> None:
        self.path = path
        self.line = line
        self.element = element
        self.reason = reason
        where = (str(path), line and f"line {line}", element)
        super().__init__(f"{', '.join(part for part in where if part)}: {reason}.")
