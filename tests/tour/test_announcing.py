"""Making a tour, its étapes, thématiques and ateliers from almost nothing (rows B01, B02, story US1)."""

from datetime import date, datetime, time

import pytest
from flask import Flask
from sqlalchemy import select

from tests import factories
from tests.racing import race
from tests.tour.conftest import ACT, somebody
from tourpaca.db import session, transaction
from tourpaca.journal import queries as journal
from tourpaca.refusal import Refused, Unknown
from tourpaca.registration import limits
from tourpaca.tour import checks, programme, queries, rules
from tourpaca.tour.actions import ateliers, creneaux, etapes, thematiques, tours
from tourpaca.tour.actions.ateliers import Cell
from tourpaca.tour.facts import (
    AtelierFacts,
    CreneauFacts,
    Edited,
    EtapeFacts,
    Move,
    ScheduleFacts,
    ThematiqueFacts,
    TourFacts,
)
from tourpaca.tour.models import CAPITALISATION, Atelier, Etape, Thematique, Tour

BARE = EtapeFacts(day=date(2018, 3, 29), departement="13")


def test_b01_us01_a_date_and_a_departement_are_enough(house: Flask) -> None:
    slug = tours.create(ACT, TourFacts(name="Tournée des tiers-lieux"))
    tour = queries.tour(slug)
    assert (slug, tour.published_at) == ("tournee-des-tiers-lieux", None)
    assert etapes.create(ACT, tour.id, BARE) == "bouches-du-rhone"
    etape = queries.etape(slug, "bouches-du-rhone")
    assert rules.heading(etape) == "jeudi 29\u00a0mars 2018 — Bouches-du-Rhône (lieu à préciser)"
    assert (etape.starts_at, etape.venue, etape.creneaux, etape.ateliers) == (None, "", [], [])


def test_b01_addresses_are_unique_and_never_a_page_of_the_team(house: Flask) -> None:
    names = [tours.create(ACT, TourFacts(name=name)) for name in ("Été", "été !", "Membres", "…")]
    assert names == ["ete", "ete-2", "membres-2", "tournee"]
    tour_id = queries.tour("ete").id
    assert [etapes.create(ACT, tour_id, BARE) for _ in range(2)] == ["bouches-du-rhone", "bouches-du-rhone-2"]
    town = EtapeFacts(day=BARE.day, departement="13", town="Nouvelle")
    assert etapes.create(ACT, tour_id, town) == "nouvelle-2"


def test_b01_an_event_of_capitalisation_has_its_only_atelier(tour: Tour) -> None:
    slug = etapes.create(ACT, tour.id, BARE, CAPITALISATION)
    etape = queries.etape(tour.slug, slug)
    assert [(len(c.ateliers), c.ateliers[0].thematique) for c in etape.creneaux] == [(1, None)]


def test_us01_publishing_shows_the_tour_and_withdrawing_hides_it(house: Flask) -> None:
    tour = queries.tour(tours.create(ACT, TourFacts(name="Tour")))
    with pytest.raises(Unknown):
        programme.published(tour.slug)
    tours.publish(ACT, tour.id, "Chambre d’essai")
    assert programme.published(tour.slug).published_at == ACT.now
    tours.unpublish(ACT, tour.id)
    with pytest.raises(Unknown):
        programme.published(tour.slug)


def test_d05_nobody_registers_without_knowing_who_keeps_their_data(house: Flask) -> None:
    """The controller is named in every letter and notice (GDPR, art. 13.1.a): not public before, not emptied after."""
    tour = queries.tour(tours.create(ACT, TourFacts(name="Tour")))
    with pytest.raises(Refused, match="qui organise"):
        tours.publish(ACT, tour.id)
    assert queries.tour(tour.slug).published_at is None
    tours.publish(ACT, tour.id, "Chambre d’essai")
    with pytest.raises(Refused, match="qui organise"):
        tours.edit(ACT, tour.id, queries.tour(tour.slug).version, TourFacts(name="Tour"))
    assert queries.tour(tour.slug).organiser_name == "Chambre d’essai"


