"""US8: those who came to a matinée are invited to the capitalisation event, reread the drafts, and change no figure."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, time

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from tests import factories, seed
from tests.attendance import people
from tests.engines import one_engine
from tests.fiches import compiled
from tests.fiches.test_figures import live
from tests.journeys.visiting import fill_contact, fill_person, letters_to, plain, send, status
from tests.posting import Sink
from tests.registration import sending
from tests.signing import sign_in
from tourpaca import french
from tourpaca.db import transaction
from tourpaca.fiches import chiffres_cles
from tourpaca.french import typo
from tourpaca.journal.models import Act
from tourpaca.registration.models import Participant
from tourpaca.tour.models import Creneau, Etape

Axe = Callable[[Page], None]
Visit = Callable[..., str]
EVENT = "/tours/tour-paca/etapes/bouches-du-rhone"
INVITING, LATER = "2018-03-01T10:00", "2018-03-01T10:03"
THE_DAY, AFTER = "2018-03-29T10:00", "2018-04-05T10:00"
PEOPLE = len(
    {row["personne"] for row in seed.presences()}
)  # 122 invented people came to one matinée at least
MESSAGE = "Bonjour {nom},\n\nLe 29 mars, relisons ensemble :\n{fiches à relire}\n\nInscrivez-vous."


@pytest.fixture
def held(app: Flask) -> Flask:
    """The users' tour as it was held, its drafts written; the event open for two people; somebody who never came."""
    with app.app_context():
        compiled.tour_held()
        compiled.write_texts(Act(datetime(2018, 2, 20, 9, tzinfo=UTC), "membre:1", "Dominique"))
        people.expect("nice", ("Absence", "Zoé"), (1,))
        sending.open_event(capacity=2)
        with transaction() as session:
            event = session.scalars(select(Etape).where(Etape.slug == "bouches-du-rhone")).one()
            event.starts_at = time(9, 30)
            session.execute(
                update(Creneau).where(Creneau.etape_id == event.id).values(starts_at=event.starts_at)
            )
            for person in session.scalars(select(Participant)):
                person.email = f"{person.last_name.lower()}@exemple.org"
    return app


@pytest.fixture
def announced(held: Flask) -> Flask:
    """What `visit` opens."""
    return held


def _invite(page: Page, base: str, axe: Axe) -> None:
    page.goto(f"{base}/equipe/tour-paca/messages/ecrire")
    page.get_by_label("Présence").select_option("Présence notée")
    page.get_by_label("Objet").fill("Le 29 mars : relire les fiches")
    page.get_by_label("Texte").fill(MESSAGE)
    page.get_by_role("button", name="Relire l’aperçu").click()
    assert f"{PEOPLE} personnes recevront ce message" in status(page)
    expect(page.locator("details ul").first).not_to_contain_text("Zoé")
    expect(page.locator(".lettre")).to_contain_text("5. Lien avec les utilisateurs")
    axe(page)
    page.get_by_role("button", name=f"Envoyer à {PEOPLE} personnes").click()
    expect(page.get_by_role("status").first).to_contain_text("deux minutes")
    page.goto(
        "about:blank"
    )  # the page of a sending refreshes by itself, and would take the next address's place


def test_us08_those_who_came_are_invited_to_reread_the_drafts(
    held: Flask, visit: Visit, smtp_sink: Sink, page: Page, axe: Axe
) -> None:
    base = visit(INVITING)
    sign_in(held, page, base, datetime(2018, 3, 1, 9, tzinfo=UTC))
    _invite(page, base, axe)
    visit(LATER)
    smtp_sink.wait_for(PEOPLE, seconds=60)
    assert len({letter.recipients for letter in smtp_sink.letters}) == len(smtp_sink.letters) == PEOPLE
    (letter,) = letters_to(smtp_sink, "p006@exemple.org")
    drafts = re.findall(r"https?://\S+/relecture/\S+", letter.text)
    assert len(set(drafts)) == 8
    page.context.clear_cookies()
    page.goto(drafts[4])
    expect(page.locator("main")).to_contain_text("Cette fiche est à relire.")
    expect(page.locator(".fiche-pied")).to_contain_text("Brouillon de la version 1, non publié.")
    expect(page.locator("main")).to_contain_text("3 ateliers organisés, 42 participant.e.s")
    axe(page)
    for address in (drafts[4].replace("/relecture/", "/relecture/x"), drafts[4].split("/relecture/")[0]):
        assert page.request.get(address).status == 404


