"""A file of presences, as people make them, becomes the presences it says, or is refused whole and in words."""

import pytest
from sqlalchemy import func, select, update

from tests import factories, seed
from tests.attendance import people
from tests.attendance.taking_in import HEADER, Row, csv_of, faults, figures, take_in, workbook_of
from tourpaca.attendance import presences_plan
from tourpaca.attendance.models import Mark, Presence
from tourpaca.attendance.presences_file import COLUMNS
from tourpaca.db import session, transaction
from tourpaca.organisations.models import Graphie, Organisation
from tourpaca.refusal import Refused
from tourpaca.registration.models import Dossier, Participant
from tourpaca.tour import queries as tour_queries
from tourpaca.tour.models import Atelier, Thematique

pytestmark = pytest.mark.usefixtures("open_house")


@pytest.mark.usefixtures("organisations")
def test_us09_the_users_presences_come_in_whole_and_a_second_time_changes_nothing() -> None:
    data = (seed.DATA / "presences.csv").read_bytes()
    done = take_in(data)
    assert (len(done.changes), done.new_people, done.new_organisations, done.warnings) == (203, 122, (), ())
    assert figures() == seed.FIGURES
    again = take_in(data)
    assert (len(again.changes), again.unchanged, again.new_people) == (0, 203, 0)
    assert session().scalar(select(func.count()).select_from(Mark)) == 203
    assert set(session().scalars(select(Dossier.source))) == {"sur_place"}


@pytest.mark.usefixtures("organisations")
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_us09_usual_encodings_and_separators_say_the_same(separator: str, encoding: str) -> None:
    rows = [
        ("2", "1", "1", "Zoé Étoile", "École des Mines", "présent"),
        ("2", "2", "5", "Zoé Étoile", "", "absent"),
    ]
    text = "\r\n".join(separator.join(row) for row in [("Étape", "Créneau", *COLUMNS[2:]), *rows])
    done = take_in(text.encode(encoding))
    assert (len(done.changes), done.new_people, done.new_organisations) == (2, 1, ())
    assert session().scalar(select(Participant.external_ref)) == "Zoé Étoile"


@pytest.mark.usefixtures("organisations")
def test_us09_a_workbook_says_the_same_as_the_csv() -> None:
    rows: list[Row] = [
        (int(r["etape"]), int(r["creneau"]), int(r["fiche"]), r["personne"], r["organisation"], r["statut"])
        for r in seed.presences()
    ]
    assert len(take_in(workbook_of(rows)).changes) == 203
    assert figures() == seed.FIGURES


@pytest.mark.usefixtures("organisations")
def test_us09_any_spelling_of_an_organisation_will_do() -> None:
    spelled = ["Mgen06", "MGEN 06", "mgen-06", "Mgen 06"]
    done = take_in(csv_of(*(f"1,1,1,P{n},{name},present" for n, name in enumerate(spelled))))
    assert done.new_organisations == ()
    assert figures() == [(1, 4, 1)]
    kept = session().scalars(select(Graphie.text).join(Organisation).where(Organisation.slug == "mgen-06"))
    assert "MGEN 06" in set(kept), "the spelling typed is kept"


def test_us09_a_name_never_seen_is_created_once_and_waits_for_the_team() -> None:
    done = take_in(
        csv_of("1,1,1,P1,Les Petits Débrouillards,present", "2,1,1,P2,Petits debrouillards,present")
    )
    assert done.new_organisations == ("Les Petits Débrouillards",)
    assert session().scalars(select(Organisation.state)).all() == ["a_verifier"]
    assert figures() == [(2, 2, 1)]


def test_us09_a_person_without_organisation_counts_and_is_listed_nowhere() -> None:
    take_in(csv_of("1,1,1,P1,,present"))
    assert figures() == [(1, 1, 0)]


def test_us09_a_status_corrected_in_the_file_is_a_new_mark_and_the_first_stays() -> None:
    take_in(csv_of("1,1,1,P1,Chorum,present", "1,2,5,P1,Chorum,present"))
    done = take_in(csv_of("1,1,1,P1,Chorum,present", "1,2,5,P1,Chorum,absent"))
    assert (len(done.changes), done.unchanged) == (1, 1)
    assert session().scalars(select(Mark.status).order_by(Mark.id)).all() == ["present", "present", "absent"]
    assert figures() == [(1, 1, 1)]