def test_b02_a_title_changed_once_changes_at_every_date(tour: Tour) -> None:
    first = tour.thematiques[0]
    facts = ThematiqueFacts("Un titre neuf", first.short_title, "art. 3", 1)
    thematiques.save(ACT, tour.id, [Edited(first.id, 1, facts)])
    titles = {
        queries.etape(tour.slug, town).ateliers[0].thematique.title
        for town in ("marseille", "nice", "carpentras")
    }
    assert titles == {"Un titre neuf"}
    assert session().get_one(Thematique, first.id).slug == "gouvernance-democratique"


def orders(tour: Tour) -> tuple[list[str], list[str]]:
    """The thématiques in the order of the page, then those of the ateliers of Marseille in theirs."""
    session().expire_all()
    held = queries.etape(tour.slug, "marseille").ateliers
    return [t.slug for t in queries.tour(tour.slug).thematiques], [a.thematique.slug for a in held]


def test_b02_a_thematique_moved_takes_its_ateliers_along(tour: Tour) -> None:
    before, _ = orders(tour)
    ids = tuple(theme.id for theme in tour.thematiques)
    thematiques.save(ACT, tour.id, [], move=Move(ids[0], 1, ids))
    wanted = [before[1], before[0], *before[2:]]
    assert orders(tour) == (wanted, wanted)
    assert [theme.ordre for theme in queries.tour(tour.slug).thematiques] == list(range(1, 9))
    seen = (ids[1], ids[0], *ids[2:])
    for first, step in ((seen[0], -1), (seen[7], 1), (99, 1)):
        thematiques.save(ACT, tour.id, [], move=Move(first, step, seen))
    assert orders(tour)[0] == wanted
    assert len(journal.latest(tour.id)) == 1


def test_b02_two_who_move_the_same_list_are_not_both_right(tour: Tour) -> None:
    ids = tuple(theme.id for theme in tour.thematiques)
    thematiques.save(ACT, tour.id, [], move=Move(ids[0], 1, ids))
    after = orders(tour)
    title = Edited(ids[3], 1, ThematiqueFacts("Un titre en cours"))
    with pytest.raises(Refused, match="L’ordre des thématiques a changé"):
        thematiques.save(ACT, tour.id, [title], move=Move(ids[0], 1, ids))
    assert orders(tour) == after
    assert session().get_one(Thematique, ids[3]).title != "Un titre en cours"


def test_b02_race_of_two_who_move_one_thematique(app: Flask) -> None:
    with app.app_context():
        tour_id = factories.tour_paca().id
        ids = tuple(session().scalars(select(Thematique.id).order_by(Thematique.ordre)))
    given = race(app, lambda _: thematiques.save(ACT, tour_id, [], move=Move(ids[0], 1, ids)), 4)
    assert given.count(None) == 1
    assert sum(isinstance(each, Refused) for each in given) == 3


def test_b02_the_grid_makes_ateliers_and_the_creneaux_they_need(tour: Tour) -> None:
    slug = etapes.create(ACT, tour.id, EtapeFacts(day=date(2018, 3, 1), departement="83", town="Toulon"))
    etape_id = queries.etape(tour.slug, slug).id
    ticked = [Cell(etape_id, theme.id) for theme in tour.thematiques]
    ateliers.save_grid(ACT, tour.id, ticked, [])
    ateliers.save_grid(ACT, tour.id, ticked, [])
    made = queries.etape(tour.slug, slug)
    assert [[a.ordre for a in c.ateliers] for c in made.creneaux] == [[1, 2, 3, 4], [5, 6, 7, 8]]
    ateliers.save_grid(ACT, tour.id, [], ticked[:2])
    assert [a.ordre for a in queries.etape(tour.slug, slug).ateliers] == [3, 4, 5, 6, 7, 8]


def test_b02_an_atelier_where_somebody_registered_stays(tour: Tour) -> None:
    etape = tour.etapes[0]
    with transaction() as writing:
        somebody(writing, etape.ateliers[0], state="annulee")
    with pytest.raises(Refused, match="Marseille"):
        ateliers.save_grid(ACT, tour.id, [], [Cell(etape.id, theme.id) for theme in tour.thematiques])
    assert len(queries.etape(tour.slug, "marseille").ateliers) == 8
    with pytest.raises(Refused):
        etapes.remove(ACT, etape.id)
    moved = AtelierFacts(creneau_id=etape.creneaux[1].id, capacity=14, minimum=4)
    with pytest.raises(Refused):
        limits.save_ateliers(ACT, etape.id, [Edited(etape.ateliers[0].id, 1, moved)])


