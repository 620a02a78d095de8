"""The chiffres clés of a fiche: what they are, how they are counted, and the one sentence that says them; pure.

An atelier is *organisé* when somebody counted was present and it was not cancelled. A participation is one person in
one atelier. An organisation counts once a thématique, at the end of its chain of links; people without organisation
count and are not listed; an organisation that asked not to be named counts and is not listed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tourpaca.french import NBSP, number
from tourpaca.organisations import rules as names

# The word for those who came: one, several (domain §16). A tour chooses; anything else is said as it is written.
FORMS = {
    "participant.e.s": ("participant.e", "participant.e.s"),
    "participant·es": ("participant·e", "participant·es"),
    "participantes et participants": ("participante ou participant", "participantes et participants"),
    "personnes présentes": ("personne présente", "personnes présentes"),
}


@dataclass(frozen=True)
class Body:
    """The organisation that a presence counts for, under the name it bears in this tour."""

    root_id: int
    name: str
    cited: bool = True


@dataclass(frozen=True)
class Facts:
    """What the presences say, thématique by thématique, already counted by the database.

    By thématique: how many presences, how many ateliers held, and which organisations came.
    """

    participants: Mapping[int, int]
    ateliers: Mapping[int, int]
    organisations: Mapping[int, Sequence[int]]
    bodies: Mapping[int, Body]


@dataclass(frozen=True)
class ChiffresCles:
    """The three numbers of a fiche, and the organisations it names, sorted."""

    ateliers: int = 0
    participants: int = 0
    organisations: int = 0
    names: tuple[str, ...] = ()
    roots: frozenset[int] = field(default=frozenset(), compare=False)


@dataclass(frozen=True)
class Totals:
    """The three numbers of a tour: ateliers held, participations, distinct organisations."""

    ateliers: int
    participations: int
    organisations: int


def compile_all(thematiques: Iterable[int], facts: Facts) -> dict[int, ChiffresCles]:
    """Return the chiffres clés of each thématique, zeros included."""
    listed = _listed(facts)
    return {thematique: _one(thematique, facts, listed) for thematique in thematiques}


def _one(thematique: int, facts: Facts, listed: Sequence[tuple[int, str]]) -> ChiffresCles:
    roots = frozenset(facts.bodies[one].root_id for one in facts.organisations.get(thematique, ()))
    return ChiffresCles(
        facts.ateliers.get(thematique, 0),
        facts.participants.get(thematique, 0),
        len(roots),
        tuple(name for root, name in listed if root in roots),
        roots,
    )


def _listed(facts: Facts) -> list[tuple[int, str]]:
    """Return the bodies that may be named, in the order of every list: the normalised key, articles ignored.

    The one place where an organisation that asked not to be named leaves the lists, whatever spelling it used.
    """
    bodies = [facts.bodies[one] for one in set().union(*facts.organisations.values())]
    silent = {body.root_id for body in bodies if not body.cited}
    named = {body.root_id: body.name for body in bodies if body.root_id not in silent}
    return sorted(named.items(), key=lambda item: (names.key(item[1]), item[1], item[0]))


def totals(figures: Iterable[ChiffresCles]) -> Totals:
    """Return the numbers of the whole tour; an organisation present in several fiches counts once."""
    every = list(figures)
    bodies = frozenset().union(*(one.roots for one in every))
    return Totals(sum(one.ateliers for one in every), sum(one.participants for one in every), len(bodies))


def word(count: int, form: str) -> str:
    """Return the word for that many people present, in the inclusive form; singular below two."""
    singular, plural = FORMS.get(form, (form, form))
    return singular if count < 2 else plural


def opening(ateliers: int, participants: int, form: str) -> str:
    """Return "3 ateliers organisés, 42 participant.e.s"."""
    held = "atelier organisé" if ateliers < 2 else "ateliers organisés"
    return f"{number(ateliers)} {held}, {number(participants)} {word(participants, form)}"


def phrase(figures: ChiffresCles, form: str) -> str:
    """Return the sentence of a fiche: U+00A0 before the colon, names joined by commas, no final dot (domain §7)."""
    begins = opening(figures.ateliers, figures.participants, form)
    return f"{begins}{NBSP}: {', '.join(figures.names)}" if figures.names else begins
