"""smtplib made punctual: a whole exchange ends by its deadline, even with a server that drips one byte at a time."""

import io
import smtplib
import socket
from time import monotonic
from typing import Any

from tourpaca.mail import names


class _Ear(io.RawIOBase):
    """What the server says, read until the deadline of its line; smtplib alone gives each byte the whole time again."""

    def __init__(self, line: "Punctual") -> None:
        self._line = line

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._line.in_time().recv_into(buffer)


class Punctual(smtplib.SMTP):
    """A conversation in which opening, each letter and the leave end in time, or raise `TimeoutError`."""

    def __init__(self, server: str, port: int, here: str, seconds: float, **secured: Any) -> None:
        self.begin(seconds)
        super().__init__(server, port, here, timeout=seconds, **secured)

    def begin(self, seconds: float) -> None:
        """Give what follows so many seconds in all."""
        self._deadline = monotonic() + seconds

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        """Find the server and connect in time: each of its addresses has its share of what is left of `timeout`."""
        found = names.addresses(host, port, self._left())
        for others, address in zip(reversed(range(len(found))), found, strict=True):
            try:
                return super()._get_socket(address, port, self._left() / (others + 1))  # type: ignore[misc]
            except OSError:
                if not others:
                    raise
        raise OSError("the server has no address")

    def _left(self) -> float:
        left = self._deadline - monotonic()
        if left <= 0:
            raise TimeoutError("the server took too long")
        return left

    def in_time(self) -> socket.socket:
        """Return the socket with the time that is left, or raise `TimeoutError`."""
        if self.sock is None:
            raise TimeoutError("the server has left")
        self.sock.settimeout(self._left())
        return self.sock

    def send(self, s: Any) -> None:
        """Send within the time that is left."""
        if self.sock:
            self.in_time()
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        """Return a whole answer, all its lines, within the time that is left."""
        if self.file is None and self.sock:
            self.file = io.BufferedReader(_Ear(self))
        return super().getreply()


class PunctualSSL(Punctual, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""
