"""Writing a fiche and publishing it: nothing is lost, nothing published moves, on both engines."""

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests import factories, seed
from tests.fiches import compiled
from tests.fiches.compiled import ACT
from tests.racing import race
from tourpaca.db import session, transaction
from tourpaca.fiches import actions, content, outline, queries
from tourpaca.fiches.actions import Edit
from tourpaca.fiches.models import FichePubliee
from tourpaca.journal.models import Entry
from tourpaca.refusal import Refused, Stale
from tourpaca.tour.models import Thematique, Tour

FIFTH = "lien-utilisateurs"


def thematique() -> Thematique:
    """The fiche that most tests write: the fullest of the tour."""
    session().rollback()
    return queries.thematique(factories.TOUR, FIFTH)


def publish(note: str = "") -> int:
    """Read the fiche, then publish what was read."""
    read = thematique()
    number = len(queries.versions(read.id)) + 1
    return actions.publish(ACT, read.id, number, content.digest(content.of(read)), note)


def revision() -> int:
    """The number that tells caches that something changed."""
    session().rollback()
    return session().scalars(select(Tour.revision)).one()


def test_t05_a_text_is_kept_as_typed_and_two_writers_lose_nothing(app: Flask) -> None:
    with app.app_context():
        factories.tour_paca()
        number = thematique().id
        typed = "- Un\r\n\r\n- « Deux » (< de 10)  \r\n"
        assert actions.save_texts(ACT, number, {"enjeux": Edit(typed, 0)}) == ["enjeux"]
        assert queries.sections(number)["enjeux"].text == "- Un\n\n- « Deux » (< de 10)"
        with pytest.raises(Stale) as stale:
            actions.save_texts(ACT, number, {"enjeux": Edit("Trois", 0), "indicateurs": Edit("Neuf", 0)})
        assert stale.value.theirs == {"enjeux": {"text": "- Un\n\n- « Deux » (< de 10)", "version": 1}}
        assert queries.sections(number)["indicateurs"].version == 0
        assert actions.save_texts(ACT, number, {"enjeux": Edit("Trois", 1)}) == ["enjeux"]
        assert actions.save_texts(ACT, number, {"enjeux": Edit("Trois", 1)}) == []


def test_us09_publishing_freezes_numbers_and_texts_and_tells_the_readers(app: Flask) -> None:
    with app.app_context():
        compiled.tour_held()
        before = revision()
        assert publish() == 1
        assert revision() == before + 1
        entry = session().scalars(select(Entry).where(Entry.verb == "fiche.publiee")).one()
        assert entry.text == "Fiche 5 publiée, version 1\u00a0: 3 ateliers organisés, 42 participant.e.s"
        frozen = queries.versions(thematique().id)[0]
        assert frozen.published_at == compiled.AFTER
        assert (frozen.content["ateliers"], frozen.content["participants"]) == seed.FIGURES[4][:2]


def test_us09_a_correction_shows_the_gap_and_makes_a_second_version_with_an_erratum(app: Flask) -> None:
    with app.app_context():
        compiled.tour_held()
        publish()
        nice, etape = compiled.ateliers()[2, 5]
        compiled.come(etape, [nice], None, "P900")
        assert queries.versions(thematique().id)[0].content["participants"] == 42
        assert publish("une présence retrouvée sur la feuille de Nice") == 2
        newest, first = queries.versions(thematique().id)
        assert (newest.content["participants"], first.content["participants"]) == (43, 42)
        assert newest.erratum == (
            "Erratum, version 2\u00a0: participations 43 au lieu de 42. Une présence retrouvée sur la feuille de Nice."
        )
        assert outline.published([newest, first]).errata == (f"{newest.erratum} (12\u00a0avril 2018)",)


def test_us09_what_changed_since_the_reading_is_not_published(app: Flask) -> None:
    with app.app_context():
        compiled.tour_held()
        read = thematique()
        number, digest = read.id, content.digest(content.of(read))
        nice, etape = compiled.ateliers()[2, 5]
        compiled.come(etape, [nice], None, "P900")
        with pytest.raises(Stale):
            actions.publish(ACT, number, 1, digest)
        assert queries.versions(number) == []


def test_d05_a_published_version_never_changes(app: Flask) -> None:
    with app.app_context():
        compiled.tour_held()
        publish()
        with pytest.raises(Exception, match=r"fiche_publiee|append"), transaction() as current:
            current.execute(update(FichePubliee).values(content={}))


def test_us09_more_organisations_than_people_is_refused(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        compiled.tour_held()
        wrong = actions.rules.Check("refus", "2 organisations pour 1 participation.")
        monkeypatch.setattr(actions.checking, "checks", lambda *_: [wrong])
        with pytest.raises(Refused, match="2 organisations pour 1 participation"):
            publish()


def test_us09_race_eight_publish_at_once_and_one_version_is_made(app: Flask) -> None:
    with app.app_context():
        compiled.tour_held()
        read = thematique()
        number, digest = read.id, content.digest(content.of(read))
    found = race(app, lambda _: actions.publish(ACT, number, 1, digest), 8)
    assert found.count(1) == 1
    assert sum(isinstance(each, Stale) for each in found) == 7


def test_t05_race_eight_write_one_section_and_seven_are_told(app: Flask) -> None:
    with app.app_context():
        factories.tour_paca()
        number = thematique().id
    found = race(app, lambda n: actions.save_texts(ACT, number, {"enjeux": Edit(f"Texte {n}", 0)}), 8)
    assert found.count(["enjeux"]) == 1
    assert sum(isinstance(each, Stale) for each in found) == 7
