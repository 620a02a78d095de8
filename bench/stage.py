"""Where measures are taken: fresh bases on the disk, the house and the references behind the same server."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psutil

from tests import engines, postgres, serving
from tests.serving import Server

NOW = "2017-12-01T10:00"


@dataclass
class Stage:
    """Hands out bases and servers; everything stops and disappears with it."""

    folder: Path
    resources: ExitStack
    numbers: Iterator[int]

    def base(self, engine: str) -> str:
        """The address of a fresh migrated base on `sqlite` or `pg`, its files on the disk."""
        name = f"bench_{next(self.numbers)}"
        url = f"sqlite:///{self.folder / name}.sqlite"
        if engine == "pg":
            made = self.resources.enter_context(postgres.temporary(postgres.admin_url(), name))
            url = made.render_as_string(hide_password=False)
        engines.migrate(url)
        return url

    def house(self, url: str, workers: int = 1, threads: int = 4, application: str = "app:app") -> Server:
        """The house on a base; `bench.checked:app` is the house with a reference beside its own pages."""
        return self._keep(
            serving.start(url, workers, threads, application, False, TOURPACA_NOW=NOW, **self._compiled)
        )

    def reference(self, workers: int = 1, threads: int = 4) -> Server:
        """The bare pages, behind the same server with the same settings."""
        return self._keep(serving.start("sqlite://", workers, threads, "bench.reference:app", False))

    @property
    def _compiled(self) -> dict[str, str]:
        """Keep compiled files as any installation does, whatever the shell that measures says."""
        return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(self.folder / "compiled")}

    def _keep(self, server: Server) -> Server:
        self.resources.callback(server.stop)
        return server


@contextmanager
def stage() -> Iterator[Stage]:
    """Open a stage for one run."""
    with tempfile.TemporaryDirectory(prefix="tourpaca-bench-") as folder, ExitStack() as resources:
        postgres.choose_directory(in_memory=False)
        resources.callback(postgres.remove_directory)
        yield Stage(Path(folder), resources, count(1))


def memory(server: Server) -> float:
    """Megabytes held by a server and its workers, what they share counted once (PSS)."""
    parent = psutil.Process(server.process.pid)
    family = [parent, *parent.children(recursive=True)]
    return sum(process.memory_full_info().pss for process in family) / 1_000_000
