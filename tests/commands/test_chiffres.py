"""The command that prints the chiffres clés of a tour, as others rely on it."""

import json

from flask import Flask

from tests import factories, seed
from tests.fiches import compiled


def test_us09_t01_chiffres_json_is_as_pinned(app: Flask) -> None:
    with app.app_context():
        compiled.tour_held()
    told = app.test_cli_runner().invoke(args=["chiffres", factories.TOUR, "--json"])
    assert told.exit_code == 0
    found = json.loads(told.output)
    assert list(found) == ["tour", "ateliers", "participations", "organisations", "fiches"]
    assert (found["ateliers"], found["participations"], found["organisations"]) == seed.TOTALS
    first = found["fiches"][0]
    assert list(first) == ["ordre", "slug", "ateliers", "participants", "organisations", "phrase"]
    assert first["phrase"].startswith("3 ateliers organisés, 27 participant.e.s\u00a0: ACCES Var, ")
    found = [(f["ateliers"], f["participants"], len(f["organisations"])) for f in found["fiches"]]
    assert found == seed.FIGURES


def test_us09_chiffres_without_json_is_read_by_people(app: Flask) -> None:
    with app.app_context():
        compiled.tour_held()
    told = app.test_cli_runner().invoke(args=["chiffres", factories.TOUR])
    assert told.output.splitlines()[-1] == "21\u00a0ateliers, 203\u00a0participations, 63\u00a0organisations"


def test_us09_chiffres_of_no_tour_is_one_clear_line(app: Flask) -> None:
    told = app.test_cli_runner().invoke(args=["chiffres", "nulle-part"])
    assert told.exit_code == 1
    assert told.output.strip() == "Error: Cette tournée n’existe pas."
