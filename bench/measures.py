"""The measures: each is a function from a stage to lines of the table, beside its reference and its goal."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from statistics import median
from time import perf_counter
from urllib.request import urlopen

from bench import load
from bench.stage import Stage, memory
from tests import factories
from tourpaca import create_app

ENGINES = ("sqlite", "pg")
ROUNDS, SECONDS, CLIENTS = 3, 2.0, 8
ETAPE = f"/tours/{factories.TOUR}/etapes/nice"


@dataclass(frozen=True)
class Line:
    """One line of the table; `ratio` is None where the figure stands by itself."""

    job: str
    reached: str
    reference: str
    ratio: float | None
    goal: str
    kept: bool


Measure = Callable[[Stage], Iterator[Line]]
MEASURES: dict[str, Measure] = {}


def measure(function: Measure) -> Measure:
    """Enter a function among the measures, under its own name."""
    MEASURES[function.__name__] = function
    return function


def fill(url: str) -> None:
    """Put the tour of the acceptance stories into a base."""
    app = create_app({"SQLALCHEMY_DATABASE_URI": url, "SECRET_KEY": "s" * 40})
    with app.app_context():
        factories.tour_paca()


def rate(url: str, path: str, **headers: str) -> float:
    """Answers a second to one GET; any answer but 200 or 304 is a fault."""
    result = load.run(url, repeat(load.get(url + path, **headers)), CLIENTS, SECONDS)
    if set(result.statuses) - {200, 304}:
        raise RuntimeError(f"{path} answered {dict(result.statuses)}")
    return result.rate


def beside(reference: Callable[[], float], measured: Callable[[], float]) -> tuple[float, float, float]:
    """Take both in turn, round after round; return the medians of each, and of their ratios."""
    pairs = [(reference(), measured()) for _ in range(ROUNDS)]
    firsts, seconds = zip(*pairs, strict=True)
    return median(firsts), median(seconds), median(second / first for first, second in pairs)


@measure
def etape_page(stage: Stage) -> Iterator[Line]:
    """The étape page in its Flask view, plain and unchanged (304), against a bare Flask page."""
    bare_url = stage.reference(workers=2).url
    for engine, goal in zip(ENGINES, (0.7, 0.4), strict=True):
        base = stage.base(engine)
        fill(base)
        url = stage.house(base, workers=2).url
        with urlopen(url + ETAPE) as answer:
            tag = answer.headers["ETag"]
        for job, headers in (("page d’étape", {}), ("page d’étape, 304", {"If_None_Match": tag})):
            bare, found, ratio = beside(
                partial(rate, bare_url, "/bare"), partial(rate, url, ETAPE, **headers)
            )
            figures = f"{found:,.0f}/s", f"{bare:,.0f}/s"
            yield Line(f"{job}, {engine}", *figures, ratio, f"≥ {goal}", ratio >= goal)


@measure
def start(stage: Stage) -> Iterator[Line]:
    """From nothing to the first answer, and the memory held at rest, with one worker.

    The first start compiles the files of the house, as an installation does once; it is not counted.
    """
    base = stage.base("sqlite")
    fill(base)
    seconds, held = [], 0.0
    for _ in range(ROUNDS + 1):
        begun = perf_counter()
        server = stage.house(base)
        urlopen(server.url + "/livez").close()
        seconds.append(perf_counter() - begun)
        held = memory(server)
        server.stop()
    found = median(seconds[1:])
    yield Line("départ à froid", f"{found:.2f} s", "–", None, "≤ 0.5 s", found <= 0.5)
    yield Line("mémoire au repos", f"{held:.0f} Mo", "–", None, "≤ 100 Mo", held <= 100)
