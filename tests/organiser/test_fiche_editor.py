"""Writing a fiche in a page: items move, come and go, and two writers lose nothing (US9, R22)."""

import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests import factories
from tests.fiches.compiled import ACT
from tests.inspecting import InspectingClient
from tests.page_inspection import Page
from tourpaca.fiches import actions, queries
from tourpaca.fiches.actions import LONGEST, Edit
from tourpaca.fiches.changes import together

Team = Callable[..., InspectingClient]
FICHE = f"/equipe/{factories.TOUR}/fiches/lien-utilisateurs"
ENJEUX = ["Écouter", "Répondre", "Décider ensemble"]


@pytest.fixture
def written(app: Flask) -> Flask:
    """The tour of the stories, its fifth fiche with three enjeux and a présentation."""
    with app.app_context():
        factories.tour_paca()
        texts = {"enjeux": Edit("\n".join(ENJEUX), 0), "presentation": Edit("Un.\n\nDeux (< de 10).", 0)}
        actions.save_texts(ACT, _id(), texts)
    return app


def _id() -> int:
    return queries.thematique(factories.TOUR, "lien-utilisateurs").id


def text(app: Flask, kind: str = "enjeux") -> str:
    """What is stored of a section."""
    with app.app_context():
        return queries.sections(_id())[kind].text


def form(client: InspectingClient, path: str = FICHE) -> dict[str, Any]:
    """What a browser would send of a page left as it is: every control of the form of texts."""
    return typed(client.get(path).get_data(as_text=True))


def typed(page: str) -> dict[str, Any]:
    """What the form of texts of a page holds, without its token."""
    inside = page[page.index('id="textes"') :]
    inside = inside[: inside.index("</form>")]
    sent: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', inside):
        sent[name] = html.unescape(value)
    for name, value in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n(.*?)</textarea>', inside, re.S):
        sent.setdefault(name, []).append(html.unescape(value))
    sent.pop("csrf_token", None)
    return sent


def send(client: InspectingClient, sent: dict[str, Any], geste: str = "") -> TestResponse:
    """Press a button of the editor."""
    return client.submit(FICHE, {**sent, "geste": geste}, page=FICHE)


def test_t05_a_page_left_as_it_is_changes_nothing(written: Flask, team: Team) -> None:
    client = team()
    assert send(client, form(client)).status_code == 303
    assert "Rien n’avait changé." in client.get(FICHE).text
    with written.app_context():
        assert queries.sections(_id())["enjeux"].version == 1


@pytest.mark.parametrize(
    ("geste", "expected"),
    [
        ("monter:enjeux:2", ["Écouter", "Décider ensemble", "Répondre"]),
        ("descendre:enjeux:0", ["Répondre", "Écouter", "Décider ensemble"]),
        ("monter:enjeux:0", ENJEUX),
        ("descendre:enjeux:2", ENJEUX),
        ("retirer:enjeux:1", ["Écouter", "Décider ensemble"]),
        ("retirer:enjeux:9", ENJEUX),
        ("monter:rien:1", ENJEUX),
    ],
)
@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_t05_items_move_and_go_by_buttons(
    written: Flask, team: Team, geste: str, expected: list[str]
) -> None:
    client = team()
    answer = send(client, form(client), geste)
    assert answer.status_code == 303
    assert text(written) == "\n".join(expected)


def test_t05_any_button_keeps_all_that_was_typed(written: Flask, team: Team) -> None:
    client = team()
    sent = form(client)
    sent["enjeux"][0], sent["presentation"] = "Écouter d’abord", ["Autre."]
    answer = send(client, sent, "ajouter:indicateurs")
    assert answer.location.endswith("?ajouter=indicateurs#indicateurs-neuf")
    assert text(written).startswith("Écouter d’abord\n")
    assert text(written, "presentation") == "Autre."
    added = form(client, f"{FICHE}?ajouter=indicateurs")
    assert added["indicateurs"] == [""]
    added["indicateurs"] = ["Nombre de consultations (« Zéro CLD »)"]
    assert send(client, added, "relire").location.endswith("/lien-utilisateurs/publier")
    assert text(written, "indicateurs") == "Nombre de consultations (« Zéro CLD »)"
    assert send(client, form(client), "apercu").location.endswith("/lien-utilisateurs/apercu")
    assert "Nombre de consultations" in client.get(f"{FICHE}/apercu").text


def test_t05_a_line_taken_away_can_be_put_back(written: Flask, team: Team) -> None:
    client = team()
    send(client, form(client), "retirer:enjeux:1")
    page = client.get(FICHE).text
    strip = page[page.index('class="retablir"') :]
    assert "« Répondre » est retiré." in html.unescape(strip).replace("\u00a0", " ")
    back = dict(re.findall(r'name="(geste|ligne)" value="([^"]*)"', strip[: strip.index("</form>")]))
    client.submit(FICHE, {name: html.unescape(value) for name, value in back.items()}, page=FICHE)
    assert text(written) == "\n".join(ENJEUX)
    assert text(written, "presentation") == "Un.\n\nDeux (< de 10)."


