"""What every test finds ready: databases on both engines, the application, clients, servers, a browser, no network."""

import ipaddress
import os
import socket
from typing import Any

import pytest
from hypothesis import settings

from tests import compiled_templates, postgres

# A property says what is true, not how fast: a deadline would fail on a busy machine.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

# In this order: a file must be known to pytest before another imports it.
pytest_plugins = [
    "tests.engines",
    "tests.lending",
    "tests.posting",
    "tests.serving",
    "tests.browsing",
    "tests.signing",
    "tests.mail.relay",
    "tests.mail.fickle",
    "tests.mail.workers",
]


def pytest_configure(config: pytest.Config) -> None:
    """Forget the developer's own settings; the session's controller chooses where PostgreSQL and templates live."""
    for name in [name for name in os.environ if name.startswith("TOURPACA_") and "_TEST_" not in name]:
        del os.environ[name]
    if not hasattr(config, "workerinput"):
        postgres.choose_directory()
        compiled_templates.choose_directory()
    compiled_templates.use()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The controller stops the session's PostgreSQL and tidies up, whatever became of the workers."""
    if not hasattr(config, "workerinput"):
        postgres.remove_directory()
        compiled_templates.remove_directory()


def _is_here(address: Any) -> bool:
    host = address[0]
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that reaches for another machine fails, whatever library does it."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_here(address):
            raise RuntimeError(f"a test reaches for the network: {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
