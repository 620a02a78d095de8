"""A small IMAP server for the tests: one mailbox, the few commands that reading it takes, and what it was told."""

import re
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

PASSWORD = "celui-de-la-boite"


@dataclass
class Box:
    """The messages of a mailbox; `seen` those that were marked, `on_seen` called at each mark."""

    messages: list[bytes]
    seen: set[int] = field(default_factory=set)
    on_seen: Callable[[int], None] = lambda number: None
    port: int = 0

    @property
    def url(self) -> str:
        """The address that the settings give."""
        return f"imap://retours@127.0.0.1:{self.port}/INBOX"


class _Talk(socketserver.StreamRequestHandler):
    """One conversation; the mailbox is the server's."""

    def handle(self) -> None:
        self._say("* OK ready")
        while line := self.rfile.readline().decode().strip():
            tag, _, command = line.partition(" ")
            word = (command.split(" ")[0] if not command.startswith("UID") else command.split(" ")[1]).lower()
            status = getattr(self, f"_{word}")(command) or "OK"
            self._say(f"{tag} {status} done")
            if word == "logout":
                return

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    @property
    def _box(self) -> Box:
        return self.server.box  # type: ignore[attr-defined,no-any-return]

    def _capability(self, command: str) -> None:
        self._say("* CAPABILITY IMAP4rev1")

    def _login(self, command: str) -> str | None:
        return None if PASSWORD in command else "NO"

    def _select(self, command: str) -> str | None:
        self._say(f"* {len(self._box.messages)} EXISTS")
        return None if "INBOX" in command else "NO"

    def _search(self, command: str) -> None:
        unseen = [str(n) for n in range(1, len(self._box.messages) + 1) if n not in self._box.seen]
        self._say(f"* SEARCH {' '.join(unseen)}".strip())

    def _fetch(self, command: str) -> None:
        number, limit = map(int, re.findall(r"FETCH (\d+) .*<0\.(\d+)>", command)[0])
        content = self._box.messages[number - 1][:limit]
        self.wfile.write(f"* {number} FETCH (UID {number} BODY[]<0> {{{len(content)}}}\r\n".encode())
        self.wfile.write(content + b")\r\n")

    def _store(self, command: str) -> None:
        number = int(command.split(" ")[2])
        self._box.on_seen(number)
        self._box.seen.add(number)

    def _logout(self, command: str) -> None:
        self._say("* BYE")


@contextmanager
def serving(box: Box) -> Iterator[Box]:
    """Serve a mailbox while the block runs."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Talk) as server:
        server.daemon_threads = True
        server.box = box  # type: ignore[attr-defined]
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield box
        server.shutdown()
        thread.join()
