"""US9: the team compiles the attendance, writes a fiche, publishes it, then corrects it, in a real browser."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests import factories, seed
from tests.engines import one_engine
from tests.fiches import compiled, outputs
from tests.fiches.outputs import letters
from tests.journeys.visiting import plain, status
from tests.signing import sign_in

Axe = Callable[[Page], None]
Visit = Callable[..., str]
TOUR = factories.TOUR
AFTER, CORRECTED = "2018-04-12T10:12", "2018-04-20T09:00"
PUBLIC = f"/tours/{TOUR}/fiches/lien-utilisateurs"
TEAM = f"/equipe/{TOUR}/fiches"
FICHE = f"{TEAM}/lien-utilisateurs"


@pytest.fixture
def announced(app: Flask) -> Flask:
    """The users' tour with its organisations; the file of its 203 presences taken in by the command."""
    with app.app_context():
        factories.tour_paca()
        compiled.organisations()
    app.config["NOW"] = "2018-04-03T10:00"
    file = str(seed.DATA / "presences.csv")
    done = app.test_cli_runner().invoke(args=["presences", "import", TOUR, file, "--apply"])
    assert "203 présences écrites" in plain(done.output), done.output
    return app


@pytest.fixture
def base(announced: Flask, visit: Visit, page: Page) -> str:
    """The address of the house, a page of the team opened."""
    address = visit(AFTER)
    sign_in(announced, page, address, datetime(2018, 4, 12, 8, tzinfo=UTC))
    return address


def words(page: Page) -> str:
    """The words of the page's main part."""
    return plain(page.locator("main").inner_text())


def press(page: Page, label: str) -> None:
    """Press a button of the editor, and wait for the page that comes back."""
    with page.expect_navigation():
        page.get_by_role("button", name=label).click()


def write(page: Page, axe: Axe) -> None:
    """Write two enjeux, an indicateur and the présentation, and set the enjeux in order."""
    for kind, text in (
        ("enjeu", "Répondre à des besoins exprimés."),
        ("enjeu", "Rester au contact du terrain."),
        ("indicateur", "Nombre de consultations formalisées."),
    ):
        press(page, f"Ajouter un {kind}")
        blank = page.get_by_label(re.compile(f"^{kind} ", re.IGNORECASE)).and_(page.locator("textarea")).last
        expect(blank).to_be_focused()
        blank.fill(text)
    page.get_by_role("textbox", name="Présentation de la thématique").fill(
        "Écouter celles et ceux qu’on sert."
    )
    press(page, "Monter : Enjeu 2")
    expect(page.get_by_label("Enjeu 1", exact=True)).to_have_value("Rester au contact du terrain.")
    expect(page.get_by_label("Indicateur 1", exact=True)).to_have_value(
        "Nombre de consultations formalisées."
    )
    axe(page)


def published_everywhere(page: Page, base: str, version: int, participants: int, day: str) -> None:
    """The page (the reference), the PDF, the document and the data say the same version, date and figures."""
    fetched = {kind: page.request.get(f"{base}{PUBLIC}{kind}").body() for kind in (".pdf", ".docx", ".json")}
    told = json.loads(fetched[".json"])
    assert (told["version"], told["ateliers"], told["participants"]) == (version, 3, participants)
    forms = (
        outputs.of_page(page.request.get(f"{base}{PUBLIC}").text()),
        outputs.of_pdf(fetched[".pdf"]),
        outputs.of_docx(fetched[".docx"]),
    )
    for form in forms:
        assert letters(f"Version {version}, publiée le {day}") in form
        assert letters(told["debut"]) in form
        assert letters("28 organisations") in form


def test_us09_the_main_job_from_the_attendance_to_the_corrected_fiche(
    announced: Flask, base: str, visit: Visit, page: Page, axe: Axe
) -> None:
    page.goto(f"{base}{TEAM}")
    found = re.findall(r"(\d+) (\d+) (\d+) Brouillon", words(page))
    assert [tuple(map(int, row)) for row in found] == seed.FIGURES
    assert "21 ateliers tenus 203 participations 63 organisations" in words(page)
    axe(page)

    page.get_by_role("link", name="Lien avec les utilisateurs").click()
    assert "3 ateliers 42 participations 28 organisations" in words(page)
    write(page, axe)
    press(page, "Aperçu")
    begins = page.locator("main .phrase").inner_text()
    assert begins == "3 ateliers organisés, 42 participant.e.s\u00a0:"
    axe(page)

    assert page.request.get(f"{base}{PUBLIC}").status == 404
    page.get_by_role("link", name="Relire et publier").click()
    axe(page)
    press(page, "Publier la version 1")
    assert "La fiche 5 est publiée, version 1." in status(page)
    published_everywhere(page, base, 1, 42, "12 avril 2018")
    page.get_by_role("status").get_by_role("link", name="Page").click()
    assert "Rester au contact du terrain." in words(page)
    axe(page)

    later = visit(CORRECTED)
    page.context.clear_cookies()
    sign_in(announced, page, later, datetime(2018, 4, 20, 7, tzinfo=UTC), "dominique@exemple.org")
    one_more_at_nice(announced, page, later)
    page.goto(f"{later}{FICHE}")
    assert "Écart : publié 42, calculé 43. Publier la version 2 ajoutera un erratum." in words(page)
    expect(page.locator(".a-voir")).to_contain_text("Maxime Échantillon")
    axe(page)
    press(page, "Relire et publier la version 2")
    assert "Participations 42 43" in words(page)
    page.get_by_label("Préciser l’erratum").fill("une présence retrouvée sur la feuille de Nice")
    axe(page)
    press(page, "Publier la version 2")
    assert "La fiche 5 est publiée, version 2." in status(page)
    published_everywhere(page, later, 2, 43, "20 avril 2018")
    page.goto(f"{later}{PUBLIC}")
    said = (
        "Erratum, version 2 : participations 43 au lieu de 42. Une présence retrouvée sur la feuille de Nice."
    )
    assert said in words(page)
    assert "43 participant.e.s" in words(page)


