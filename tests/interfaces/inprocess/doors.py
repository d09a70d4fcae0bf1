"""Two doors to the same use cases, REST and the Python one, with the same few gestures and plain JSON as answers."""

import re
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import httpx
from pydantic import TypeAdapter

from application.registration.dto import RegistrationRequestFields
from application.registration.eligibility import EligibilityQuestion
from application.shared.caller import Caller
from application.shared.dto import Dto
from application.shared.errors import ApplicationError
from application.shared.paging import PageQuery
from application.shared.records import RecordKeeping
from domain.shared.reference import Reference
from interfaces.inprocess import Matricula

Json = Any


class Door(Protocol):
    """What the scenario does; an error is answered as `{"code": …, "detail": …}`."""

    async def create(self, collection: str, fields: Json) -> Json: ...

    async def get(self, collection: str, reference: str) -> Json: ...

    async def list(self, collection: str, **query: str | int) -> Json: ...

    async def replace(self, collection: str, reference: str, fields: Json, version: int) -> Json: ...

    async def remove(self, collection: str, reference: str, version: int) -> Json: ...

    async def register(self, request: Json, key: str | None = None) -> Json: ...

    async def eligibility(self, student: str, **question: Json) -> Json: ...

    async def schedule(self, student: str, term: str, as_of: str | None = None) -> Json: ...

    async def roster(self, section: str, as_of: str | None = None) -> Json: ...

    async def history(self, collection: str, identifier: str) -> Json: ...

    async def review_queues(self) -> Json: ...


@dataclass(frozen=True)
class RestDoor:
    """Through HTTP."""

    client: httpx.AsyncClient

    async def create(self, collection: str, fields: Json) -> Json:
        return self._read(await self.client.post(f"/v1/{collection}", json=fields))

    async def get(self, collection: str, reference: str) -> Json:
        return self._read(await self.client.get(f"/v1/{collection}/{reference}"))

    async def list(self, collection: str, **query: str | int) -> Json:
        return self._read(await self.client.get(f"/v1/{collection}", params=query))

    async def replace(self, collection: str, reference: str, fields: Json, version: int) -> Json:
        headers = {"If-Match": f'"{version}"'}
        return self._read(await self.client.put(f"/v1/{collection}/{reference}", json=fields, headers=headers))

    async def remove(self, collection: str, reference: str, version: int) -> Json:
        headers = {"If-Match": f'"{version}"'}
        return self._read(await self.client.delete(f"/v1/{collection}/{reference}", headers=headers))

    async def register(self, request: Json, key: str | None = None) -> Json:
        headers = {} if key is None else {"Idempotency-Key": key}
        return self._read(await self.client.post("/v1/registration-requests", json=request, headers=headers))

    async def eligibility(self, student: str, **question: Json) -> Json:
        return self._read(await self.client.get(f"/v1/students/{student}/eligibility", params=question))

    async def schedule(self, student: str, term: str, as_of: str | None = None) -> Json:
        query = {"term": term, **_given(as_of=as_of)}
        return self._read(await self.client.get(f"/v1/students/{student}/schedule", params=query))

    async def roster(self, section: str, as_of: str | None = None) -> Json:
        return self._read(await self.client.get(f"/v1/sections/{section}/roster", params=_given(as_of=as_of)))

    async def history(self, collection: str, identifier: str) -> Json:
        return self._read(await self.client.get(f"/v1/{collection}/{identifier}/history"))

    async def review_queues(self) -> Json:
        return self._read(await self.client.post("/v1/queue-reviews"))

    @staticmethod
    def _read(answer: httpx.Response) -> Json:
        if answer.status_code == httpx.codes.NO_CONTENT:
            return None
        body = answer.json()
        if answer.is_error:
            return {"code": body["code"], "detail": body["detail"]}
        return body


