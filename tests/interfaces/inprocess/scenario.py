"""A term from its catalog to its last drop, told through any door; every answer on the way is returned."""

from collections.abc import Callable

from tests.interfaces.inprocess.doors import Door, Json

Note = Callable[[str, Json], Json]

TERM = "code:2027-1"
BOTH_SECTIONS = {"action": "add", "offering": "code:CS-102", "sections": ["code:CS-102-LEC", "code:CS-102-LAB"]}
COMPONENTS = [{"name": "1", "components": [{"name": "LEC"}, {"name": "LAB", "kind": "laboratory"}]}]

SESSION = {
    "code": "A",
    "name": "First half",
    "starts_on": "2027-02-01",
    "ends_on": "2027-03-28",
    "add_deadline": "2099-02-05",
    "drop_deadline": "2099-02-20",
}


async def play(door: Door) -> list[tuple[str, Json]]:
    """Play the whole scenario; the answers with what each is the answer to."""
    answers: list[tuple[str, Json]] = []

    def note(what: str, answer: Json) -> Json:
        answers.append((what, answer))
        return answer

    await _found(door, note)
    await _offer(door, note)
    await _register(door, note)
    await _change(door, note)
    await _wait(door, note)
    await _permit(door, note)
    await _look_back(door, note)
    await _refuse(door, note)
    return answers


async def _found(door: Door, note: Note) -> None:
    note("department", await door.create("departments", {"code": "CS", "name": "Computer Science"}))
    note(
        "program",
        await door.create("programs", {"code": "BSC-CS", "name": "Bachelor in CS", "department": "code:CS"}),
    )
    note("instructor", await door.create("instructors", {"code": "I1", "name": "Instructor 1"}))
    note("room", await door.create("rooms", {"code": "A-101", "name": "Building A, room 101", "capacity": 40}))
    for number in ("101", "102"):
        fields = {"subject": "CS", "number": number, "title": f"Course {number}", "credits": "3.5"}
        note("course", await door.create("courses", {**fields, "department": "code:CS"}))
    for number in ("1", "2", "3"):
        fields = {"code": f"S{number}", "given_name": "Student", "family_name": number}
        note("student", await door.create("students", {**fields, "program": "code:BSC-CS"}))


async def _offer(door: Door, note: Note) -> None:
    term = {
        "code": "2027-1",
        "name": "First term of 2027",
        "time_zone": "America/Bogota",
        "starts_on": "2027-02-01",
        "ends_on": "2027-05-30",
        "registration_opens_at": "2020-01-01T08:00:00-05:00",
        "registration_closes_at": "2099-02-15T00:00:00-05:00",
        "add_deadline": "2099-02-15",
        "drop_deadline": "2099-04-01",
        "holidays": ["2027-03-22"],
        "credit_limits": [{"class_level": 1, "credit_maximum": "20"}],
        "sessions": [SESSION],
    }
    note("term", await door.create("terms", term))
    cohort = {"students": ["code:S2"], "programs": ["code:BSC-CS"]}
    ticket = {"term": TERM, "name": "Computing", "cohort": cohort, "opens_at": "2020-01-01T08:00:00-05:00"}
    note("time ticket", await door.create("time-tickets", ticket))
    note("time tickets", await door.list("time-tickets", term=TERM))
    for number in ("101", "102"):
        given = {"term": TERM, "course": f"code:CS-{number}", "configurations": COMPONENTS}
        note("offering", await door.create("offerings", given))
        for component, weekday in (("LEC", 1), ("LAB", 2)):
            note("section", await door.create("sections", _section(number, component, weekday)))


def _section(number: str, component: str, weekday: int) -> dict[str, Json]:
    meeting = {"weekdays": [weekday], "starts_at": "10:00", "ends_at": "11:30", "room": "code:A-101"}
    return {
        "offering": f"code:2027-1:CS-{number}",
        "component": component,
        "code": f"CS-{number}-{component}",
        "capacity": 1,
        "meetings": [meeting],
        "instructors": ["code:I1"],
        "waitlist_capacity": 2,
    }


async def _register(door: Door, note: Note) -> None:
    both = [{"action": "add", "offering": "code:CS-101"}, {"action": "add", "offering": "code:CS-102"}]
    note("a seat, and a clash", await door.register({"student": "code:S1", "term": TERM, "actions": both}))
    note("no seat left", await door.register({"student": "code:S2", "term": TERM, "actions": both[:1]}))
    fields = {"student": "code:S2", "office": "Library", "reason": "A book is missing."}
    hold = note("hold", await door.create("holds", fields))
    note("held", await door.register({"student": "code:S2", "term": TERM, "actions": both[1:]}))
    note("hold released", await door.remove("holds", hold["id"], hold["version"]))
    note("hold afterwards", await door.get("holds", hold["id"]))
    named = [{**both[1], "sections": ["code:CS-102-LEC", "code:CS-102-LAB"]}]
    note("named sections", await door.register({"student": "code:S2", "term": TERM, "actions": named}))
    note("an unknown student", await door.register({"student": "code:S9", "term": TERM, "actions": both}))
    note("schedule", await door.schedule("code:S1", TERM))
    note("roster", await door.roster("code:2027-1:CS-101-LEC"))