def one_more_at_nice(app: Flask, page: Page, base: str) -> None:
    """Note, from the signed sheet, somebody of Skavenji who was forgotten at Nice."""
    with app.app_context():
        atelier = compiled.ateliers()[2, 5][0]
    page.goto(f"{base}/equipe/{TOUR}/etapes/nice/presences/{atelier}/arrivee")
    page.get_by_label("Nom et prénom").fill("Maxime Échantillon")
    page.get_by_role("combobox", name="Organisation").fill("Skavenji")
    page.get_by_role("button", name="Noter sa présence").click()
    page.get_by_label("Raison du dépassement").fill("Une chaise de plus")
    page.get_by_role("button", name="Noter sa présence").click()
    page.wait_for_url(re.compile(rf"/presences/{atelier}#p\d+$"))


@one_engine
def test_us09_the_doublet_is_a_setting_of_the_tour(base: str, page: Page) -> None:
    page.goto(f"{base}/equipe/{TOUR}/reglages")
    page.get_by_label("Forme inclusive des fiches").fill("participantes et participants")
    press(page, "Enregistrer les réglages")
    page.goto(f"{base}{FICHE}/apercu")
    begins = page.locator("main .phrase").inner_text()
    assert begins == "3 ateliers organisés, 42 participantes et participants\u00a0:"


@one_engine
def test_us09_from_the_figure_to_the_presences_by_keyboard(base: str, page: Page, axe: Axe) -> None:
    page.goto(f"{base}{FICHE}")
    page.locator("summary", has_text="Nice, mardi 30").focus()
    page.keyboard.press("Enter")
    detail = page.locator("details[open]")
    counts = [int(text) for text in detail.locator("li .nombre").all_inner_texts()]
    assert sum(counts) == int(detail.locator("summary .nombre").inner_text()) == 14
    axe(page)
    detail.get_by_role("link", name="Pôle emploi PACA").click()
    assert "Pôle Emploi Paca" in words(page)
    assert "fiche 5" in words(page)
    axe(page)
    page.get_by_role("link", name="Relire les présences").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Le lien avec les utilisateurs")


@one_engine
def test_us09_what_is_left_to_settle_is_said_before_publishing(
    base: str, announced: Flask, page: Page
) -> None:
    with announced.app_context():
        compiled.cancel((1, 5))
    page.goto(f"{base}{FICHE}/publier")
    said = words(page)
    assert "Des présences sont notées sur un atelier annulé, elles ne comptent pas : Marseille." in said
    assert "2 ateliers organisés, 28 participant.e.s" in said
    page.goto(f"{base}{TEAM}/politique-salariale-exemplarite-sociale/publier")
    assert "Un atelier a eu lieu sans présence notée : Carpentras." in words(page)


@one_engine
def test_t05_the_editor_is_complete_without_scripts(base: str, page: Page) -> None:
    page.route("**/*.js*", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(f"{base}{FICHE}")
    for text in ("Un", "Deux", "Trois"):
        press(page, "Ajouter une illustration")
        page.locator("#illustrations-neuf").fill(text)
    for label in ("Enregistrer les textes", "Descendre : Illustration 1", "Retirer Illustration 3"):
        press(page, label)
    fields = page.locator("textarea[name=illustrations]")
    assert [field.input_value() for field in fields.all()] == ["Deux", "Un"]
    press(page, "Rétablir")
    assert [field.input_value() for field in fields.all()] == ["Deux", "Un", "Trois"]


@one_engine
def test_r22_two_people_write_one_fiche_and_both_texts_stay(base: str, page: Page, axe: Axe) -> None:
    other = page.context.new_page()
    for each, text in ((page, "Dit à Nice"), (other, "Dit à Marseille")):
        each.goto(f"{base}{FICHE}?ajouter=enjeux")
        each.locator("#enjeux-neuf").fill(text)
    press(page, "Enregistrer les textes")
    assert "Les textes sont enregistrés." in status(page)
    other.get_by_role("button", name="Enregistrer les textes").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Deux textes à comparer")
    axe(other)
    press(other, "Enregistrer ces choix")
    fields = other.locator("textarea[name=enjeux]")
    assert [field.input_value() for field in fields.all()] == ["Dit à Nice", "Dit à Marseille"]
