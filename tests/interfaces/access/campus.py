"""A small university, built over REST, in which everything is there twice: once for the one half, once for the other.

Student S1 is advised by instructor I1, who teaches section A, in which S1 sits; S2, I2 and B likewise. Both students
wait for section C, have a hold, a permission and an attempt. Of each kind of record there is a spare one.
"""

from dataclasses import dataclass, field
from typing import Any

import httpx

from interfaces.rest import examples

Json = Any

TERM, OFFERING = "code:2026-1", "code:2026-1:CS-101"
_LECTURE = [{"name": "1", "components": [{"name": "LEC"}]}]
_ATTEMPT = {"course": "code:CS-101", "term": "2024-1", "credits": "3", "passed": True}
_PERMISSION = {"offering": "code:2026-1:CS-102", "codes": ["hold"], "reason": "Agreed."}
_SECTION = {"component": "LEC", "capacity": 2}


@dataclass(frozen=True)
class Kind:
    """A kind of record: its collection, and the fields of a record with a given code."""

    collection: str
    fields: Json

    def named(self, code: str) -> Json:
        """The fields, with `code` in place of the mark."""
        return {name: code if value == "?" else value for name, value in self.fields.items()}


KINDS = {
    "department": Kind("departments", {"code": "?", "name": "A department"}),
    "program": Kind("programs", {"code": "?", "name": "A program", "department": "code:D"}),
    "course": Kind("courses", {"subject": "CS", "number": "?", "title": "A course", "credits": "3"}),
    "grading_scheme": Kind("grading-schemes", {**examples.GRADING_SCHEME, "code": "?"}),
    "term": Kind("terms", {**examples.TERM, "code": "?", "credit_limits": []}),
    "room": Kind("rooms", {"code": "?", "name": "A room", "capacity": 3}),
    "instructor": Kind("instructors", {"code": "?", "name": "An instructor", "email": "i@staff.example"}),
    "student": Kind("students", {"code": "?", "given_name": "A", "family_name": "Student", "email": "s@uni.example"}),
    "hold": Kind("holds", {"student": "code:S1", "office": "?", "reason": "A book is missing."}),
    "course_attempt": Kind("course-attempts", {**_ATTEMPT, "student": "code:S1", "term": "?"}),
    "permission": Kind("permissions", {**_PERMISSION, "student": "code:S1", "reason": "?"}),
    "time_ticket": Kind(
        "time-tickets",
        {"term": "code:T", "name": "?", "cohort": {"students": ["code:S1"]}, "opens_at": "2026-01-12T13:00:00Z"},
    ),
    "offering": Kind("offerings", {"term": "code:T", "course": "code:CS-101", "code": "?", "configurations": _LECTURE}),
    "section": Kind("sections", {**_SECTION, "offering": OFFERING, "code": "?"}),
}
"""The kinds of records that keepers keep, by their names in the access table."""


@dataclass
class Campus:
    """The records by kind and half: ids in `one`, `other` and `spare`; `client` is an administrator's."""

    client: httpx.AsyncClient
    institution: str = "here"
    one: dict[str, str] = field(default_factory=dict)
    other: dict[str, str] = field(default_factory=dict)
    spare: dict[str, str] = field(default_factory=dict)

    @property
    def headers(self) -> dict[str, str]:
        """The header that names the institution."""
        return {"X-Matricula-Institution": self.institution}

    async def build(self) -> None:
        """Found the institution, and fill it."""
        founded = await self._post("institutions", {"code": self.institution, "name": "A university"})
        for half in (self.one, self.other, self.spare):
            half["institution"] = founded["id"]
        await self._create("department", "D")
        await self._create("program", "P")
        for number in ("101", "102"):
            await self._create("course", number)
        for kind, code in (("term", "2026-1"), ("term", "T"), ("room", "R")):
            await self._create(kind, code)
        for number in ("1", "2"):
            await self._create("instructor", f"I{number}")
            await self._create("student", f"S{number}", program="code:P", advisors=[f"code:I{number}"])
        for number in ("101", "102"):
            await self._create("offering", f"CS-{number}", term=TERM, course=f"code:CS-{number}")
        await self._create("section", "C", offering="code:2026-1:CS-102", capacity=0, waitlist_capacity=9)
        for half, number, code in ((self.one, "1", "A"), (self.other, "2", "B")):
            await self._fill(half, number, code)
        for kind in KINDS:
            self.spare[kind] = (await self._create(kind, "SPARE"))["id"]

    async def _fill(self, half: dict[str, str], number: str, code: str) -> None:
        student = f"code:S{number}"
        cohort = {"students": [student]}
        half["section"] = (
            await self._create(
                "section",
                code,
                instructors=[f"code:I{number}"],
                reserved=[{"name": "Kept", "cohort": cohort, "seats": 1}],
            )
        )["id"]
        half["student"] = (await self.get(f"students/{student}"))["id"]
        half["instructor"] = (await self.get(f"instructors/code:I{number}"))["id"]
        half["enrollment"] = (await self._add(student, "CS-101", code))["enrollment"]
        half["waitlist_entry"] = (await self._add(student, "CS-102", "C"))["entry"]
        for kind in ("hold", "course_attempt", "permission"):
            half[kind] = (await self._create(kind, f"OF-{number}", student=student))["id"]
        (event,) = (await self.get("audit-events", about=half["enrollment"]))["items"]
        half["audit_event"] = event["id"]

    def registration(self, student: str, offering: str = "CS-101", section: str = "A") -> Json:
        """A request that adds an offering through a section."""
        add = {"action": "add", "offering": f"code:{offering}", "sections": [f"code:{section}"], "if_full": "waitlist"}
        return {"student": student, "term": TERM, "actions": [add]}

    async def get(self, path: str, **query: str | int) -> Json:
        """Read as administrator."""
        answer = await self.client.get(f"/v1/{path}", params=query, headers=self.headers)
        assert answer.status_code == httpx.codes.OK, answer.text
        return answer.json()

    async def _add(self, student: str, offering: str, section: str) -> Json:
        (decision,) = (await self._post("registration-requests", self.registration(student, offering, section)))[
            "decisions"
        ]
        assert decision["outcome"] in ("enrolled", "waitlisted"), decision
        return decision

    async def _create(self, kind: str, code: str, **more: Json) -> Json:
        return await self._post(KINDS[kind].collection, {**KINDS[kind].named(code), **more})

    async def _post(self, collection: str, fields: Json) -> Json:
        headers = {} if collection == "institutions" else self.headers
        answer = await self.client.post(f"/v1/{collection}", json=fields, headers=headers)
        assert answer.is_success, answer.text
        return answer.json()
