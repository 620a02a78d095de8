"""The subjects of letters: what comes first, and how long they may be."""

from datetime import date

import pytest

from tourpaca.registration import subjects
from tourpaca.tour.models import Etape

FAR = Etape(town="", departement="04", day=date(2018, 9, 29))
NICE = Etape(town="Nice", departement="06", day=date(2018, 1, 30))


def test_r13_town_date_and_matter_and_a_change_begins_with_its_nature() -> None:
    assert subjects.about(NICE, "votre inscription") == "Nice, 30\u00a0janvier\u00a0: votre inscription"
    assert subjects.change(NICE, "Inscription annulée") == "Inscription annulée\u00a0: Nice, 30\u00a0janvier"


@pytest.mark.parametrize(
    "subject",
    [
        subjects.about(FAR, "votre inscription (20\u00a0personnes)", subjects.INSCRIPTION),
        subjects.change(FAR, "Inscription annulée"),
        subjects.change(FAR, "Une place pour Marie-Antoinette Exemple-Démonstration", "Une place se libère"),
    ],
)
def test_r13_a_subject_is_under_sixty_signs(subject: str) -> None:
    assert len(subject) < 60, subject
