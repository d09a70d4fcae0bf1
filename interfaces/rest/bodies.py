"""Bodies of requests: JSON read into the models of the contract, and merge patches (RFC 7396) applied to records."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from fastapi import Request
from pydantic import ValidationError
from pydantic_core import ErrorDetails, from_json, to_json
from starlette.requests import ClientDisconnect
from starlette.types import Receive

from application.shared.dto import Dto
from application.shared.plain_words import in_plain_words
from interfaces.rest.problems import InvalidPart, RestError

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
_ERRORS_SHOWN = 20

F = TypeVar("F", bound=Dto)


async def read_body(request: Request, *media_types: str) -> bytes:
    """The body, if it is of one of the media types and not compressed. Raises `RestError` (415, 413)."""
    require_media_type(request, *media_types)
    return await _received(request.receive)


def require_media_type(request: Request, *media_types: str) -> None:
    """Raise `RestError` (415) unless the body is of one of the media types and not compressed; nothing is read."""
    content_type = request.headers.get("content-type", "")
    if content_type not in media_types:
        media_type, _, parameters = content_type.lower().partition(";")
        charset = parameters.replace('"', "").replace(" ", "")
        if media_type.strip() not in media_types or charset not in ("", "charset=utf-8", "charset=us-ascii"):
            raise _unsupported(request, media_types)
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise _unsupported(request, media_types)


async def _received(receive: Receive) -> bytes:
    """The whole body. Raises `ClientDisconnect` when the rest of it will not come."""
    pieces: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        pieces.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(pieces)


def _unsupported(request: Request, media_types: Sequence[str]) -> RestError:
    name = "Accept-Patch" if request.method == "PATCH" else "Accept"
    headers = {name: ", ".join(media_types), "Accept-Encoding": "identity"}
    detail = f"The body must be {' or '.join(media_types)}, not compressed."
    return RestError("unsupported_media_type", detail, headers=headers)


def read_fields(model: type[F], body: bytes) -> F:
    """The model that `body` holds as JSON. Raises `RestError` (400 malformed, 422 with every invalid field)."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise _invalid_body(error, body) from None


def patch_fields(model: type[F], view: Dto, body: bytes) -> F:
    """The fields of `view`, changed by the merge patch in `body`. Raises `RestError` (400, 422)."""
    try:
        patch = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise _malformed(str(error)) from None
    if not isinstance(patch, dict):
        whole = InvalidPart(pointer="", message="a merge patch of a record is an object")
        raise _invalid([whole])
    fields = model.model_validate_json(view.model_dump_json(), extra="ignore")
    merged: dict[str, Any] = merge_patch(fields.model_dump(mode="json"), patch)
    for name, field in model.model_fields.items():
        if field.is_required() and name in patch and patch[name] is None:
            merged[name] = None
    return read_fields(model, to_json(merged))


def merge_patch(target: Any, patch: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Apply a merge patch as RFC 7396, section 2 defines it; neither argument is changed."""
    if not isinstance(patch, Mapping):
        return patch
    merged = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged


def _invalid_body(error: ValidationError, body: bytes) -> RestError:
    errors = error.errors(include_url=False, include_input=False)
    if errors[0]["type"] == "json_invalid":
        return _malformed(errors[0]["msg"].removeprefix("Invalid JSON: "))
    content = from_json(body)
    places = {part["loc"] for part in errors}
    return _invalid(
        [
            InvalidPart(pointer=json_pointer(part["loc"], content), message=_message(part))
            for part in errors[:_ERRORS_SHOWN]
            if not _is_explained_within(part["loc"], places)
        ]
    )


def _message(part: ErrorDetails) -> str:
    return "is no field here" if part["type"] == "extra_forbidden" else in_plain_words(part)


def _is_explained_within(place: tuple[str | int, ...], places: set[tuple[str | int, ...]]) -> bool:
    """Whether there are errors inside `place`: a list with an invalid item is counted as too short, too."""
    return any(other[: len(place)] == place and other != place for other in places)


def _invalid(parts: Sequence[InvalidPart]) -> RestError:
    detail = "; ".join(f"{part.pointer or 'body'}: {part.message}" for part in parts)
    return RestError("invalid_field", detail, errors=parts)


def _malformed(reason: str) -> RestError:
    return RestError("malformed_json", f"The body is not JSON: {reason}.")


def json_pointer(location: Sequence[str | int], content: Any) -> str:  # noqa: ANN401 - any JSON value
    """The place of an invalid part in `content`, as RFC 6901 writes it.

    Steps that only name a variant of the model, and nothing in the content, are left out.
    """
    steps: list[str] = []
    for position, step in enumerate(location):
        is_last = position == len(location) - 1
        if isinstance(content, dict) and (step in content or is_last):
            content = content.get(step)
        elif isinstance(content, list) and isinstance(step, int) and step < len(content):
            content = content[step]
        else:
            continue
        steps.append(str(step).replace("~", "~0").replace("/", "~1"))
    return "".join(f"/{step}" for step in steps)