def test_t05_too_long_a_text_is_told_beside_it_and_everything_typed_is_kept(
    written: Flask, team: Team
) -> None:
    client = team()
    sent = form(client)
    sent["presentation"], sent["enjeux"][2] = ["x" * (LONGEST + 3)], "Décider à deux"
    answer = send(client, sent)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "Les textes ne sont pas encore enregistrés" in page
    assert "Raccourcissez ce texte de 3\u00a0signes." in page
    assert typed(page)["presentation"] == ["x" * (LONGEST + 3)]
    assert typed(page)["enjeux"][2] == "Décider à deux"
    assert text(written) == "\n".join(ENJEUX)


def two_writers(client: InspectingClient) -> tuple[str, TestResponse]:
    """Two people open the page, then both add an enjeu and change another; return the second's page."""
    first, second = form(client), form(client)
    first["enjeux"] = ["Écouter", "Répondre vite", "Décider ensemble", "Rendre compte"]
    first["indicateurs"] = ["Nombre de réponses"]
    second["enjeux"] = ["Écouter", "Répondre à tous", "Décider ensemble", "Se réunir"]
    second["illustrations"] = ["Un café"]
    assert send(client, first).status_code == 303
    answer = send(client, second)
    return answer.get_data(as_text=True), answer


def choose(client: InspectingClient, page: str, chosen: str) -> None:
    """Choose one of the texts of the page of differences, then save."""
    main = page[page.index("<main") :]
    carried = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', main)
    options = re.findall(
        r'type="radio" name="text-enjeux" value="([^"]*)"( checked)?><span><small>([^<]+)', main
    )
    assert [words for _, checked, words in options if checked] == ["Les deux réunis"]
    value = next(value for value, _, words in options if words == chosen)
    sent = {name: html.unescape(typed) for name, typed in carried if name != "csrf_token"}
    answer = client.submit(FICHE, {**sent, "text-enjeux": html.unescape(value)}, page=FICHE)
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (
            "Les deux réunis",
            ["Écouter", "Répondre vite", "Décider ensemble", "Rendre compte", "Répondre à tous", "Se réunir"],
        ),
        ("Votre texte", ["Écouter", "Répondre à tous", "Décider ensemble", "Se réunir"]),
        ("Enregistré entre-temps", ["Écouter", "Répondre vite", "Décider ensemble", "Rendre compte"]),
    ],
)
def test_r22_of_two_who_write_the_same_section_neither_loses_a_line(
    written: Flask, team: Team, chosen: str, expected: list[str]
) -> None:
    client = team()
    page, answer = two_writers(client)
    assert answer.status_code == 409
    words = html.unescape(page)
    assert "Votre texte est gardé" in words
    for line in ("Répondre vite", "Rendre compte", "Répondre à tous", "Se réunir"):
        assert line in words
    assert text(written, "illustrations") == ""
    choose(client, page, chosen)
    assert text(written) == "\n".join(expected)
    assert text(written, "illustrations") == "Un café"
    assert text(written, "indicateurs") == "Nombre de réponses"


def test_r22_two_who_write_different_sections_are_not_disturbed(written: Flask, team: Team) -> None:
    client = team()
    first, second = form(client), form(client)
    first["enjeux"][0], second["presentation"] = "Entendre", ["Trois."]
    assert send(client, first).status_code == 303
    assert send(client, second).status_code == 303
    assert text(written).startswith("Entendre")
    assert text(written, "presentation") == "Trois."


def test_r22_texts_put_together_keep_what_each_added_and_drop_what_either_took_away() -> None:
    assert together("a\nb\nc", "a\nc\nd", "b\nc\ne", "enjeux") == "c\ne\nd"
    assert together("Un.", "Un.\n\nMien.", "Un.\n\nLeur.", "presentation") == "Un.\n\nLeur.\n\nMien."
    assert together("", "x", "x", "enjeux") == "x"


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_t05_a_form_without_its_memory_still_saves(written: Flask, team: Team) -> None:
    client = team()
    sent = form(client) | {"montre": json.dumps([1])}
    sent["enjeux"] = ["Un seul"]
    assert send(client, sent).status_code == 303
    assert text(written) == "Un seul"


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_every_control_of_the_editor_has_a_name_of_its_own(written: Flask, team: Team) -> None:
    page = Page(team().get(FICHE).get_data(as_text=True))
    labels = [a["aria-label"] for kind, a, _ in page.fields if kind == "textarea" and "aria-label" in a]
    assert labels == ["Enjeu 1", "Enjeu 2", "Enjeu 3"]


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_s03_saving_without_the_token_is_refused(written: Flask, team: Team) -> None:
    answer = team().post(FICHE, data={"enjeux": "Forgé"})
    assert answer.status_code == 400
    assert text(written) == "\n".join(ENJEUX)
