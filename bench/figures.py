"""The chiffres clés of a hundred thousand presences, counted when they are asked."""

from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from time import perf_counter

from sqlalchemy import text

from bench import crowd
from bench.measures import ENGINES, Line, measure
from bench.stage import Stage
from tests import factories
from tourpaca.db import db, session
from tourpaca.fiches import figures as compiled
from tourpaca.tour import queries

PRESENCES, GOAL = 100_000, 60
ROUNDS = 9
# Every row and nothing remembered: what counting costs at least without an index.
SCAN = text("SELECT count(*), max(mark_id), count(organisation_id) FROM presence WHERE status = 'present'")


@measure
def figures(stage: Stage) -> Iterator[Line]:
    """The eight chiffres clés of a tour as pages read them, beside one reading of the whole table."""
    for engine in ENGINES:
        for organisations in (600, 3_000):
            with crowd.house(stage.base(engine)).app_context():
                tour_id = crowd.fill(PRESENCES, organisations)
                yield _line(
                    f"chiffres clés, 100 000 présences, {organisations} organisations, {engine}", tour_id
                )
                db.engine.dispose()


def _line(job: str, tour_id: int) -> Line:
    themes = [theme.id for theme in queries.tour(factories.TOUR).thematiques]
    if sum(one.participants for one in compiled.of_tour(tour_id, themes).values()) != PRESENCES:
        raise RuntimeError("the figures do not count every presence")
    pairs = [
        (milliseconds(_scan), milliseconds(partial(compiled.of_tour, tour_id, themes))) for _ in range(ROUNDS)
    ]
    scans, counts = zip(*pairs, strict=True)
    found, ratio = median(counts), median(count / scan for scan, count in pairs)
    return Line(job, f"{found:.0f} ms", f"{median(scans):.0f} ms", ratio, f"≤ {GOAL} ms", found <= GOAL)


def _scan() -> None:
    session().execute(SCAN).all()


def milliseconds(job: Callable[[], object]) -> float:
    """How long a job takes; what it read before is forgotten, what the engine keeps in memory is not."""
    session().rollback()
    begun = perf_counter()
    job()
    return (perf_counter() - begun) * 1_000
