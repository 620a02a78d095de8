"""Which bodies a new name might be: proposed to the team, never decided (domain §5.1)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tourpaca.organisations import identifiers, queries, resemblance
from tourpaca.organisations.models import Organisation
from tourpaca.organisations.resemblance import SAME_NAME, Form, Likeness

MOST = 3
Pair = Callable[[int, int], bool]


@dataclass(frozen=True)
class Proposal:
    """A body that a new name might be, and why; less likely when both came `together` to one atelier."""

    body: Organisation
    why: str
    together: bool


def of(names: Sequence[Organisation], printed_together: Pair, met: Pair) -> dict[int, list[Proposal]]:
    """Return at most three proposals for each name, the likeliest first.

    `printed_together` tells of two bodies that a published fiche lists side by side: they are two, unless they bear
    one name, since homonyms nobody has decided of are printed beside each other too. `met` tells of two that came to
    one atelier: two colleagues may have written two spellings, so it only ranks lower.
    """
    forms = _forms()
    ranked = {row.id: _ranked(row.id, forms, printed_together, met) for row in names}
    bodies = queries.bodies([number for found in ranked.values() for *_, number in found])
    return {
        row.id: [
            Proposal(bodies[number], like.why, together)
            for together, like, number in ranked[row.id]
            if not identifiers.contradict(row.identifiers, bodies[number].identifiers)
        ][:MOST]
        for row in names
    }


def _ranked(
    name: int, forms: dict[int, list[Form]], printed_together: Pair, met: Pair
) -> list[tuple[bool, Likeness, int]]:
    alike = _alike(forms.get(name, []), ((number, each) for number, each in forms.items() if number != name))
    return sorted(
        (met(name, number), like, number)
        for like, number in alike
        if like.reason == SAME_NAME or not printed_together(name, number)
    )


def _alike(ours: list[Form], others: Iterable[tuple[int, list[Form]]]) -> list[tuple[Likeness, int]]:
    compared = ((resemblance.likeness(ours, theirs), number) for number, theirs in others)
    return [(like, number) for like, number in compared if like is not None]


def _forms() -> dict[int, list[Form]]:
    found: dict[int, list[Form]] = defaultdict(list)
    for number, text in queries.every_spelling():
        found[number].append(resemblance.form(text))
    return found
