"""The other side: what PostgreSQL alone does with one transaction for each enrollment, by pgbench."""

import re

from tests.performance.cluster import SQL, BenchmarkError, Cluster

DATABASE = "baseline"
_TPS = re.compile(r"^tps = ([0-9.]+) \(without initial connection time\)$", re.MULTILINE)
_DONE = re.compile(r"^number of transactions actually processed: (\d+)", re.MULTILINE)


def enrollments_per_second(cluster: Cluster, script: str, *, clients: int, seconds: int, students: int) -> float:
    """Run a script on a fresh schema. Raises `BenchmarkError` when not every transaction enrolled."""
    cluster.psql(DATABASE, SQL / "baseline_schema.sql", students=students)
    report = cluster.pgbench(DATABASE, SQL / f"{script}.sql", clients=clients, seconds=seconds)
    rate, transactions = read_report(report)
    counts = "SELECT count(*), (SELECT sum(taken) FROM sections), (SELECT count(*) FROM audit) FROM enrollments"
    stored = {int(count) for count in cluster.psql(DATABASE, counts).strip().split("|")}
    if stored != {transactions}:
        raise BenchmarkError(f"pgbench reports {transactions} transactions, and the database holds {sorted(stored)}")
    return rate


def read_report(report: str) -> tuple[float, int]:
    """Transactions a second, and how many there were."""
    rate, done = _TPS.search(report), _DONE.search(report)
    if rate is None or done is None:
        raise BenchmarkError(f"pgbench reports what is not understood:\n{report}")
    return float(rate[1]), int(done[1])