def test_b02_an_empty_atelier_moves_to_another_creneau(tour: Tour) -> None:
    etape = tour.etapes[0]
    atelier = etape.ateliers[0]
    moved = AtelierFacts(creneau_id=etape.creneaux[1].id, room="Mistral", capacity=14, minimum=4)
    limits.save_ateliers(ACT, etape.id, [Edited(atelier.id, 1, moved)])
    after = session().get_one(Atelier, atelier.id, populate_existing=True)
    assert (after.creneau_id, after.room, after.version) == (etape.creneaux[1].id, "Mistral", 2)


def test_b04_a_capacity_lowered_removes_nobody_and_says_so(tour: Tour) -> None:
    etape = tour.etapes[0]
    with transaction() as writing:
        writing.get_one(Atelier, etape.ateliers[0].id).taken = 12
        writing.get_one(Etape, etape.id).people = 12
    facts = AtelierFacts(creneau_id=etape.creneaux[0].id, capacity=10, minimum=4)
    told = limits.save_ateliers(ACT, etape.id, [Edited(etape.ateliers[0].id, 1, facts)])
    assert "12\u00a0personnes inscrites pour 10\u00a0places" in told[0]
    after = queries.etape(tour.slug, "marseille")
    assert rules.free_places(after.ateliers[0], after) == rules.Free(0, rules.TABLE)
    assert after.ateliers[0].taken == 12
    capped = EtapeFacts(day=etape.day, departement="13", town="Marseille", capacity=5)
    assert "l’étape" in limits.edit_etape(ACT, etape.id, 1, capped)[0]


def test_us01_hours_are_set_on_every_etape_at_once(tour: Tour) -> None:
    half_past_nine = ScheduleFacts(None, time(9, 30), None, None, None)
    etapes.save_schedules(ACT, tour.id, [Edited(e.id, 1, half_past_nine) for e in tour.etapes])
    event = queries.etape(tour.slug, "bouches-du-rhone")
    assert {etape.starts_at for etape in queries.etapes(tour.slug)} == {time(9, 30)}
    assert (event.creneaux[0].starts_at, event.creneaux[0].ends_at) == (time(9, 30), None)


def test_us01_creneaux_are_added_reordered_and_kept_in_order(tour: Tour) -> None:
    etape_id = queries.etape(tour.slug, etapes.create(ACT, tour.id, BARE)).id
    creneaux.save(
        ACT, etape_id, [], [CreneauFacts(time(9), time(10)), CreneauFacts(), CreneauFacts(time(11))]
    )
    first, second, third = queries.etape(tour.slug, "bouches-du-rhone-2").creneaux
    with pytest.raises(Refused, match="commence avant la fin"):
        creneaux.save(ACT, etape_id, [Edited(third.id, 1, CreneauFacts(time(9, 30)))], removed=[second.id])
    creneaux.save(ACT, etape_id, [], removed=[first.id])
    left = queries.etape(tour.slug, "bouches-du-rhone-2").creneaux
    assert [(c.id, c.ordre) for c in left] == [(second.id, 1), (third.id, 2)]


def test_us01_a_creneau_with_ateliers_is_not_removed(tour: Tour) -> None:
    etape = tour.etapes[0]
    with pytest.raises(Refused):
        creneaux.save(ACT, etape.id, [], removed=[etape.creneaux[0].id])
    assert len(queries.etape(tour.slug, "marseille").creneaux) == 2


def test_b01_an_etape_nobody_registered_for_can_be_removed(tour: Tour) -> None:
    etapes.remove(ACT, tour.etapes[0].id)
    assert [etape.slug for etape in queries.etapes(tour.slug)] == ["nice", "carpentras", "bouches-du-rhone"]


