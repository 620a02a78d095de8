"""What a tour file may not say, refused by its place in the file; and the hours, however they are written."""

from datetime import time
from typing import Any

import pytest
import yaml

from tourpaca.fiches.tour_file import reading
from tourpaca.refusal import Refused


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"tournee": None}, "tournee : un groupe de champs est attendu, on lit « None »."),
        ({"tournee": {"nom": ["a"]}}, "tournee › nom : un texte est attendu, on lit « ['a'] »."),
        ({"fiches": "non"}, "fiches : une liste est attendu, on lit « non »."),
        (
            {"fiches": [{"ordre": 0, "titre": "A"}]},
            "fiches › 1 › ordre : un nombre à partir de 1 est attendu, on lit « 0 ».",
        ),
        ({"organisations": [{"id": "a"}]}, "organisations › 1 › nom_canonique : un texte est attendu"),
    ],
)
def test_a_wrong_value_is_refused_by_its_place(change: dict[str, Any], said: str) -> None:
    document = {"tournee": {"nom": "Tournée"}} | change
    with pytest.raises(Refused) as refused:
        reading.read(yaml.safe_dump(document).encode())
    assert said in refused.value.message.replace("\u00a0", " ").replace("’", "'")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("date", "demain"),
        ("code_departement", "99"),
        ("genre", "concert"),
        ("debut", "25:00"),
        ("debut", True),
        ("ouverture", "hier"),
        ("places", -1),
        ("places", "beaucoup"),
    ],
)
def test_a_wrong_etape_is_refused_by_its_place(field: str, value: object) -> None:
    etape = {"ordre": 1, "date": "2018-01-30", "lieu": "Nice", "code_departement": "06"} | {field: value}
    document = {"tournee": {"nom": "Tournée", "etapes": [etape]}}
    with pytest.raises(Refused, match=f"tournee › etapes › 1 › {field}"):
        reading.read(yaml.safe_dump(document).encode())


def test_what_is_not_yaml_is_refused_with_its_line() -> None:
    with pytest.raises(Refused, match="voyez la ligne 3"):
        reading.read(b"tournee:\n  nom: x\n  autre: }\n  suite: x\n")
    with pytest.raises(Refused, match="ne se lit pas"):
        reading.read(b"\xff\xfe\x00")


def test_hours_are_read_however_they_are_written() -> None:
    written = ["9:30", "09:30", "'9:30'", "9 h 30", "9h30", "'9 h'"]
    for text in written:
        etape = f"{{ordre: 1, date: 2018-01-30, lieu: Nice, code_departement: '06', debut: {text}}}"
        document = f"tournee:\n  nom: x\n  etapes:\n  - {etape}"
        start = reading.read(document.encode()).etapes[0].values["starts_at"]
        assert start == (time(9) if text == "'9 h'" else time(9, 30))
