"""The published fiches say the same in every form, and say nothing that is not published."""

import json
import re

import pytest
from flask import Flask

from tests import factories, pdf_text, seed
from tests.fiches import compiled, outputs
from tests.fiches.outputs import letters
from tests.inspecting import InspectingClient

ADDRESS = f"/tours/{factories.TOUR}/fiches"
SLUGS = [theme[0] for theme in factories.THEMES]


@pytest.fixture
def out(app: Flask) -> None:
    """The eight fiches of the users' tour, published."""
    with app.app_context():
        compiled.tour_published()


@pytest.mark.usefixtures("out")
def test_us09_t09_page_pdf_docx_and_json_say_the_same(client: InspectingClient) -> None:
    for slug, figures in zip(SLUGS, seed.FIGURES, strict=True):
        told = json.loads(client.get(f"{ADDRESS}/{slug}.json").data)
        assert (told["ateliers"], told["participants"], len(told["organisations"])) == figures
        assert told["version"] == 1
        page = outputs.of_page(client.get(f"{ADDRESS}/{slug}").text)
        pdf = outputs.of_pdf(client.get(f"{ADDRESS}/{slug}.pdf").data)
        document = outputs.of_docx(client.get(f"{ADDRESS}/{slug}.docx").data)
        for form in (page, pdf, document):
            assert letters(told["debut"]) in form
            assert letters("Version 1, publiée le 12 avril 2018") in form
            assert letters(f"{figures[2]} organisation") in form
        assert letters(told["phrase"]) in pdf
        assert letters(told["phrase"]) in document
        assert letters("".join(told["organisations"])) in page


@pytest.mark.usefixtures("out")
def test_t09_texts_are_escaped_never_linked_and_emphasised(client: InspectingClient) -> None:
    fifth, first = client.get(f"{ADDRESS}/lien-utilisateurs").text, client.get(f"{ADDRESS}/{SLUGS[0]}").text
    assert "(&lt; de 10 personnes)" in fifth
    assert "<strong>Wiki</strong>" in first
    assert "<em>une gouvernance démocratique" in first
    article = first[first.index("<article") : first.index("</article>")]
    assert "Scity.coop" in article
    assert "<a " not in article


@pytest.mark.usefixtures("out")
def test_t09_the_pdf_is_accessible_short_and_in_our_fonts(client: InspectingClient) -> None:
    for slug in SLUGS:
        pdf = client.get(f"{ADDRESS}/{slug}.pdf").data
        part, language, pages = outputs.conformance(pdf)
        assert (part, language) == ("1", "fr-FR")
        assert pages <= 2
        assert {name.split("-")[0] for name in pdf_text.fonts(pdf)} == {"AtkinsonHyperlegibleNext"}
    sparing = client.get(f"{ADDRESS}/{SLUGS[0]}.pdf?encre").data
    assert outputs.of_pdf(sparing) == outputs.of_pdf(client.get(f"{ADDRESS}/{SLUGS[0]}.pdf").data)


@pytest.mark.usefixtures("out")
def test_t09_the_booklet_opens_each_fiche_on_a_right_hand_page(client: InspectingClient) -> None:
    pdf = client.get(f"/tours/{factories.TOUR}/livret.pdf").data
    assert outputs.conformance(pdf)[:2] == ("1", "fr-FR")
    pages = [letters(page) for page in pdf_text.pages(pdf)]
    opened = [number for number, page in enumerate(pages, 1) if "Ficheateliern°" in page]
    assert len(opened) == 8
    assert all(number % 2 for number in opened)
    assert pages[0].startswith(letters("Bonnes pratiques de l’ESS Le guide fait sa tournée !"))
    assert "Sommaire" in pages[1]
    assert pages[3].startswith("Notes")
    assert all(figure in pages[-1] for figure in ("21ateliers", "203participations", "63organisations"))


