"""A mail server that accepts and forgets, in a process of its own: `python -m bench.sink [pipelining]`."""

import socketserver
import sys

PLAIN, PIPELINED = "plain", "pipelining"


class Handler(socketserver.StreamRequestHandler):
    """Answers as a relay does, as fast as Python can, so that it is not what is measured."""

    wbufsize = -1
    disable_nagle_algorithm = True
    offers = b"250 8BITMIME\r\n"

    def handle(self) -> None:
        """Serve one connection."""
        self.say(b"220 sink ESMTP\r\n")
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"EHLO":
                self.say(b"250-sink\r\n" + self.offers)
            elif word == b"DATA":
                self.say(b"354 go\r\n")
                while self.rfile.readline() != b".\r\n":
                    pass
                self.say(b"250 2.0.0 received\r\n")
            elif word == b"QUIT":
                return self.say(b"221 bye\r\n")
            else:
                self.say(b"250 ok\r\n")

    def say(self, answer: bytes) -> None:
        """Send one answer at once."""
        self.wfile.write(answer)
        self.wfile.flush()


def main(mode: str) -> None:
    """Listen on a free loopback port and print it."""
    if mode == PIPELINED:
        Handler.offers = b"250-PIPELINING\r\n250 8BITMIME\r\n"
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else PLAIN)
