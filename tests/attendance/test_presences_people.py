"""Who and what a line of presences means: somebody known, the event, a correction, another organisation."""

import pytest
from sqlalchemy import func, select

from tests.attendance import people
from tests.attendance.taking_in import csv_of, figures, take_in
from tourpaca.attendance import invariants
from tourpaca.db import session
from tourpaca.registration.models import Participant

pytestmark = pytest.mark.usefixtures("open_house")


@pytest.mark.parametrize(
    ("first", "last", "held"), [("absent", "present", [(1, 1, 1)]), ("present", "absent", [])]
)
def test_us09_the_last_line_about_a_person_in_an_atelier_counts_and_is_pointed_out(
    first: str, last: str, held: list[tuple[int, int, int]]
) -> None:
    data = csv_of(f"1,1,1,P1,Chorum,{first}", f"1,1,1,P1,,{last}")
    done = take_in(data)
    assert (len(done.changes), len(done.warnings)) == (1, 1)
    assert "ligne 3 : corrige la ligne 2" in done.warnings[0]
    assert figures() == held
    assert take_in(data).unchanged == 1


@pytest.mark.parametrize("fiche", ["", "0", "-", "5"])
def test_us09_the_capitalisation_event_feeds_no_fiche_whatever_the_line_says(fiche: str) -> None:
    done = take_in(csv_of(f"4,1,{fiche},P1,Chorum,present"))
    assert (len(done.changes), len(done.warnings)) == (1, int(fiche == "5"))
    assert figures() == []


def test_us09_an_id_is_known_in_any_case() -> None:
    people.organisation("Communauté d’agglomération Sophia-Antipolis", "casa")
    assert take_in(csv_of("1,1,1,P1,CASA,present", "1,1,1,P2,casa,present")).new_organisations == ()
    assert figures() == [(1, 2, 1)]


def test_us09_somebody_who_registered_is_not_added_again() -> None:
    chorum = people.organisation("Chorum")
    people.expect("marseille", ("Exemple", "Camille"), (1, 5), chorum)
    people.expect("marseille", ("Factice", "Alix"), (1,), chorum, role="animation")
    data = csv_of(
        "1,1,1,EXEMPLE Camille,Chorum,present",
        "1,2,5,camille exemple,,present",
        "1,1,2,Camille Exemple,Casden,present",
        "1,1,1,Alix Factice,chorum,present",
    )
    done = take_in(data)
    assert (len(done.changes), done.new_people) == (4, 1)
    assert figures() == [(1, 1, 1), (1, 1, 1), (1, 1, 0)], "who animates is noted and does not count"
    assert take_in(data).unchanged == 4
    assert list(invariants.breaches()) == []


def test_us09_who_comes_for_another_organisation_this_once_breaks_nothing() -> None:
    take_in(csv_of("1,1,1,P1,Chorum,present", "1,2,5,P1,Casden,present", "1,2,6,p1,,absent"))
    assert session().scalar(select(func.count()).select_from(Participant)) == 1
    assert list(invariants.breaches()) == []