@pytest.mark.usefixtures("out")
def test_t09_a_reader_who_holds_the_file_is_told_so(client: InspectingClient) -> None:
    for path in (f"{ADDRESS}/{SLUGS[0]}", f"{ADDRESS}/{SLUGS[0]}.pdf", f"/tours/{factories.TOUR}/livret.pdf"):
        tag = client.get(path).headers["ETag"]
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 304


def test_t09_what_is_not_published_is_missing_and_the_list_shows(
    app: Flask, client: InspectingClient
) -> None:
    with app.app_context():
        compiled.tour_held()
        compiled.publish("diversite")
    missing = client.get(f"{ADDRESS}/{SLUGS[0]}")
    assert missing.status_code == 404
    assert "Cette fiche n’est pas publiée" in missing.text
    assert f'href="{ADDRESS}/diversite"' in missing.text
    for kind in ("pdf", "docx", "json"):
        assert client.get(f"{ADDRESS}/{SLUGS[0]}.{kind}").status_code == 404
    assert client.get("/tours/nulle-part/fiches").status_code == 404
    assert client.get("/tours/nulle-part/livret.pdf").status_code == 404


def test_t09_no_fiche_yet_is_said(app: Flask, client: InspectingClient) -> None:
    with app.app_context():
        factories.tour_paca()
    assert "Aucune fiche n’est encore publiée" in client.get(ADDRESS).text
    assert client.get(f"/tours/{factories.TOUR}/livret.pdf").status_code == 404


def test_us09_a_correction_changes_the_page_only_when_published(app: Flask, client: InspectingClient) -> None:
    with app.app_context():
        compiled.tour_held()
        compiled.publish("lien-utilisateurs")
        nice, etape = compiled.ateliers()[2, 5]
        compiled.come(etape, [nice], None, "P900")
    assert "42 participant.e.s" in client.get(f"{ADDRESS}/lien-utilisateurs").text
    with app.app_context():
        compiled.publish("lien-utilisateurs")
    page = client.get(f"{ADDRESS}/lien-utilisateurs").text
    assert "43 participant.e.s" in page
    assert "Version 2, publiée" in page
    assert re.search(r"Erratum, version 2\u00a0: participations 43 au lieu de 42", page)


@pytest.mark.usefixtures("out")
def test_t10_an_organisation_that_asked_is_named_in_no_form(app: Flask, client: InspectingClient) -> None:
    with app.app_context():
        compiled.silence("Casden")
        compiled.publish("lien-utilisateurs")
    address = f"{ADDRESS}/lien-utilisateurs"
    assert "Casden" not in outputs.of_page(client.get(address).text)
    assert "Casden" not in client.get(f"{address}.json").text
    assert "Casden" not in outputs.of_pdf(client.get(f"{address}.pdf").data)
    assert "Casden" not in outputs.of_docx(client.get(f"{address}.docx").data)
    assert json.loads(client.get(f"{address}.json").data)["organisations_nombre"] == 28


def test_t09_the_home_of_the_tour_leads_to_the_fiches_once_they_are_out(
    app: Flask, client: InspectingClient
) -> None:
    home = f"/tours/{factories.TOUR}"
    with app.app_context():
        compiled.tour_held()
    before = client.get(home).text
    assert "Lire les fiches" not in before
    assert "a-venir-tout-de-suite" in before
    with app.app_context():
        compiled.publish("lien-utilisateurs")
    page = client.get(home).text
    assert "La fiche est publiée" in page
    assert "1\u00a0thème, 3\u00a0ateliers, 42\u00a0participations, 28\u00a0organisations." in page
    assert "a-venir-tout-de-suite" not in page
    with app.app_context():
        compiled.publish("diversite")
    lists = seed.repaired_lists()
    together = len({*lists[4], *lists[5]})
    said = f"2\u00a0thèmes, 6\u00a0ateliers, 67\u00a0participations, {together}\u00a0organisations."
    assert said in client.get(home).text
    with app.app_context():
        nice, etape = compiled.ateliers()[2, 5]
        compiled.come(etape, [nice], None, "P900")
        compiled.publish("lien-utilisateurs")
    assert "68\u00a0participations" in client.get(home).text
