"""How fast the page of an étape is, against a bare Flask page of the same process: `python -m bench.page`.

Each round measures both, one after the other; the ratio of a round is what is reported (median of the rounds).
"""

import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from urllib.parse import urlsplit

import flask_migrate

from tests import factories, postgres, serving
from tourpaca import create_app
from tourpaca.db import db

PAGE, BARE = "/tours/tour-paca/etapes/nice", "/nu"
ROUNDS, SECONDS, CONNECTIONS = 5, 3, 8
NOW = "2017-12-01T10:00"


def main() -> None:
    """Print one line an engine."""
    print(
        f"page of an étape, granian 2 × 4, {CONNECTIONS} connections, {'wrk' if shutil.which('wrk') else 'Python'}"
    )
    with databases() as urls:
        for engine, url in urls.items():
            print(measure(engine, url))


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    """Give a filled database on each engine."""
    postgres.choose_directory()
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            postgres.temporary(postgres.admin_url(), "bench_page") as pg,
        ):
            urls = {
                "sqlite": f"sqlite:///{folder}/bench.sqlite",
                "postgresql": pg.render_as_string(hide_password=False),
            }
            for url in urls.values():
                fill(url)
            yield urls
    finally:
        postgres.remove_directory()


def fill(url: str) -> None:
    """Migrate and write the tour of the stories."""
    app = create_app({"SECRET_KEY": "s" * 40, "SQLALCHEMY_DATABASE_URI": url})
    with app.app_context():
        flask_migrate.upgrade()
        factories.tour_paca()
        db.session.remove()
        db.engine.dispose()


def measure(engine: str, url: str) -> str:
    """Return the rates and ratios of one engine, in words."""
    server = serving.start(url, workers=2, threads=4, application="bench.bare:app", TOURPACA_NOW=NOW)
    try:
        tag, size = look(server.url + PAGE)
        rounds = [
            (rate(server.url + BARE), rate(server.url + PAGE), rate(server.url + PAGE, tag))
            for _ in range(ROUNDS)
        ]
    finally:
        server.stop()
    bare, page, unchanged = (statistics.median(column) for column in zip(*rounds, strict=True))
    full = statistics.median(page / bare for bare, page, _ in rounds)
    known = statistics.median(unchanged / bare for bare, _, unchanged in rounds)
    return (
        f"{engine:10}  bare {bare:6.0f}/s   page {page:6.0f}/s = {full:.2f} × bare   "
        f"304 {unchanged:6.0f}/s = {known:.2f} ×   {size} bytes gzipped"
    )


def look(url: str) -> tuple[str, int]:
    """Return the tag of a page and its compressed size."""
    asked = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked, timeout=30) as answer:
        return answer.headers["ETag"], len(answer.read())


def rate(url: str, tag: str = "") -> float:
    """Return answers a second, by wrk where it is installed."""
    headers = {"Accept-Encoding": "gzip"} | ({"If-None-Match": tag} if tag else {})
    return by_wrk(url, headers) if shutil.which("wrk") else by_hand(url, headers)


def by_wrk(url: str, headers: dict[str, str]) -> float:
    """Ask with wrk, a client that costs little."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    said = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found, said
    return float(found[1])


def by_hand(url: str, headers: dict[str, str]) -> float:
    """Ask from threads of this process: slower, but the ratio still says which page costs more."""
    until, counts = time.monotonic() + SECONDS, []

    def ask() -> None:
        parts, count = urlsplit(url), 0
        connection = HTTPConnection(parts.hostname or "", parts.port)
        while time.monotonic() < until:
            connection.request("GET", parts.path, headers=headers)
            connection.getresponse().read()
            count += 1
        counts.append(count)

    threads = [threading.Thread(target=ask) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / SECONDS


if __name__ == "__main__":
    sys.exit(main())