def test_us09_who_a_person_came_for_is_kept_line_by_line() -> None:
    take_in(csv_of("1,1,1,P1,Chorum,present", "1,2,5,P1,Casden,present", "1,2,6,P2,,present"))
    named = (
        select(Thematique.ordre, Organisation.name)
        .select_from(Presence)
        .join(Thematique, Thematique.id == Presence.thematique_id)
        .outerjoin(Organisation, Organisation.id == Presence.organisation_id)
        .order_by(Thematique.ordre)
    )
    assert [tuple(row) for row in session().execute(named)] == [(1, "Chorum"), (5, "Casden"), (6, None)]


def test_us09_a_dry_run_writes_nothing_and_announces_the_same() -> None:
    data = csv_of("1,1,1,P1,Chorum,present")
    announced = presences_plan.preview(tour_queries.tour(factories.TOUR).id, data)
    assert session().scalar(select(func.count()).select_from(Participant)) == 0
    assert take_in(data) == announced


def test_us09_every_fault_is_told_at_once_with_its_line() -> None:
    found = faults(
        csv_of(
            "1,1,1,P1,Chorum,present",
            "9,1,1,P1,Chorum,present",
            "1,3,1,P1,Chorum,present",
            "1,1,12,P1,Chorum,present",
            "1,2,1,P1,Chorum,present",
            "1,1,1,P2,Chorum,peut-être",
            "un,1,1,P3,Chorum,present",
            ",,,,,",
            "1,1,1,,Chorum,present",
            "1,1,1,P1,Casden,present",
            "1,1,,P1,,present",
        )
    )
    assert [f.split(" :")[0] for f in found] == [f"ligne {n}" for n in (3, 4, 5, 6, 7, 8, 10, 11, 12)]
    assert "étape 9" in found[0]
    assert "se tient au créneau 1" in found[3]
    assert "autre organisation à la ligne 2" in found[7]


def test_us09_a_workshop_that_was_cancelled_or_never_planned_takes_no_presence() -> None:
    room, other = people.atelier("nice", 8).id, people.atelier("carpentras", 8).id
    with transaction() as current:
        current.execute(update(Atelier).where(Atelier.id == room).values(state="annule"))
        current.delete(current.get(Atelier, other))
    found = faults(csv_of("2,2,8,P1,Chorum,present", "3,2,8,P1,Chorum,present"))
    assert "ligne 2" in found[0]
    assert "est annulé" in found[0]
    assert "n’était pas au programme" in found[1]


def test_us09_homonyms_must_be_named_by_their_id() -> None:
    people.organisation("Amicale laïque", "amicale-laique")
    people.organisation("Amicale Laïque", "amicale-laique-2")
    assert "amicale-laique, amicale-laique-2" in faults(csv_of("1,1,1,P1,AMICALE LAIQUE,present"))[0]
    take_in(csv_of("1,1,1,P1,amicale-laique-2,present", "1,1,1,P2,amicale-laique,present"))
    assert figures() == [(1, 2, 2)]


def test_us09_an_organisation_linked_to_another_is_one_with_it() -> None:
    kept, linked = people.organisation("Pôle emploi PACA"), people.organisation("Pôle emploi")
    with transaction() as current:
        current.execute(
            update(Organisation).where(Organisation.id == linked).values(root_id=kept, linked_to_id=kept)
        )
    data = csv_of(
        "1,1,1,P1,Pôle emploi,present", "1,1,1,P2,pole-emploi,present", "1,1,1,P3,Pôle Emploi Paca,present"
    )
    take_in(data)
    assert figures() == [(1, 3, 1)]
    assert take_in(data).unchanged == 3


@pytest.mark.usefixtures("organisations")
def test_us09_a_spelling_printed_for_two_bodies_names_neither() -> None:
    with transaction() as current:
        current.execute(update(Graphie).where(Graphie.key == "mgen06et84").values(composite=True))
    assert "deux organisations" in faults(csv_of("1,1,1,P1,Mgen 06 et 84,present"))[0]


def test_us09_two_workshops_in_one_creneau_are_counted_and_pointed_out() -> None:
    done = take_in(csv_of("1,1,1,P1,Chorum,present", "1,1,2,P1,Chorum,present"))
    assert len(done.warnings) == 1
    assert "ligne 3" in done.warnings[0]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"etape,creneau\n1,1\n",
        csv_of(header=HEADER + ",statut"),
        csv_of('1,1,1,"P1,Chorum,present'),
        b"PK\x03\x04 broken",
        b"\x00\x01\x02binary",
    ],
)
def test_us09_a_file_of_another_kind_is_refused_in_one_sentence(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        take_in(data)
    assert refused.value.message.count("\n") == 0
