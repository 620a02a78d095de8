"""Attendance lists taken out as CSV and XLSX, from the database to the last byte, and the memory they take."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

from bench import crowd
from bench.measures import ENGINES, ROUNDS, Line, measure
from bench.stage import Stage
from tourpaca.attendance import attendance_list
from tourpaca.attendance import exports as files
from tourpaca.attendance.attendance_list import USUAL, Scope
from tourpaca.db import db, session

FEW, MANY = 10_000, 100_000
GOALS = {"csv": 0.15, "xlsx": 0.9}
FLAT = 20


@measure
def exports(stage: Stage) -> Iterator[Line]:
    """A list of 10,000 rows in each format; then what ten times more rows add to the memory at its highest."""
    for engine in ENGINES:
        base = stage.base(engine)
        with crowd.house(base).app_context():
            crowd.fill(FEW, 600)
            for kind, goal in GOALS.items():
                found = median(seconds(kind) for _ in range(ROUNDS))
                yield Line(
                    f"liste {kind.upper()}, 10 000 lignes, {engine}",
                    f"{found:.2f} s",
                    "–",
                    None,
                    f"≤ {goal} s",
                    found <= goal,
                )
            db.engine.dispose()
        more = stage.base(engine)
        with crowd.house(more).app_context():
            crowd.fill(MANY, 600)
            db.engine.dispose()
        for kind in GOALS:
            low, high = peak(base, kind), peak(more, kind)
            job = f"mémoire, liste {kind.upper()}, 100 000 lignes, {engine}"
            yield Line(
                job,
                f"{high:.0f} Mo",
                f"{low:.0f} Mo pour 10 000",
                high / low,
                f"≤ + {FLAT} Mo",
                high - low <= FLAT,
            )


def written(kind: str) -> Iterator[bytes]:
    """Return the chunks of the whole tour's list, as the page that gives it does."""
    rows = attendance_list.rows(Scope(1), USUAL)
    return files.csv_file(USUAL, rows) if kind == "csv" else files.xlsx_file("Liste", USUAL, rows)


def seconds(kind: str) -> float:
    """How long a list takes to leave."""
    session().rollback()
    begun = perf_counter()
    for _ in written(kind):
        pass
    return perf_counter() - begun


def peak(base: str, kind: str) -> float:
    """Megabytes at the highest of a process of its own that gives the list."""
    line = [sys.executable, "-m", "bench.exports", base, kind]
    told = subprocess.run(line, cwd=Path(__file__).parent.parent, capture_output=True, text=True, check=True)
    return float(told.stdout)


def main(base: str, kind: str) -> None:
    """Give the list once and print the memory at its highest."""
    with crowd.house(base).app_context():
        seconds(kind)
    # Not getrusage: its highest is inherited from the parent, which has just filled a base.
    status = Path("/proc/self/status").read_text()
    print(next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1_000)


if __name__ == "__main__":
    main(*sys.argv[1:])
