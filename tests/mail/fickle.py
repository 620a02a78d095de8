"""A mail server on a bad day: greylists, hangs up, loses its own answers, takes its time; it keeps what it accepts."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

import pytest

from tests.mail.relay import HANG_UP, LOST, Relay, serving

LATER, DROPPED, SLOW, TOO_LATE, KEPT = "451 4.3.0 later", HANG_UP, "slow", "too late", "250 2.0.0 kept"
# What happens at the end of a letter to 5, 3, 1, 1 and 1 of a hundred, added up.
FAULTS = ((LATER, 5), (LOST, 8), (DROPPED, 9), (SLOW, 10), (TOO_LATE, 11))
FULL = 2  # recipients of a hundred that are refused for now
LIMIT = 11  # seconds: longer than any sender waits


@dataclass
class Fickle(Relay):
    """Its faults are drawn by chance; `unheard` counts the letters it kept and whose sender could not know it.

    Every other connection is offered PIPELINING; each letter takes `pace` seconds. Unless `patient`, none is late;
    on a `fair` day nothing goes wrong.
    """

    chance: Random = field(default_factory=lambda: Random(5))
    pace: float = 0.0
    fair: bool = False
    patient: bool = True
    unheard: int = 0

    def greet(self) -> str:
        """What EHLO is answered."""
        self.offers = ("PIPELINING",) if self.connections % 2 else ("8BITMIME",)
        return super().greet()

    def answer(self, line: str, default: str = "250 ok") -> str:
        """What is said to a line; the end of a letter is where most goes wrong."""
        if line == "END":
            return self._end()
        full = line.startswith("RCPT") and not self.fair and self.chance.randrange(100) < FULL
        return "450 4.2.2 full" if full else super().answer(line, default)

    def _end(self) -> str:
        number = 100 if self.fair else self.chance.randrange(100)
        fault = next((each for each, until in FAULTS if number < until), KEPT)
        late = fault == TOO_LATE and self.patient
        self.unheard += late or fault == LOST
        slow = fault in (SLOW, TOO_LATE)
        self.closing.wait(LIMIT if late else 1 if slow else self.pace)
        return KEPT if slow else fault

    def copies(self) -> dict[str, set[bytes]]:
        """Return what came under each Message-ID."""
        found: dict[str, set[bytes]] = defaultdict(set)
        for letter in list(self.letters):
            found[letter.message["Message-ID"]].add(letter.content)
        return found


@pytest.fixture
def fickle() -> Iterator[Fickle]:
    """Such a server of this test's own."""
    with serving(Fickle()) as told:
        yield told
