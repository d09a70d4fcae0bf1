"""A small university, built over REST, in which everything is there twice: once for the one half, once for the other.

Student S1 is advised by instructor I1, who teaches section A, in which S1 sits; S2, I2 and B likewise. Both students
wait for section C, have a hold, a permission, an attempt and an account. Of each kind of record there is a spare one.
In each role somebody has come in, of the first half where there are halves.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import httpx

from application.shared.caller import Role
from interfaces.rest import examples

Json = Any

PASSWORD = "four words of some length"
EMAILS = {role: f"{role}.1@uni.example" for role in Role}
"""The addresses with which somebody comes in, by role."""

SCOPES = ["catalog:read"]
_GOING_ON = ("queued", "running")
ATTEMPTS = "student_code,course_code,term,credits,passed\nS1,CS-101,1999-1,3,true\n"

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

_PEOPLE = {
    Role.STUDENT: {"student": "code:S1"},
    Role.INSTRUCTOR: {"instructor": "code:I1"},
    Role.ADVISOR: {"instructor": "code:I1"},
    Role.REGISTRAR: {},
}
"""Who has an account beside the administrator: for a role, who they are."""


@dataclass
class Campus:
    """The records by kind and half: ids in `one`, `other` and `spare`; the accounts and access tokens by role.

    Before it is built there is an institution with an administrator's account, of which `accounts` tells.
    """

    client: httpx.AsyncClient
    institution: str
    accounts: dict[Role, str]
    one: dict[str, str] = field(default_factory=dict)
    other: dict[str, str] = field(default_factory=dict)
    spare: dict[str, str] = field(default_factory=dict)
    tokens: dict[Role, str] = field(default_factory=dict)

    @property
    def place(self) -> dict[str, str]:
        """The header that names the institution."""
        return {"X-Matricula-Institution": self.institution}

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the administrator."""
        return self.headers_of(Role.ADMINISTRATOR)

    def headers_of(self, role: Role) -> dict[str, str]:
        """The headers of who has come in with that role."""
        return {**self.place, "Authorization": f"Bearer {self.tokens[role]}"}

    async def sign_in(self, role: Role) -> None:
        """Come in anew with that role."""
        grant = {"grant_type": "password", "username": EMAILS[role], "password": PASSWORD}
        answer = await self.client.post("/v1/oauth/token", data=grant, headers=self.place)
        assert answer.is_success, answer.text
        self.tokens[role] = answer.json()["access_token"]

    async def build(self) -> None:
        """Fill the institution."""
        await self.sign_in(Role.ADMINISTRATOR)
        identifier = (await self.get(f"institutions/code:{self.institution}"))["id"]
        for half in (self.one, self.other, self.spare):
            half["institution"] = identifier
        await self._post("departments", KINDS["department"].named("D"), **{"Idempotency-Key": "D"})
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
        await self._let_in()

    async def _let_in(self) -> None:
        """Open accounts, come in with them, and leave behind whatever coming in and going out leaves."""
        for role, person in _PEOPLE.items():
            opened = {"email": EMAILS[role], "roles": [role], "password": PASSWORD, **person}
            self.accounts[role] = (await self._post("accounts", opened))["id"]
            await self.sign_in(role)
        self.one["account"] = self.accounts[Role.STUDENT]
        other = {"email": "student.2@uni.example", "roles": ["student"], "student": "code:S2", "password": PASSWORD}
        self.other["account"] = (await self._post("accounts", other))["id"]
        for half, name, importer in ((self.one, "one", Role.REGISTRAR), (self.other, "other", Role.ADMINISTRATOR)):
            half["client"] = (await self._post("clients", {"name": name, "scopes": SCOPES}))["id"]
            table = ATTEMPTS.replace("1999", f"1998-{name}")
            half["import"] = await self._import(table, importer)
        closed = await self._post("clients", {"name": "closed", "scopes": SCOPES})
        assert (await self.client.delete(f"/v1/clients/{closed['id']}", headers=self.headers)).is_success
        wrong = {"grant_type": "password", "username": "nobody@uni.example", "password": "wrong"}
        assert (await self.client.post("/v1/oauth/token", data=wrong, headers=self.place)).is_error

    async def _import(self, table: str, role: Role) -> str:
        """The id of an import that is done."""
        headers = {**self.headers_of(role), "Content-Type": "text/csv"}
        taken = await self.client.post("/v1/imports?kind=course-attempts", content=table, headers=headers)
        assert taken.is_success, taken.text
        await self.ended(taken)
        return str(taken.json()["id"])

    async def ended(self, taken: httpx.Response) -> None:
        """Wait until an import that was `taken` has ended well."""
        status = taken
        while status.status_code != httpx.codes.SEE_OTHER:
            await asyncio.sleep(0.005)
            status = await self.client.get(taken.headers["location"], headers=self.headers)
            assert status.status_code == httpx.codes.SEE_OTHER or status.json()["state"] in _GOING_ON, status.text

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

    async def _post(self, collection: str, fields: Json, **headers: str) -> Json:
        answer = await self.client.post(f"/v1/{collection}", json=fields, headers={**self.headers, **headers})
        assert answer.is_success, answer.text
        return answer.json()
