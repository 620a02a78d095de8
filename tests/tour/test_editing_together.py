"""Two organisers who edit the same thing at the same moment lose nothing (test R22)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Barrier, Thread

import pytest
from flask import Flask

from tests.tour.conftest import ACT
from tourpaca.db import session, transaction
from tourpaca.refusal import Stale
from tourpaca.registration import limits
from tourpaca.tour.actions import tours
from tourpaca.tour.facts import AtelierFacts, Edited, EtapeFacts, TourFacts
from tourpaca.tour.models import Atelier, Etape, Tour

Save = Callable[[int, int, str], object]


def _guarded(etape_id: int, version: int, text: str) -> None:
    etape = session().get_one(Etape, etape_id)
    limits.edit_etape(
        ACT, etape_id, version, EtapeFacts(etape.day, etape.departement, etape.town, venue=text)
    )


def _unguarded(etape_id: int, _version: int, text: str) -> None:
    with transaction() as writing:
        writing.get_one(Etape, etape_id).venue = text


@dataclass
class Pairs:
    """Two organisers who open the same page, then both save: what each was told, pair by pair."""

    app: Flask
    etape_id: int
    save: Save
    count: int = 50
    told: dict[tuple[str, int], str] = field(default_factory=dict)

    def run(self) -> None:
        together = Barrier(2)
        people = [Thread(target=self._organiser, args=(name, together)) for name in ("Alix", "Noa")]
        for person in people:
            person.start()
        for person in people:
            person.join()

    def _organiser(self, name: str, together: Barrier) -> None:
        with self.app.app_context():
            for pair in range(self.count):
                session().rollback()
                version = session().get_one(Etape, self.etape_id, populate_existing=True).version
                together.wait()
                self.told[name, pair] = self._outcome(version, f"{name} {pair}")
                together.wait()

    def _outcome(self, version: int, text: str) -> str:
        try:
            self.save(self.etape_id, version, text)
        except Stale as stale:
            return str(stale.theirs["venue"])
        return "saved"

    @property
    def overwritten_silently(self) -> int:
        """Pairs in which both were told that their text is saved: the first one's is gone."""
        return sum(self.told["Alix", pair] == self.told["Noa", pair] == "saved" for pair in range(self.count))


@pytest.mark.parametrize("count", [50, pytest.param(200, marks=pytest.mark.soak)])
def test_r22_of_many_pairs_none_overwrites_silently(house: Flask, tour: Tour, count: int) -> None:
    pairs = Pairs(house, tour.etapes[0].id, _guarded, count)
    pairs.run()
    assert pairs.overwritten_silently == 0
    for pair in range(count):
        both = {name: pairs.told[name, pair] for name in ("Alix", "Noa")}
        (winner,) = [name for name, told in both.items() if told == "saved"]
        (loser,) = [name for name in both if name != winner]
        assert both[loser] == f"{winner} {pair}"
    session().rollback()
    assert session().get_one(Etape, tour.etapes[0].id, populate_existing=True).version == count + 1


def test_r22_control_without_the_version_every_pair_overwrites(house: Flask, tour: Tour) -> None:
    pairs = Pairs(house, tour.etapes[0].id, _unguarded)
    pairs.run()
    assert pairs.overwritten_silently == pairs.count


def test_r22_a_page_of_several_rows_saves_all_or_none(tour: Tour) -> None:
    etape = tour.etapes[0]
    first, second = etape.ateliers[:2]

    def room(atelier: Atelier, name: str) -> Edited[AtelierFacts]:
        return Edited(atelier.id, 1, AtelierFacts(atelier.creneau_id, room=name, capacity=14, minimum=4))

    rows = room(first, "Mistral"), room(second, "Garrigue")
    limits.save_ateliers(ACT, etape.id, [room(second, "Calanque")])
    with pytest.raises(Stale) as stale:
        limits.save_ateliers(ACT, etape.id, rows)
    assert stale.value.theirs[str(second.id)]["room"] == "Calanque"  # type: ignore[index]
    assert str(first.id) not in stale.value.theirs
    assert session().get_one(Atelier, first.id, populate_existing=True).room == ""


def test_r22_settings_of_a_tour_are_guarded_too(tour: Tour) -> None:
    tours.edit(ACT, tour.id, 1, TourFacts(name="Le nom d’Alix", organiser_name="Chambre d’essai"))
    with pytest.raises(Stale) as stale:
        tours.edit(ACT, tour.id, 1, TourFacts(name="Le nom de Noa", organiser_name="Chambre d’essai"))
    assert stale.value.theirs["name"] == "Le nom d’Alix"
    assert stale.value.theirs["version"] == 2
