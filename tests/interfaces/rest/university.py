"""A university built over REST from the documentation's examples, and the requests that tests make of it."""

from dataclasses import dataclass
from typing import Any

import httpx

from interfaces.rest import examples

Json = Any

BUILDING_ORDER: tuple[tuple[str, Json], ...] = (
    ("institutions", examples.INSTITUTION),
    ("departments", examples.DEPARTMENT),
    ("programs", examples.PROGRAM),
    ("courses", examples.COURSE),
    ("grading-schemes", examples.GRADING_SCHEME),
    ("terms", examples.TERM),
    ("rooms", examples.ROOM),
    ("instructors", examples.INSTRUCTOR),
    ("students", examples.STUDENT),
    ("offerings", examples.OFFERING),
    ("sections", examples.SECTION),
)
"""Collections and their example, in an order in which each finds what it refers to."""


@dataclass
class University:
    """What tests do at the university."""

    client: httpx.AsyncClient

    async def build(self) -> None:
        for collection, example in BUILDING_ORDER:
            await self.create(collection, example)

    async def create(self, collection: str, fields: Json) -> Json:
        answer = await self.client.post(f"/v1/{collection}", json=fields)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def get(self, path: str, **query: str | int) -> Json:
        answer = await self.client.get(f"/v1/{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def patch(self, path: str, changes: Json) -> Json:
        answer = await self.client.patch(f"/v1/{path}", json=changes, headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def student(self, code: str) -> str:
        """Create a student who meets the requisites of the examples; answer the reference to them."""
        scores = examples.STUDENT["test_scores"]
        await self.create(
            "students", {"code": code, "given_name": "Student", "family_name": code, "test_scores": scores}
        )
        return f"code:{code}"

    async def offer(self, subject: str, number: str, *components: str, credits: str = "3", **sections: Json) -> str:  # noqa: A002 - the name of the field
        """Create a course, offer it with these components, and create sections; answer the offering's reference.

        A section is named by its code and given by the fields that differ from the usual ones.
        """
        course = {"subject": subject, "number": number, "title": "A course", "credits": credits}
        await self.create("courses", course)
        code = f"{subject}-{number}"
        configuration = {"components": [{"name": name} for name in components]}
        offering = {"term": "code:2026-1", "course": f"code:{code}", "configurations": [configuration]}
        await self.create("offerings", offering)
        for section, fields in sections.items():
            usual = {"offering": f"code:2026-1:{code}", "component": components[0], "code": section, "capacity": 10}
            await self.create("sections", {**usual, **fields})
        return f"code:{code}"

    async def ask(self, student: str, *actions: Json, headers: Json = None, **more: Json) -> httpx.Response:
        """Send a registration request."""
        request = {"student": student, "term": "code:2026-1", "actions": actions, **more}
        return await self.client.post("/v1/registration-requests", json=request, headers=headers)

    async def register(self, student: str, *actions: Json, **more: Json) -> list[Json]:
        """Send a registration request; answer its decisions."""
        answer = await self.ask(student, *actions, **more)
        assert answer.status_code == 200, answer.text
        decisions: list[Json] = answer.json()["decisions"]
        return decisions

    async def enroll(self, student: str, offering: str, *sections: str) -> Json:
        """Add an offering; answer the enrolled decision."""
        (decision,) = await self.register(student, add(offering, *sections))
        assert decision["outcome"] == "enrolled", decision
        return decision


def add(offering: str, *sections: str, **more: Json) -> Json:
    """The action that adds an offering, through sections given by code."""
    return {"action": "add", "offering": offering, "sections": [f"code:{code}" for code in sections], **more}


def drop(enrollment: str) -> Json:
    """The action that drops an enrollment."""
    return {"action": "drop", "enrollment": enrollment}


def meeting(day: int, starts_at: str, ends_at: str) -> Json:
    """A weekly slot."""
    return {"weekdays": [day], "starts_at": starts_at, "ends_at": ends_at}