@pytest.mark.parametrize(
    "facts, field",
    [
        (EtapeFacts(None, "13"), "day"),
        (EtapeFacts(BARE.day, "999"), "departement"),
        (EtapeFacts(BARE.day, "13", starts_at=time(9), ends_at=time(8)), "ends_at"),
        (EtapeFacts(BARE.day, "13", ends_at=time(8)), "starts_at"),
        (EtapeFacts(BARE.day, "13", welcome_at=time(10), starts_at=time(9)), "welcome_at"),
        (EtapeFacts(BARE.day, "13", capacity=-1), "capacity"),
        (EtapeFacts(BARE.day, "13", contact_email="equipe"), "contact_email"),
        (EtapeFacts(BARE.day, "13", closes_at=datetime(2018, 3, 30)), "closes_at"),
        (EtapeFacts(BARE.day, "13", opens_at=datetime(2018, 3, 30)), "opens_at"),
        (
            EtapeFacts(BARE.day, "13", opens_at=datetime(2018, 2, 2), closes_at=datetime(2018, 2, 1)),
            "closes_at",
        ),
    ],
)
def test_us01_what_contradicts_itself_is_told_beside_its_field(facts: EtapeFacts, field: str) -> None:
    assert list(checks.etape_messages(facts)) == [field]


@pytest.mark.parametrize(
    "facts, field",
    [
        (AtelierFacts(1, capacity=3, minimum=4), "minimum"),
        (AtelierFacts(1, room_capacity=-2), "room_capacity"),
        (AtelierFacts(1, minimum=-1), "minimum"),
    ],
)
def test_b04_limits_of_an_atelier_are_checked(facts: AtelierFacts, field: str) -> None:
    assert list(checks.atelier_messages(facts)) == [field]


def test_b01_every_act_counts_once_and_stands_in_the_journal(tour: Tour) -> None:
    etape, theme = tour.etapes[0], tour.thematiques[0]

    def revision() -> int:
        return session().scalars(select(Tour.revision).where(Tour.id == tour.id)).one()

    acts = [
        lambda: tours.unpublish(ACT, tour.id),
        lambda: tours.publish(ACT, tour.id),
        lambda: tours.edit(ACT, tour.id, 1, TourFacts(name="Autre nom", organiser_name="Chambre d’essai")),
        lambda: etapes.create(ACT, tour.id, BARE),
        lambda: limits.edit_etape(ACT, etape.id, 1, EtapeFacts(etape.day, "13", "Marseille", venue="Ici")),
        lambda: etapes.save_schedules(
            ACT, tour.id, [Edited(etape.id, 2, ScheduleFacts(None, time(8), None, None, None))]
        ),
        lambda: thematiques.save(ACT, tour.id, [], [ThematiqueFacts("Neuvième")]),
        lambda: creneaux.save(ACT, etape.id, [], [CreneauFacts()]),
        lambda: ateliers.save_grid(ACT, tour.id, [], [Cell(etape.id, theme.id)]),
        lambda: etapes.remove(ACT, tour.etapes[3].id),
    ]
    for number, do in enumerate(acts, 2):
        do()
        assert revision() == number
    told = journal.latest(tour.id)
    assert len(told) == len(acts)
    assert {(entry.actor, entry.at) for entry in told} == {("membre:1", ACT.now)}


def test_b01_saving_what_is_stored_already_is_no_change(tour: Tour) -> None:
    theme = tour.thematiques[0]
    same = ThematiqueFacts(theme.title, theme.short_title, theme.reference, theme.creneau_ordre)
    thematiques.save(ACT, tour.id, [Edited(theme.id, 1, same)])
    assert queries.tour(tour.slug).revision == 1
    assert not journal.latest(tour.id)


def test_b01_nothing_of_another_tour_can_be_changed_through_this_one(tour: Tour) -> None:
    other = queries.tour(tours.create(ACT, TourFacts(name="Autre"))).id
    theme, etape = tour.thematiques[0], tour.etapes[0]
    with pytest.raises(Unknown):
        thematiques.save(ACT, other, [Edited(theme.id, 1, ThematiqueFacts("Volé"))])
    with pytest.raises(Unknown):
        ateliers.save_grid(ACT, other, [], [Cell(etape.id, theme.id)])
    row = Edited(etape.id, 1, ScheduleFacts(None, None, None, None, None))
    with pytest.raises(Unknown):
        etapes.save_schedules(ACT, other, [row])
    thematiques.save(ACT, other, [], removed=[theme.id])
    assert session().get(Thematique, theme.id) is not None
