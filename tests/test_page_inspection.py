"""The inspection of pages bites: each fault planted in a good page is named."""

import pytest

from tests import page_inspection

GOOD = """<!doctype html>
<html lang="fr">
<head><meta charset="utf-8"><title>Nice — la tournée</title><link rel="stylesheet" href="/static/a.css"></head>
<body>
<main><h1>L’étape de Nice</h1>
<form action="/equipe/quitter" method="post"><input type="hidden" name="csrf_token" value="x">
<label for="nom">Nom</label><input id="nom" name="nom" value="L'Atelier"><textarea aria-label="Texte">d'un</textarea>
<button>Quitter</button></form>
<p translate="no">L'Amicale de l'école</p><script src="/static/a.js" defer></script></main>
</body>
</html>"""

FAULTS = (
    ("<!doctype html>", "", "no <!doctype html>"),
    (' lang="fr"', "", "no lang"),
    ("Nice — la tournée", " ", "no title"),
    ("</h1>", "</h1><h1>Deux</h1>", "2 <h1> instead of one"),
    ("<main>", "<div>", "</main>"),
    ("<p translate", '<p id="nom" translate', "id 'nom' is used 2 times"),
    ('action="/equipe/quitter" ', "", "a form has no action"),
    (' method="post"', "", "a form has the method ''"),
    ('name="csrf_token"', 'name="autre"', "no csrf_token"),
    (' for="nom"', "", "the field 'nom' has no label"),
    ('<p translate="no">', '<p style="color:red">', "inline style="),
    ('<p translate="no">', '<p onclick="x()">', "inline onclick="),
    (' src="/static/a.js" defer', "", "inline <script>"),
    ("<p ", "<style>p{}</style><p ", "inline <style>"),
    (' translate="no"', "", "straight apostrophe"),
    ("</form>", "", "where form is open"),
    ("</p>", "</p></p>", "</p> at line"),
)


def test_a_good_page_has_no_fault() -> None:
    assert page_inspection.faults(GOOD) == []


@pytest.mark.parametrize(("before", "after", "sentence"), FAULTS)
def test_each_fault_is_named(before: str, after: str, sentence: str) -> None:
    assert before in GOOD
    assert any(sentence in fault for fault in page_inspection.faults(GOOD.replace(before, after, 1)))


def test_another_language_has_its_own_apostrophes() -> None:
    assert page_inspection.faults(GOOD.replace('lang="fr"', 'lang="en"').replace(' translate="no"', "")) == []
