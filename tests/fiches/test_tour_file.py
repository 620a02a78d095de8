"""A tour as a file: the users' document taken in as it is, and any tour given back unchanged."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import yaml
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests import seed
from tourpaca import db
from tourpaca.db import transaction
from tourpaca.fiches.models import Section
from tourpaca.fiches.tour_file import actions, exporting, reading
from tourpaca.journal.models import Act, Entry
from tourpaca.organisations import attachment
from tourpaca.organisations.models import Graphie, Organisation
from tourpaca.registration.models import Participant
from tourpaca.tour import rules
from tourpaca.tour.models import Atelier, Creneau, Etape, Thematique, Tour

ACT = Act(datetime(2017, 11, 1, 8, tzinfo=UTC))
SEED = (seed.DATA / "fiches.yaml").read_bytes()
TABLES = (Tour, Etape, Creneau, Atelier, Thematique, Section, Organisation, Graphie, Entry)


def counts() -> list[int]:
    return [db.session().scalar(select(func.count()).select_from(table)) or 0 for table in TABLES]


def take_in(slug: str = "tour-paca") -> None:
    actions.import_tour(ACT, SEED, slug, apply=True)


def test_us09_the_dry_run_lists_everything_and_writes_nothing(app: Flask) -> None:
    with app.app_context():
        report = actions.import_tour(ACT, SEED, "tour-paca")
        assert counts() == [0] * len(TABLES)
    assert dict(report.counts())["organisation"] == 63
    assert dict(report.counts())["atelier"] == 25
    assert len(report.anomalies) == 46
    assert all(anomaly.field and anomaly.read and anomaly.reason for anomaly in report.anomalies)
    assert report.anomalies[0].proposed == "leur contribution financière, des associé.e.s"


def test_us09_apply_writes_the_programme_of_the_document(app: Flask) -> None:
    with app.app_context():
        take_in()
        tour = db.session().scalars(select(Tour)).one()
        assert [rules.heading(etape).replace("\u00a0", " ") for etape in tour.etapes] == [
            "mardi 19 décembre 2017 — Marseille",
            "mardi 30 janvier 2018 — Nice",
            "mardi 13 février 2018 — Carpentras",
            "jeudi 29 mars 2018 — Bouches-du-Rhône (lieu à préciser)",
        ]
        shapes = [[len(creneau.ateliers) for creneau in etape.creneaux] for etape in tour.etapes]
        assert shapes == [[4, 4], [4, 4], [4, 4], [1]]
        assert [theme.slug for theme in tour.thematiques] == [f["slug"] for f in seed.document()["fiches"]]
        assert tour.etapes[3].ateliers[0].thematique_id is None


def test_us09_texts_are_copied_as_printed(app: Flask) -> None:
    with app.app_context():
        take_in()
        stored = {
            (ordre, kind): text
            for ordre, kind, text in db.session().execute(
                select(Thematique.ordre, Section.kind, Section.text).join(
                    Section, Section.thematique_id == Thematique.id
                )
            )
        }
    for fiche in seed.document()["fiches"]:
        assert stored[fiche["ordre"], "presentation"] == fiche["presentation"]
        for kind in ("enjeux", "indicateurs", "illustrations"):
            assert stored[fiche["ordre"], kind].split("\n") == fiche[kind]
    assert "leur contribution fi des associé.e.s" in stored[1, "presentation"]


def test_us06_the_organisations_come_with_every_spelling_and_composite_ones_never_match(app: Flask) -> None:
    with app.app_context():
        take_in()
        assert db.session().scalar(select(func.count()).select_from(Organisation)) == 63
        texts = set(db.session().scalars(select(Graphie.text)))
        assert set(seed.spellings()) - texts == {"Mutualité"}  # a fragment, listed among the anomalies
        with transaction() as session:
            mgen = attachment.recognise(session, "MGEN 06", ACT.now)
            both = attachment.recognise(session, "Mgen 06 et 84", ACT.now)
        slugs = dict(db.session().execute(select(Organisation.id, Organisation.slug)).all())
    assert slugs[mgen] == "mgen-06"
    assert slugs[both] == "mgen-06-et-84"  # a name for a person to settle, attached to neither


def test_a_second_import_changes_nothing(app: Flask) -> None:
    with app.app_context():
        take_in()
        before, revision = counts(), db.session().scalar(select(Tour.revision))
        report = actions.import_tour(ACT, SEED, "tour-paca", apply=True)
        assert not report.created
        assert not report.kept
        assert counts() == before
        assert db.session().scalar(select(Tour.revision)) == revision


def test_what_the_team_edited_is_reported_and_left(app: Flask) -> None:
    with app.app_context():
        take_in()
        with transaction() as session:
            session.scalars(select(Thematique).where(Thematique.ordre == 8)).one().title = "L’éthique"
        report = actions.import_tour(ACT, SEED, "tour-paca", apply=True)
        assert report.kept == ["thématique « 8. L'éthique et la déontologie » : title"]
        assert db.session().scalar(select(Thematique.title).where(Thematique.ordre == 8)) == "L’éthique"


def test_an_organisation_known_by_its_key_is_not_made_twice(app: Flask) -> None:
    with app.app_context():
        with transaction() as session:
            known = attachment.recognise(session, "acces var", ACT.now)
        take_in()
        assert db.session().scalar(select(func.count()).select_from(Organisation)) == 63
        graphies = db.session().scalars(select(Graphie.text).where(Graphie.organisation_id == known))
        assert set(graphies) == {"acces var", "ACCES Var"}


def test_the_export_imports_to_the_same_state(app: Flask) -> None:
    with app.app_context():
        take_in()
        first = exporting.export("tour-paca")
        taken = reading.read(first.encode())
        actions.import_tour(ACT, first.encode(), "copie", apply=True)
        copy = exporting.export("copie")
    assert len(taken.organisations) == 63
    assert (
        copy.replace("slug: copie", "slug: tour-paca", 1).split("organisations:")[0]
        == (first.split("organisations:")[0])
    )


def test_nothing_personal_is_exported(app: Flask) -> None:
    from tests.factories import tour_paca  # noqa: PLC0415
    from tourpaca.registration.models import Dossier  # noqa: PLC0415

    with app.app_context():
        tour_paca()
        with transaction() as session:
            held = attachment.recognise(session, "Synergie", ACT.now)
            dossier = Dossier(
                etape_id=1,
                organisation_id=held,
                contact_name="Canari",
                contact_email="canari@x.fr",
                created_at=ACT.now,
            )
            person = Participant(
                etape_id=1,
                organisation_id=held,
                last_name="Canari",
                sort_key="c",
                identity_key="c",
                dossier=dossier,
            )
            session.add(person)
        text = exporting.export("tour-paca")
    assert "Synergie" in text
    assert "anari" not in text


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30).map(
    lambda text: re.sub(r"\s+", " ", text).strip() or "x"
)
LINES = st.lists(TEXT, max_size=3)
HOUR = st.none() | st.times().map(lambda hour: hour.replace(second=0, microsecond=0).isoformat("minutes"))


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a tour file in our own form."""
    themes = draw(st.integers(0, 3))
    fiches = [
        {
            "ordre": number,
            "slug": f"theme-{number}",
            "titre": draw(TEXT),
            "creneau": draw(st.integers(1, 2)),
            "presentation": draw(TEXT),
            "enjeux": draw(LINES),
            "partenaires": {"contenu": draw(LINES)},
        }
        for number in range(1, themes + 1)
    ]
    etapes = [
        {
            "ordre": number,
            "slug": f"etape-{number}",
            "date": (date(2018, 1, 1) + timedelta(days=draw(st.integers(0, 500)))).isoformat(),
            "lieu": draw(st.sampled_from(["Nice", "Gap", "Bouches-du-Rhône"])),
            "type_lieu": draw(st.sampled_from(["commune", "département"])),
            "code_departement": draw(st.sampled_from(["06", "2A", "13"])),
            "genre": draw(st.sampled_from(["matinée participative", "événement de capitalisation"])),
            "debut": draw(HOUR),
            "maison": draw(TEXT),
            "places": draw(st.none() | st.integers(0, 400)),
            "ouverture": draw(st.none() | st.just("2018-01-01 08:00")),
            "creneaux": [
                {
                    "ordre": 1,
                    "debut": draw(HOUR),
                    "ateliers": [
                        {
                            "ordre": n,
                            "fiche": n,
                            "salle": draw(TEXT),
                            "places": draw(st.none() | st.integers(0, 99)),
                        }
                        for n in range(1, draw(st.integers(0, themes)) + 1)
                    ],
                }
            ],
        }
        for number in range(1, draw(st.integers(0, 3)) + 1)
    ]
    return {
        "tournee": {
            "nom": draw(TEXT),
            "accroche": draw(TEXT),
            "affiche_titre": [draw(TEXT), draw(TEXT)],
            "etapes": etapes,
        },
        "fiches": fiches,
    }


@settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(document=documents())
def test_any_tour_comes_back_from_its_file(app: Flask, document: dict[str, Any]) -> None:
    data = yaml.safe_dump(document, allow_unicode=True).encode()
    with app.app_context():
        number = db.session().scalar(select(func.count()).select_from(Tour)) or 0
        actions.import_tour(ACT, data, f"tour-{number}", apply=True)
        back = reading.read(exporting.export(f"tour-{number}").encode())
    asked = reading.read(data)
    assert back.values == asked.values | {"section_order": back.values["section_order"]}
    assert back.themes == asked.themes
    assert back.etapes == asked.etapes
