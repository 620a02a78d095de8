"""What a newcomer finds: the finished tour with its exact figures and published fiches, and the same tour to come."""

from datetime import UTC, datetime, timedelta

import pytest
import yaml
from flask import Flask
from sqlalchemy import func, select

from tests import factories, seed
from tests.inspecting import InspectingClient
from tourpaca import clock, db
from tourpaca.attendance import counts as attendance
from tourpaca.fiches import actions as fiches
from tourpaca.fiches import figures
from tourpaca.fiches import queries as fiche_queries
from tourpaca.mail.models import Letter
from tourpaca.refusal import Refused
from tourpaca.registration.models import Dossier, Participant
from tourpaca.sample import loading
from tourpaca.tour import programme, rules
from tourpaca.tour import queries as tours

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
PAST, COMING = "tour-paca-2017-2018", "tour-paca"


def test_t01_the_finished_tour_compiles_to_the_printed_figures(app: Flask) -> None:
    with app.app_context():
        loading.load(NOW)
        tour = fiche_queries.tour(PAST)
        live = figures.of_tour(tour.id, [theme.id for theme in tour.thematiques])
        found = [live[theme.id] for theme in tour.thematiques]
        assert [(f.ateliers, f.participants, f.organisations) for f in found] == seed.FIGURES
        came = attendance.came_by_etape(tour.id)
        assert [(c.people, c.presences) for c in came.values()] == [(42, 74), (43, 67), (37, 62)]
        cancelled = [a for e in programme.of(PAST).etapes for a in e.ateliers if a.cancelled]
        assert len(cancelled) == 3
        for theme in tour.thematiques:
            versions = fiche_queries.versions(theme.id)
            assert [version.number for version in versions] == [1]


def test_the_sample_names_nobody_and_writes_to_nobody(app: Flask) -> None:
    with app.app_context():
        loading.load(NOW)
        names = db.session().scalars(select(Participant.last_name)).all()
        assert len(names) == 122
        assert all(name.startswith("Personne ") for name in names)
        assert set(db.session().scalars(select(Participant.email))) == {""}
        assert set(db.session().scalars(select(Dossier.contact_name))) == {""}
        assert db.session().scalar(select(func.count()).select_from(Letter)) == 0


def test_the_sample_holds_none_of_the_printed_texts(app: Flask) -> None:
    """The texts of the real fiches are their authors'; the sample says short things of its own."""
    said = yaml.safe_load((loading.FILES / f"{PAST}.yaml").read_text(encoding="utf-8"))
    for ours, theirs in zip(said["fiches"], seed.document()["fiches"], strict=True):
        for kind in ("enjeux", "indicateurs", "illustrations"):
            assert not set(ours[kind]) & set(theirs[kind])
        assert ours["presentation"][:60] not in theirs["presentation"]


def test_the_coming_tour_is_open_in_the_coming_weeks(app: Flask, client: InspectingClient) -> None:
    app.config["NOW"] = "2026-11-24T10:00"
    with app.app_context():
        loading.load(NOW)
        tour = programme.published(COMING)
    days = [etape.day for etape in tour.etapes]
    assert days == sorted(days)
    assert all(timedelta(14) < day - NOW.date() < timedelta(84) for day in days)
    assert [rules.opening(etape, NOW).open for etape in tour.etapes] == [True, True, True, False]
    assert [len(etape.ateliers) for etape in tour.etapes] == [8, 8, 8, 1]
    home = client.get("/").get_data(as_text=True)
    assert "Inscrire mon organisation" in home
    assert f"/tours/{PAST}" in home


@pytest.mark.parametrize("day", ["2026-11-23", "2026-12-31", "2028-02-29", "2027-03-28"])
def test_the_coming_tour_can_be_made_any_day(app: Flask, day: str) -> None:
    now = datetime.fromisoformat(f"{day}T23:30").replace(tzinfo=clock.PARIS).astimezone(UTC)
    with app.app_context():
        loading.load(now)
        tour = programme.published(COMING)
    assert [etape.day.weekday() for etape in tour.etapes] == [1, 1, 1, 3]
    assert all(rules.opening(etape, now).open for etape in tour.matinees)


def test_an_interrupted_loading_is_taken_up_again(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    publish, left = fiches.publish, [3]

    def interrupted(*args: object) -> int:
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt
        return publish(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(fiches, "publish", interrupted)
    with app.app_context():
        with pytest.raises(KeyboardInterrupt):
            loading.load(NOW)
        assert loading.is_wanted()
        monkeypatch.setattr(fiches, "publish", publish)
        loading.load(NOW)
        assert not loading.is_wanted()
        assert [len(v) for v in fiche_queries.all_versions(tours.tour(PAST).id).values()] == [1] * 8
        assert db.session().scalar(select(func.count()).select_from(Participant)) == 122


def test_a_house_that_is_used_is_left_alone(app: Flask) -> None:
    with app.app_context():
        factories.tour_paca()
        assert not loading.is_wanted()
        with pytest.raises(Refused, match="n’est pas vide"):
            loading.load(NOW)