@dataclass(frozen=True)
class PythonDoor:
    """Through the use cases themselves."""

    matricula: Matricula
    caller: Caller

    async def create(self, collection: str, fields: Json) -> Json:
        keeping = self._keeping(collection)
        given = keeping.kind.fields.model_validate(fields)
        if collection == "permissions":
            return await self._read(self.matricula.give_permission.execute(self.caller, given))
        return await self._read(keeping.create(self.caller, given))

    async def get(self, collection: str, reference: str) -> Json:
        if collection in _READ:
            return await self._read(self._reads(collection).get(self.caller, UUID(reference)))
        return await self._read(self._keeping(collection).get(self.caller, Reference.parse(reference)))

    async def list(self, collection: str, **query: str | int) -> Json:
        given = {"limit": query.pop("limit", 50), "sort": query.pop("sort", None), "search": query.pop("q", None)}
        asked = PageQuery(**given, filters=query)  # type: ignore[arg-type]  # as the test gives them
        use_cases = self._reads(collection) if collection in _READ else self._keeping(collection)
        page = await use_cases.list(self.caller, asked)
        return {"items": [_json(item) for item in page.items], "next_cursor": page.next_cursor}

    async def replace(self, collection: str, reference: str, fields: Json, version: int) -> Json:
        keeping = self._keeping(collection)
        named, given = Reference.parse(reference), keeping.kind.fields.model_validate(fields)
        if collection == "sections":
            return await self._read(self.matricula.revise_section.execute(self.caller, named, given, version))
        return await self._read(keeping.replace(self.caller, named, given, version))

    async def remove(self, collection: str, reference: str, version: int) -> Json:
        named = Reference.parse(reference)
        if collection == "holds":
            await self._read(self.matricula.release_hold.execute(self.caller, named, version))
            return None
        if collection == "permissions":
            await self._read(self.matricula.revoke_permission.execute(self.caller, named, version))
            return None
        return await self._read(self._keeping(collection).delete(self.caller, named, version))

    async def register(self, request: Json, key: str | None = None) -> Json:
        given = RegistrationRequestFields.model_validate(request)
        return await self._read(self.matricula.register.execute(self.caller, given, key))

    async def eligibility(self, student: str, **question: Json) -> Json:
        asked = EligibilityQuestion.model_validate(question)
        return await self._read(self.matricula.ask_eligibility.execute(self.caller, student, asked))

    async def schedule(self, student: str, term: str, as_of: str | None = None) -> Json:
        named = Reference.parse(student), Reference.parse(term)
        return await self._read(self.matricula.enrollments.schedule(self.caller, *named, _moment(as_of)))

    async def roster(self, section: str, as_of: str | None = None) -> Json:
        named = Reference.parse(section)
        return await self._read(self.matricula.enrollments.roster(self.caller, named, _moment(as_of)))

    async def history(self, collection: str, identifier: str) -> Json:
        assert collection in _READ
        return await self._read(self.matricula.audit.history(self.caller, UUID(identifier)))

    async def review_queues(self) -> Json:
        return {"terms": [str(term) for term in await self.matricula.review_queues.execute(self.caller)]}

    def _keeping(self, collection: str) -> RecordKeeping[Any, Any, Any]:
        keeping: RecordKeeping[Any, Any, Any] = getattr(self.matricula, collection.replace("-", "_"))
        return keeping

    def _reads(self, collection: str) -> Any:
        return getattr(self.matricula, _READ[collection])

    @staticmethod
    async def _read(answer: Awaitable[Dto | None]) -> Json:
        try:
            return _json(await answer)
        except ApplicationError as error:
            return {"code": error.code, "detail": error.detail}


_READ = {"enrollments": "enrollments", "waitlist-entries": "waitlists", "audit-events": "audit"}
"""The use cases behind collections that are only read."""


def _given(**query: str | None) -> dict[str, str]:
    return {name: value for name, value in query.items() if value is not None}


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _json(view: Dto | None) -> Json:
    return TypeAdapter(Dto | None).dump_python(view, mode="json", serialize_as_any=True)


_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_OF_THE_RUN = {
    "next_cursor",
    "arrived_at",
    "asked_at",
    "ended_at",
    "enrolled_at",
    "given_at",
    "joined_at",
    "occurred_at",
    "placed_at",
    "released_at",
    "revoked_at",
}


def comparable(answers: Json) -> Json:
    """The answers with each id replaced by its place among the ids; moments, cursors and digests by a word."""
    seen: dict[str, str] = {}

    def named(text: str) -> str:
        return _DIGEST.sub("digest", _ID.sub(lambda found: seen.setdefault(found[0], f"id {len(seen) + 1}"), text))

    def plain(value: Json, name: str = "") -> Json:
        match value:
            case dict():
                return {named(key): plain(item, key) for key, item in value.items()}
            case list() | tuple():
                return [plain(item) for item in value]
            case str() if name in _OF_THE_RUN:
                return f"{name} of this run"
            case str():
                return named(value)
            case _:
                return value

    return plain(answers)
