"""A real Postfix that discards what it took, in a folder of its own on loopback, where it is installed and for root."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import sink

POSTFIX = shutil.which("postfix", path=f"{os.environ['PATH']}:/usr/sbin")
MODEL = Path("/usr/share/postfix/master.cf.dist")
MAIN = """compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
shlib_directory = /usr/lib/postfix
meta_directory = /etc/postfix
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
myhostname = localhost.localdomain
mydestination =
alias_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
disable_dns_lookups = yes
default_transport = discard:
relay_transport = discard:
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_client_connection_rate_limit = 0
"""


def is_here() -> bool:
    """Tell whether a Postfix of ours can be started."""
    return bool(POSTFIX) and MODEL.exists() and os.geteuid() == 0


@contextmanager
def running() -> Iterator[int]:
    """Yield the port where it listens; it is stopped and its folder removed after the block."""
    with tempfile.TemporaryDirectory(prefix="tourpaca-postfix-", dir="/var/tmp") as name:
        folder, port = Path(name), sink.free_port()
        _furnish(folder, port)
        _say(folder, "start")
        try:
            sink.wait_for(port)
            yield port
        finally:
            _say(folder, "stop")


def _furnish(folder: Path, port: int) -> None:
    folder.chmod(0o755)  # its daemons run as another user
    for part in ("etc", "queue", "data"):
        (folder / part).mkdir()
    shutil.chown(folder / "data", "postfix")
    (folder / "etc" / "main.cf").write_text(MAIN.format(folder=folder))
    services = (line.split() for line in MODEL.read_text().splitlines() if line[:1].strip(" #\t"))
    (folder / "etc" / "master.cf").write_text("".join(_service(*each, port=port) for each in services))


def _service(name: str, kind: str, *rest: str, port: int) -> str:
    """Return one line of master.cf, out of any chroot; the one for the network on our port."""
    private, unprivileged, _, *others = rest
    where = f"127.0.0.1:{port}" if name == "smtp" and kind == "inet" else name
    return " ".join((where, kind, private, unprivileged, "n", *others)) + "\n"


def _say(folder: Path, command: str) -> None:
    subprocess.run([str(POSTFIX), "-c", str(folder / "etc"), command], check=True, capture_output=True)
