"""How many registrations a second the desk decides in process, on the embedded PostgreSQL with durable settings."""

import asyncio
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from application.registration.dto import RegistrationRequestFields
from application.shared.institutions import InstitutionFields
from interfaces.inprocess import open_matricula
from interfaces.registration_day.report import percentile
from interfaces.registration_day.university import generate

STUDENTS = 300
CONCURRENCY = 32


async def measure(data_dir: Path) -> str:
    """Hold a registration day without HTTP; answer one line with requests a second, p50 and p99 in milliseconds."""
    now = datetime.now(UTC)
    timetable, demands = generate(
        students=STUDENTS, seed=1, term_code="2027-1", starts_on=now.date() + timedelta(days=7), opens_at=now
    )
    latencies: list[float] = []
    limit = asyncio.Semaphore(CONCURRENCY)
    async with open_matricula(data_dir=data_dir) as m:
        await m.institutions.found(InstitutionFields(code="main", name="Main"))
        caller = await m.caller("main")
        await m.import_timetable.execute(caller, timetable)

        async def register(student: str, course: str) -> None:
            fields = RegistrationRequestFields.model_validate(
                {
                    "student": f"code:{student}",
                    "term": "code:2027-1",
                    "actions": [{"action": "add", "offering": f"code:{course}"}],
                }
            )
            async with limit:
                started = time.perf_counter()
                await m.register.execute(caller, fields)
                latencies.append((time.perf_counter() - started) * 1000)

        requests = [(demand.student_code, course) for demand in demands for course in demand.course_codes]
        started = time.perf_counter()
        await asyncio.gather(*(register(student, course) for student, course in requests))
        seconds = time.perf_counter() - started
    return (
        f"{len(requests)} registrations in process, {CONCURRENCY} at a time: {len(requests) / seconds:.0f} a second, "
        f"p50 {median(latencies):.1f} ms, p99 {percentile(sorted(latencies), 99):.1f} ms"
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="matricula-bench-", ignore_cleanup_errors=True) as directory:
        Path(directory).chmod(0o755)
        sys.stdout.write(asyncio.run(measure(Path(directory) / "data")) + "\n")
