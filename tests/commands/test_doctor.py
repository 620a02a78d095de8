"""`flask doctor` finds each planted breach, changes nothing, and says nobody's name."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, text

from tests import factories
from tourpaca.db import db
from tourpaca.mail.models import Letter
from tourpaca.organisations.models import Organisation
from tourpaca.registration.models import Dossier, Participant, Place

AT = factories.EARLIER
SECRET = "Zébulon-7f3a"


def _put(model: Any, **values: object) -> None:
    with db.engine.begin() as connection:
        connection.execute(insert(model), values)


def _sql(statement: str) -> None:
    with db.engine.begin() as connection:
        connection.execute(text(statement))


def _sound_base() -> None:
    """One person, confirmed in one atelier, present; every counter right."""
    factories.tour_paca()
    _put(Organisation, id=1, slug="a", name=SECRET, sort_key="a", root_id=1, created_at=AT)
    _put(Dossier, id=1, etape_id=1, organisation_id=1, created_at=AT)
    person = {"last_name": SECRET, "sort_key": "z", "identity_key": "z"}
    _put(Participant, id=1, dossier_id=1, etape_id=1, organisation_id=1, **person)
    place = {"state": "confirmee", "uid": "1", "created_at": AT, "changed_at": AT}
    _put(Place, id=1, participant_id=1, atelier_id=1, creneau_id=1, **place)
    _sql("UPDATE atelier SET taken = 1 WHERE id = 1")
    _sql("UPDATE etape SET people = 1 WHERE id = 1")
    _sql(
        "INSERT INTO mark (id, nonce, participant_id, atelier_id, status, source, reason, marked_at, received_at,"
        " author_name) VALUES (1, 'n', 1, 1, 'present', 'liste', '', '2017-12-19', '2017-12-19', '')"
    )
    _sql(
        "INSERT INTO presence (participant_id, atelier_id, thematique_id, organisation_id, status, counted, mark_id)"
        " VALUES (1, 1, 1, 1, 'present', true, 1)"
    )
    _letter(id=1, subject_key="dossier:1", kind="recapitulatif")()


def _letter(**values: object) -> Callable[[], None]:
    plain = {
        "id": 2,
        "subject_key": "participant:1",
        "kind": "confirmation",
        "to_email": f"{SECRET}@exemple.org",
        "subject": SECRET,
        "content": {},
        "due_at": AT,
        "created_at": AT,
    }
    return lambda: _put(Letter, **plain | values)


def _breach(statement: str) -> Callable[[], None]:
    return lambda: _sql(statement)


def _circle() -> None:
    _put(Organisation, id=2, slug="b", name="b", sort_key="b", linked_to_id=1, root_id=1, created_at=AT)
    _sql("UPDATE organisation SET linked_to_id = 2, root_id = 2 WHERE id = 1")


def _offer_of_nothing() -> None:
    _sql("UPDATE atelier SET state = 'annule' WHERE id = 1")
    _sql("UPDATE place SET state = 'proposee' WHERE id = 1")


def _version_two_alone() -> None:
    _sql(
        "INSERT INTO fiche_publiee (thematique_id, number, published_at, erratum, content)"
        " VALUES (1, 2, '2018-04-01', '', '{}')"
    )


BREACHES: tuple[tuple[Callable[[], None], str], ...] = (
    (_breach("UPDATE atelier SET taken = 3 WHERE id = 1"), "l’atelier 1 compte 3 personnes confirmées"),
    (_breach("UPDATE etape SET people = 0 WHERE id = 1"), "l’étape 1 compte 0 personnes confirmées"),
    (_breach("UPDATE place SET creneau_id = 2 WHERE id = 1"), "la place 1 ne correspond pas"),
    (_breach("UPDATE presence SET status = 'absent'"), "ne suit pas sa dernière marque"),
    (_breach("DELETE FROM presence"), "ne suit pas sa dernière marque"),
    (_breach("UPDATE presence SET thematique_id = 2"), "ne suit pas le programme"),
    (_breach("UPDATE participant SET role = 'animation'"), "ne suit pas le programme"),
    (
        _breach("UPDATE atelier SET state = 'annule' WHERE id = 1"),
        "l’atelier 1 est annulé et compte 1 présences",
    ),
    (_offer_of_nothing, "la place 1 est proposée dans un atelier annulé"),
    (_circle, "est liée en cercle"),
    (_letter(state="parti"), "la lettre 2 est partie sans garder ses octets"),
    (_letter(state="en_cours"), "la lettre 2 est en cours d’envoi et personne ne la tient"),
    (_breach("DELETE FROM letter"), "le dossier 1 est enregistré sans sa lettre"),
    (
        _letter(subject_key="dossier:9", kind="recapitulatif"),
        "la lettre 2 parle d’un dossier qui n’existe pas",
    ),
    (_version_two_alone, "les versions de la fiche 1 sont numérotées [2]"),
)


def _doctor(app: Flask) -> Any:
    return app.test_cli_runner().invoke(args=["doctor"])


def test_a_sound_base_is_said_to_be(app: Flask) -> None:
    with app.app_context():
        _sound_base()
        result = _doctor(app)
    assert result.exit_code == 0, result.output
    assert "✗" not in result.output
    assert result.output.count("✓") == 6


@pytest.mark.parametrize(("plant", "sentence"), BREACHES, ids=[sentence for _, sentence in BREACHES])
def test_each_breach_is_found(app: Flask, plant: Callable[[], None], sentence: str) -> None:
    with app.app_context():
        _sound_base()
        plant()
        result = _doctor(app)
    assert result.exit_code == 1
    assert sentence in result.output
    assert SECRET not in result.output


def test_an_atelier_lowered_under_its_people_is_worth_a_look_and_no_breach(app: Flask) -> None:
    with app.app_context():
        _sound_base()
        _sql("UPDATE atelier SET capacity = 0 WHERE id = 1")
        result = _doctor(app)
    assert result.exit_code == 0
    assert "à voir : l’atelier 1 a 1 personnes confirmées pour 0 places" in result.output


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_r14_a_base_that_does_not_wait_for_the_disk_is_a_breach(app: Flask) -> None:
    with app.app_context():
        with db.engine.connect() as connection:
            connection.connection.driver_connection.execute("PRAGMA synchronous=NORMAL")  # type: ignore[union-attr]
        result = _doctor(app)
    assert result.exit_code == 1
    assert "synchronous n’est pas FULL" in result.output