async def _change(door: Door, note: Note) -> None:
    page = note("enrollments", await door.list("enrollments", term_code="2027-1", sort="number"))
    note("enrollment", await door.get("enrollments", page["items"][0]["id"]))
    drop = {"action": "drop", "enrollment": page["items"][0]["id"]}
    note("dropped", await door.register({"student": "code:S1", "term": TERM, "actions": [drop]}))
    note("dropped twice", await door.register({"student": "code:S1", "term": TERM, "actions": [drop]}))
    section = note("section with a free seat", await door.get("sections", "code:2027-1:CS-101-LEC"))
    larger = _section("101", "LEC", 1) | {"capacity": 30}
    note("larger section", await door.replace("sections", section["id"], larger, section["version"]))
    note("stale change", await door.replace("sections", section["id"], larger, section["version"]))
    note("courses", await door.list("courses", limit=1, sort="-code"))
    note("courses found", await door.list("courses", q="102"))


async def _wait(door: Door, note: Note) -> None:
    request = {"student": "code:S3", "term": TERM, "actions": [{**BOTH_SECTIONS, "if_full": "waitlist"}]}
    note("may they?", await door.eligibility("code:S3", term=TERM, sections=BOTH_SECTIONS["sections"]))
    waiting = note("waitlisted", await door.register(request, key="once"))
    note("the same key again", await door.register(request, key="once"))
    note("the same key for something else", await door.register({**request, "mode": "atomic"}, key="once"))
    entry = waiting["decisions"][0]["entry"]
    note("entry", await door.get("waitlist-entries", entry))
    note("entries", await door.list("waitlist-entries", term_code="2027-1", status="waiting"))
    note("nothing moves", await door.review_queues())
    (seated,) = (await door.list("enrollments", student_code="S2", status="enrolled"))["items"]
    drop = {"action": "drop", "enrollment": seated["id"]}
    note("the seat given up", await door.register({"student": "code:S2", "term": TERM, "actions": [drop]}))
    note("entry afterwards", await door.get("waitlist-entries", entry))
    note("history of the entry", await door.history("waitlist-entries", entry))


async def _permit(door: Door, note: Note) -> None:
    fields = {
        "student": "code:S2",
        "offering": "code:2027-1:CS-102",
        "codes": ["seats_full"],
        "reason": "The instructor agrees.",
    }
    given = note("permission", await door.create("permissions", fields))
    note("may they, with a permission?", await door.eligibility("code:S2", term=TERM, offering="code:CS-102"))
    note("above capacity", await door.register({"student": "code:S2", "term": TERM, "actions": [BOTH_SECTIONS]}))
    note("revoked", await door.remove("permissions", given["id"], given["version"]))
    note("permission afterwards", await door.get("permissions", given["id"]))
    note("permissions", await door.list("permissions", student="code:S2"))


async def _look_back(door: Door, note: Note) -> None:
    for moment in ("2020-01-01T00:00:00+00:00", "2099-01-01T00:00:00-05:00"):
        note("schedule as of then", await door.schedule("code:S2", TERM, moment))
        note("roster as of then", await door.roster("code:2027-1:CS-102-LAB", moment))
    events = note("audit events", await door.list("audit-events", term=TERM, limit=50))
    note("audit event", await door.get("audit-events", events["items"][0]["id"]))
    enrollments = await door.list("enrollments", student_code="S1")
    note("history of an enrollment", await door.history("enrollments", enrollments["items"][0]["id"]))


async def _refuse(door: Door, note: Note) -> None:
    note("a code that is taken", await door.create("departments", {"code": "CS", "name": "Another"}))
    nowhere = {"code": "X", "name": "X", "department": "code:NO"}
    note("an unknown reference", await door.create("programs", nowhere))
    note("an unknown record", await door.get("courses", "code:CS-999"))
    department = await door.get("departments", "code:CS")
    note("a record in use", await door.remove("departments", department["id"], department["version"]))
    note("an unknown term", await door.schedule("code:S1", "code:1999-1"))
    note("an unknown history", await door.history("enrollments", department["id"]))
    note("an unknown entry", await door.get("waitlist-entries", department["id"]))
    note("a question about nobody", await door.eligibility("code:S9", term=TERM, offering="code:CS-101"))
    request = {"student": "code:S1", "term": TERM, "actions": [BOTH_SECTIONS]}
    note("no such key", await door.register(request, key="x" * 201))
