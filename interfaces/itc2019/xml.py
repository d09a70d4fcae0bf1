"""Streaming XML with line numbers from a plain or gzipped file; knows nothing of timetables.

External DTDs are never fetched, entity declarations are refused, and memory does not grow with the file.
"""

import gzip
import io
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias
from xml.parsers import expat

from interfaces.itc2019.malformed import MalformedInstance

Attributes: TypeAlias = Mapping[str, str]
Started: TypeAlias = Callable[[str, Attributes, int], None]
"""Told of each element: its path from the root (`problem/rooms/room`), its attributes, and its line."""

MAXIMUM_BYTES = 128 * 1024 * 1024
"""More XML than this is no instance: the real ones have a few megabytes."""

_CHUNK = 256 * 1024
_DEEPEST = 32
_GZIP_MAGIC = b"\x1f\x8b"


def read_xml(path: Path, started: Started) -> None:
    """Read the file from beginning to end, telling `started` of each element. Raises `MalformedInstance`."""
    try:
        with path.open("rb") as file:
            is_gzipped = file.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC or path.suffix == ".gz"
            file.seek(0)
            if is_gzipped:
                with gzip.open(file) as unpacked:
                    _parse(path, unpacked, started)
            else:
                _parse(path, file, started)
    except EOFError as error:
        raise MalformedInstance(path, None, None, "the gzip file is truncated") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise MalformedInstance(path, None, None, "the file is not valid gzip") from error
    except OSError as error:
        reason = f"the file cannot be read: {error.strerror or error}"
        raise MalformedInstance(path, None, None, reason) from error


def _parse(path: Path, file: io.BufferedIOBase, started: Started) -> None:
    parser = expat.ParserCreate()
    open_paths = [""]

    def start(tag: str, attributes: dict[str, str]) -> None:
        if len(open_paths) > _DEEPEST:
            reason = f"the elements nest deeper than {_DEEPEST} levels"
            raise MalformedInstance(path, parser.CurrentLineNumber, f"<{tag[:40]}>", reason)
        outer = open_paths[-1]
        inner = f"{outer}/{tag}" if outer else tag
        open_paths.append(inner)
        started(inner, attributes, parser.CurrentLineNumber)

    def end(_tag: str) -> None:
        open_paths.pop()

    def refuse_entity(name: str, *_declaration: object) -> None:
        reason = f"the entity {name} is declared or used, and entities are refused"
        raise MalformedInstance(path, parser.CurrentLineNumber, "<!DOCTYPE>", reason)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.EntityDeclHandler = refuse_entity
    parser.SkippedEntityHandler = refuse_entity  # type: ignore[attr-defined,unused-ignore]  # not in every stub
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        for chunk in _chunks(path, file):
            parser.Parse(chunk, False)  # noqa: FBT003 - the parameter has no name
        parser.Parse(b"", True)  # noqa: FBT003
    except expat.ExpatError as error:
        reason = f"the XML is not well-formed: {expat.ErrorString(error.code)}"
        raise MalformedInstance(path, error.lineno, _tag(open_paths[-1]), reason) from error
    except (LookupError, ValueError) as error:  # an encoding that Python does not know, or of several bytes
        reason = "the XML declares an encoding that cannot be read"
        raise MalformedInstance(path, parser.CurrentLineNumber, None, reason) from error


def _chunks(path: Path, file: io.BufferedIOBase) -> Iterator[bytes]:
    size = 0
    while chunk := file.read(_CHUNK):
        size += len(chunk)
        if size > MAXIMUM_BYTES:
            reason = f"the file holds more than {MAXIMUM_BYTES} bytes of XML"
            raise MalformedInstance(path, None, None, reason)
        yield chunk


def _tag(path: str) -> str | None:
    return f"<{path.rpartition('/')[2]}>" if path else None
