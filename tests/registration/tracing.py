"""A small strace for Linux: runs a server that answers alone and prints its syncs, writes and answers in order.

`python -m tests.registration.tracing DATABASE_URL` prints "port N", then one line a system call: "write base",
"sync base" (the file of the database or its log), "answer 303". Nothing to install: the kernel tells (ptrace(2)).
"""

import ctypes
import os
import platform
import signal
import struct
import sys
from pathlib import Path

TRACEME, SYSCALL, SETOPTIONS, SYSCALL_INFO = 0, 24, 0x4200, 0x420E
SYSGOOD_AND_EXITKILL = 0x1 | 0x100000
WRITES, SYNCS = {
    "x86_64": ({1: "write", 18: "pwrite64", 20: "writev", 44: "sendto"}, {74: "fsync", 75: "fdatasync"}),
    "aarch64": ({64: "write", 68: "pwrite64", 66: "writev", 206: "sendto"}, {82: "fsync", 83: "fdatasync"}),
}[platform.machine()]
ENTRY, EXIT = 1, 2
SERVER = """
import sys
from wsgiref.simple_server import make_server
from app import app
from tests.inspecting import NOW
app.config["NOW"] = NOW
server = make_server("127.0.0.1", 0, app)
print("port", server.server_port, flush=True)
server.serve_forever()
"""
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p]


def _start(database_url: str) -> int:
    """Start the server stopped at its first instruction, and return its process."""
    child = os.fork()
    if child == 0:
        libc.ptrace(TRACEME, 0, None, None)
        os.environ["TOURPACA_DATABASE_URL"] = database_url
        os.execv(sys.executable, [sys.executable, "-c", SERVER])
    os.waitpid(child, 0)
    libc.ptrace(SETOPTIONS, child, None, SYSGOOD_AND_EXITKILL)
    return child


def _stop_info(process: int) -> tuple[int, tuple[int, ...]]:
    """Return ENTRY with (number, arguments…), or EXIT with (result,)."""
    buffer = ctypes.create_string_buffer(88)
    libc.ptrace(SYSCALL_INFO, process, ctypes.c_void_p(len(buffer)), buffer)
    kind = buffer.raw[0]
    return kind, struct.unpack_from("<7Q" if kind == ENTRY else "<q", buffer, 24)


def _said(process: int, number: int, arguments: tuple[int, ...]) -> str:
    """Return the line of a system call that has just succeeded, or nothing."""
    target = Path(f"/proc/{process}/fd/{arguments[0]}")
    file = os.readlink(target) if target.is_symlink() else ""
    of_base = ".sqlite" in file and not file.endswith(("-shm", ".lock"))
    if number in SYNCS:
        return "sync base" if of_base else ""
    if of_base:
        return "write base"
    return _answer(process, arguments[1]) if file.startswith("socket:") else ""


def _answer(process: int, address: int) -> str:
    with Path(f"/proc/{process}/mem").open("rb") as memory:
        memory.seek(address)
        start = memory.read(12)
    return f"answer {start[9:].decode()}" if start.startswith(b"HTTP/1.") else ""


def follow(process: int) -> None:
    """Let the server run from one system call to the next until it ends."""
    call: tuple[int, ...] = (0,)
    passed_on = 0
    while True:
        libc.ptrace(SYSCALL, process, None, passed_on)
        _, status = os.waitpid(process, 0)
        if not os.WIFSTOPPED(status):
            return
        number, passed_on = os.WSTOPSIG(status), 0
        if number != signal.SIGTRAP | 0x80:
            passed_on = number
            continue
        kind, facts = _stop_info(process)
        if kind == ENTRY:
            call = facts
        elif kind == EXIT and facts[0] >= 0 and call[0] in WRITES | SYNCS:
            line = _said(process, call[0], call[1:])
            if line:
                sys.stdout.write(f"{line}\n")
                sys.stdout.flush()


if __name__ == "__main__":
    follow(_start(sys.argv[1]))