def _register_two(page: Page, base: str, axe: Axe) -> None:
    page.goto(base + EVENT)
    expect(page.locator("main")).to_contain_text("L’inscription vaut pour l’événement entier.")
    axe(page)
    page.get_by_role("link", name="S’inscrire dans les Bouches-du-Rhône").click()
    assert page.get_by_role("radio").count() == 0
    fill_contact(page, "ACCES Var", "Morgan Factice", "morgan.factice@exemple.org")
    fill_person(page, 1, "Alix Exemple", "alix@exemple.org")
    page.get_by_role("button", name="Ajouter une personne").click()
    fill_person(page, 2, "Bo Modèle", "")
    axe(page)
    send(page)
    assert "C’est enregistré : 2 personnes, 2 places." in status(page)
    axe(page)


def _wait_for_the_event(page: Page, base: str, axe: Axe) -> None:
    page.goto(base + EVENT + "/inscription")
    assert "Complet : liste d’attente, n° 1." in plain(page.locator("section.personne").inner_text())
    fill_contact(page, "", "Cy Spécimen", "cy@exemple.org")
    page.get_by_role("button", name="Recopier le contact").click()
    expect(page.locator("#p0-last_name")).to_have_value("Spécimen")
    axe(page)
    send(page)
    expect(page.locator(".etiquette", has_text="En liste d’attente")).to_be_visible()


def test_us08_people_register_for_the_event_itself_and_no_figure_moves(
    held: Flask, visit: Visit, smtp_sink: Sink, page: Page, axe: Axe
) -> None:
    base = visit(INVITING)
    _register_two(page, base, axe)
    _wait_for_the_event(page, base, axe)
    smtp_sink.wait_for(3)
    (letter,) = letters_to(smtp_sink, "alix@exemple.org")
    ((method, _, summary, start),) = letter.entries
    assert (method, start) == ("REQUEST", datetime(2018, 3, 29, 7, 30, tzinfo=UTC))
    assert summary == "Événement de capitalisation"
    _note_both_present(held, page, visit(THE_DAY), axe)
    with held.app_context():
        found = live()
        numbers = [(f.ateliers, f.participants, f.organisations) for f in found.values()]
        everything = chiffres_cles.totals(found.values())
    assert numbers == seed.FIGURES
    assert (everything.ateliers, everything.participations, everything.organisations) == seed.TOTALS


def _note_both_present(held: Flask, page: Page, base: str, axe: Axe) -> None:
    sign_in(held, page, base, datetime(2018, 3, 29, 8, tzinfo=UTC))
    page.goto(f"{base}/equipe/{factories.TOUR}/etapes/bouches-du-rhone/presences")
    page.locator("main").get_by_role("link", name=re.compile("^Marquer les présences")).click()
    for name in ("Alix Exemple", "Bo Modèle"):
        page.get_by_role("button", name=f"Présence {french.of(name)}").click()
        expect(page.get_by_role("button", name=f"Présence {french.of(name)}")).to_have_attribute(
            "aria-pressed", "true"
        )
    axe(page)
    page.goto(f"{base}/equipe/{factories.TOUR}/etapes/bouches-du-rhone")
    assert "2" in plain(page.locator(".chiffres").inner_text())
    axe(page)


@one_engine
def test_us08_what_was_shown_at_the_event_is_kept_and_the_changes_are_read(
    held: Flask, visit: Visit, page: Page, axe: Axe
) -> None:
    base = visit(AFTER)
    sign_in(held, page, base, datetime(2018, 4, 5, 8, tzinfo=UTC))
    fiche = f"{base}/equipe/{factories.TOUR}/fiches/lien-utilisateurs"
    for text in ("Part des usagers consultés", "Part des usagers consultés chaque année"):
        page.goto(fiche)
        first = page.locator("#indicateurs-1")
        shown = seed.document()["fiches"][4]["indicateurs"][0]
        first.fill(text)
        page.get_by_role("button", name="Enregistrer les textes").click()
        expect(page.get_by_role("status")).to_contain_text("enregistrés")
    page.get_by_role("link", name="Depuis la relecture").click()
    changed = page.get_by_role("region", name="Ce qui a changé")
    expect(changed.locator("ins")).to_have_text(["Part des usagers consultés chaque année"])
    assert [plain(gone) for gone in changed.locator("del").all_inner_texts()] == [plain(typo(shown))]
    expect(changed.get_by_role("heading", level=3)).to_have_count(1)
    kept = page.get_by_role("region", name="Le texte montré ce jour-là")
    assert plain(typo(shown)) in plain(kept.inner_text())
    axe(page)
