"""The figures of the users' own tour, counted from their presences, on both engines."""

from flask import Flask
from sqlalchemy import update

from tests import factories, seed
from tests.fiches import compiled
from tourpaca.db import session, transaction
from tourpaca.fiches import chiffres_cles, figures
from tourpaca.fiches.chiffres_cles import ChiffresCles
from tourpaca.organisations.attachment import recognise
from tourpaca.organisations.models import Organisation
from tourpaca.registration.models import Dossier
from tourpaca.tour import queries as tours


def live() -> dict[int, ChiffresCles]:
    """The chiffres clés of the tour by the order numbers of its thématiques."""
    session().rollback()
    tour = tours.tour(factories.TOUR)
    ordres = {theme.id: theme.ordre for theme in tour.thematiques}
    return {ordres[n]: found for n, found in figures.of_tour(tour.id, list(ordres)).items()}


def test_us09_t01_t02_the_eight_results_of_the_source_come_out_exactly(app: Flask) -> None:
    with app.app_context():
        compiled.tour_held()
        found = live()
        numbers = [(f.ateliers, f.participants, f.organisations) for f in found.values()]
        assert numbers == seed.FIGURES
        everything = chiffres_cles.totals(found.values())
        assert (everything.ateliers, everything.participations, everything.organisations) == seed.TOTALS
        assert [set(f.names) for f in found.values()] == [set(names) for names in seed.repaired_lists()]
        assert all(list(f.names) == sorted(f.names, key=seed.sorting) for f in found.values())


def test_t01_a_cancelled_atelier_takes_its_presences_out(app: Flask) -> None:
    with app.app_context():
        compiled.tour_held()
        compiled.cancel((1, 5))
        assert (live()[5].ateliers, live()[5].participants) == (2, 28)


def test_us08_the_event_and_those_who_animate_change_no_fiche(app: Flask) -> None:
    with app.app_context():
        compiled.tour_held()
        places = compiled.ateliers()
        event = tours.etape(factories.TOUR, "bouches-du-rhone")
        compiled.come(event.id, [event.ateliers[0].id], None, "Guest")
        compiled.come(places[1, 5][1], [places[1, 5][0]], None, "Facilitator", role="animation")
        assert chiffres_cles.totals(live().values()).participations == 203


def test_t10_who_asked_not_to_be_named_counts_and_is_not_listed(app: Flask) -> None:
    with app.app_context():
        compiled.tour_held()
        with transaction() as current:
            casden = recognise(current, "Casden", factories.EARLIER)
            chorum = recognise(current, "Chorum", factories.EARLIER)
            current.execute(update(Organisation).where(Organisation.id == casden).values(cited=False))
            current.execute(update(Dossier).where(Dossier.organisation_id == chorum).values(cited=False))
        found = live()
        assert (found[5].organisations, len(found[5].names)) == (28, 27)
        assert (found[6].organisations, len(found[6].names)) == (13, 12)


def test_t02_somebody_alone_counts_and_linked_spellings_count_once(app: Flask) -> None:
    with app.app_context():
        factories.tour_paca()
        atelier, etape = compiled.ateliers()[1, 1]
        with transaction() as current:
            one, other = (recognise(current, name, factories.EARLIER) for name in ("ABI06", "ABIO6"))
            current.execute(update(Organisation).where(Organisation.id == other).values(root_id=one))
        for number, body in enumerate((one, other, None)):
            compiled.come(etape, [atelier], body, f"P{number}")
        assert live()[1] == ChiffresCles(1, 3, 1, ("ABI06",))
