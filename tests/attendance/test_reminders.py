"""B09, R9, R19: reminders leave at 9 h of Paris, once, follow a moved date, are missed rather than late."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.attendance.people import atelier, expect, mark
from tests.attendance.reminding_people import EVE, LONG_BEFORE, change, enable, leg, tour_id
from tests.mail.writing import letters
from tests.racing import race
from tourpaca.attendance import actions, reminders, reminding
from tourpaca.attendance.models import Depart
from tourpaca.db import session, transaction
from tourpaca.journal.models import Act
from tourpaca.mail import composition
from tourpaca.mail.models import Envoi
from tourpaca.refusal import Unknown
from tourpaca.registration.models import Lien, Participant, Place
from tourpaca.security import hash_token
from tourpaca.tour.models import ANNULE, Atelier, Etape


@pytest.fixture(params=["UTC", "Europe/Paris", "America/Los_Angeles", "Pacific/Chatham"])
def zone_of_the_machine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The machine lives in another zone: what it says of the hour must not matter."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("day", "days", "expected"),
    [
        (date(2017, 12, 19), -1, datetime(2017, 12, 18, 8, tzinfo=UTC)),
        (date(2018, 3, 29), -1, datetime(2018, 3, 28, 7, tzinfo=UTC)),
        (date(2018, 3, 25), -1, datetime(2018, 3, 24, 8, tzinfo=UTC)),
        (date(2018, 3, 29), -7, datetime(2018, 3, 22, 8, tzinfo=UTC)),
        (date(2018, 10, 28), 1, datetime(2018, 10, 29, 8, tzinfo=UTC)),
        (date(2018, 10, 28), -1, datetime(2018, 10, 27, 7, tzinfo=UTC)),
    ],
)
def test_r19_nine_hours_are_those_of_paris_on_both_sides_of_legal_time(
    zone_of_the_machine: str, day: date, days: int, expected: datetime
) -> None:
    assert reminders.due_at(Etape(day=day), days) == expected


def test_b09_it_leaves_at_nine_the_day_before_and_never_again(reminded: Flask) -> None:
    enable()
    reminding.leave_due(EVE - timedelta(seconds=1))
    assert letters() == []
    for seconds in (0, 5, 3600, 90_000):
        reminding.leave_due(EVE + timedelta(seconds=seconds))
    (letter,) = letters()
    assert (letter.to_email, letter.subject) == ("specimen@exemple.org", "Carpentras\u00a0: c’est demain")
    assert (letter.due_at, letter.expires_at) == (EVE, datetime(2018, 2, 13, 11, 15, tzinfo=UTC))
    found = leg(EVE + timedelta(hours=1))
    assert (found.state, found.letters, found.done_at, found.by_hand) == ("parti", 1, EVE, False)


def test_b09_it_carries_the_calendar_as_it_is_now(reminded: Flask) -> None:
    """The entry of the confirmation, with its number: whoever moved it by mistake has it back; thanks carry none."""
    enable()
    enable("merci_j1")
    place = (
        session().scalars(select(Place).join(Participant).where(Participant.last_name == "Specimen")).one()
    )
    with transaction() as current:
        current.execute(update(Place).where(Place.id == place.id).values(calendar_sequence=3))
        current.execute(update(Atelier).where(Atelier.id == place.atelier_id).values(room="Salle Mistral"))
    reminding.leave_due(EVE)
    reminding.leave_due(EVE + timedelta(days=2))
    reminder = next(letter for letter in letters() if "demain" in letter.subject)
    (entry,) = reminder.content["events"]  # type: ignore[union-attr]
    assert (entry["uid"], entry["sequence"], entry["cancelled"]) == (place.uid, 3, False)
    assert entry["location"].startswith("Salle Mistral")
    assert composition.attachments(reminder) == ["rendez-vous-1.ics"]
    assert all(not composition.attachments(letter) for letter in letters() if letter is not reminder)


def test_r10_who_cancelled_and_who_waits_are_not_reminded(reminded: Flask) -> None:
    enable()
    reminding.leave_due(EVE)
    assert [letter.to_email for letter in letters()] == ["specimen@exemple.org"]


def test_b09_the_letter_carries_present_places_and_a_link_that_opens(reminded: Flask) -> None:
    enable()
    with transaction() as current:
        person = current.scalars(select(Participant).where(Participant.last_name == "Specimen")).one()
        current.execute(
            update(Place)
            .where(Place.participant_id == person.id)
            .values(atelier_id=atelier("carpentras", 4).id)
        )
    reminding.leave_due(EVE)
    (letter,) = letters()
    text = composition.text(letter)
    assert "Politique salariale" in text
    assert "territorialité" not in text
    token = next(line for line in text.splitlines() if "/inscriptions/" in line).rsplit("/", 1)[1]
    assert session().scalars(select(Lien).where(Lien.token_hash == hash_token(token))).one()


def test_b09_it_follows_a_moved_date(reminded: Flask) -> None:
    enable()
    change(day=date(2018, 2, 20))
    reminding.leave_due(EVE)
    assert letters() == []
    assert leg(EVE).due_at == EVE + timedelta(days=7)
    reminding.leave_due(EVE + timedelta(days=7))
    assert len(letters()) == 1


def test_b09_what_left_stays_sent_when_the_date_moves(reminded: Flask) -> None:
    enable()
    reminding.leave_due(EVE)
    change(day=date(2018, 2, 20))
    reminding.leave_due(EVE + timedelta(days=7))
    assert len(letters()) == 1
    assert leg(EVE + timedelta(days=7)).state == "parti"


def test_b09_a_needless_one_leaves_when_the_date_moves_and_somebody_comes(reminded: Flask) -> None:
    enable()
    eve_of_nice = datetime(2018, 1, 29, 8, tzinfo=UTC)
    reminding.leave_due(eve_of_nice)
    assert leg(eve_of_nice, slug="nice").state == "sans_objet"
    expect("nice", ("Exemple", "Camille"), (2,))
    with transaction() as current:
        current.scalars(
            select(Participant).where(Participant.last_name == "Exemple")
        ).one().email = "c@exemple.org"
    reminding.leave_due(eve_of_nice + timedelta(minutes=1))
    assert letters() == []
    change("nice", day=date(2018, 2, 6))
    reminding.leave_due(eve_of_nice + timedelta(days=7))
    assert [letter.to_email for letter in letters()] == ["c@exemple.org"]


@pytest.mark.parametrize(
    ("enabled", "looked"),
    [
        (EVE + timedelta(minutes=1), EVE + timedelta(minutes=2)),
        (LONG_BEFORE, EVE + timedelta(hours=12)),
    ],
    ids=["enabled too late", "worker down"],
)
def test_b09_a_moment_that_is_past_is_missed_and_nothing_leaves(
    reminded: Flask, enabled: datetime, looked: datetime
) -> None:
    enable(at=enabled)
    reminding.leave_due(looked)
    assert letters() == []
    found = leg(looked)
    assert (found.state, found.recoverable) == ("manque", True)
    assert not leg(looked + timedelta(days=2)).recoverable, "once the étape is over it would make no sense"


def test_b09_a_worker_that_comes_back_the_same_day_still_sends(reminded: Flask) -> None:
    enable()
    reminding.leave_due(EVE + timedelta(hours=11, minutes=59))
    assert len(letters()) == 1


def test_b09_a_cancelled_etape_and_a_stopped_reminder_send_nothing(reminded: Flask) -> None:
    enable()
    change(state=ANNULE)
    reminding.leave_due(EVE)
    assert leg(EVE).state == "sans_objet"
    assert not leg(EVE).recoverable
    change(state="prevu")
    actions.set_reminder(Act(EVE), tour_id(), "rappel_j1", False)
    reminding.leave_due(EVE)
    assert letters() == []
    assert leg(EVE).state == "arrete"


def test_b09_thanks_go_to_those_present_and_never_expire(reminded: Flask) -> None:
    enable("merci_j1")
    here = expect("carpentras", ("Exemple", "Camille"), (3,))
    with transaction() as current:
        current.get_one(Participant, here).email = "camille@exemple.org"
    actions.record(Act(EVE + timedelta(days=1)), [mark(here, atelier("carpentras", 3).id)])
    reminding.leave_due(EVE + timedelta(days=2))
    (letter,) = letters()
    assert (letter.to_email, letter.expires_at) == ("camille@exemple.org", None)


def test_b09_who_registers_after_it_left_is_counted_and_not_written_to(reminded: Flask) -> None:
    enable("rappel_j7")
    week_before = datetime(2018, 2, 6, 8, tzinfo=UTC)
    reminding.leave_due(week_before)
    late = expect("carpentras", ("Exemple", "Camille"), (3,))
    with transaction() as current:
        current.get_one(Participant, late).dossier.created_at = week_before + timedelta(hours=2)
    reminding.leave_due(week_before + timedelta(hours=3))
    assert len(letters()) == 1
    assert leg(week_before + timedelta(hours=3), "rappel_j7").since == 1
    assert leg(week_before + timedelta(days=10), "rappel_j7").since == 0


def test_r09_two_workers_send_it_once(reminded: Flask) -> None:
    """Two schedulers look at the same instant; each person gets one letter, the étape one departure."""
    enable()
    faults = race(reminded, lambda _: reminding.leave_due(EVE), 4)
    assert faults == [None] * 4
    assert len(letters()) == 1
    assert session().scalar(select(func.count(Envoi.id))) == 1
    assert session().scalar(select(func.count(Depart.id)).where(Depart.state == "parti")) == 1


def test_r09_without_the_row_that_is_looked_at_again_two_workers_meet_the_key(
    reminded: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: blind to the departure, they would write twice; the key of the send still holds."""
    enable()
    monkeypatch.setattr(reminding, "_is_due", lambda rappel, etape, *_: etape.slug == "carpentras")
    for _ in range(2):
        reminding.leave_due(EVE)
    assert len(letters()) == 1
    monkeypatch.setattr(
        reminders, "send_key", lambda *_: f"other-{session().scalar(select(func.count(Envoi.id)))}"
    )
    reminding.leave_due(EVE)
    assert len(letters()) == 2, "without the key either, it leaves twice: the guards are what holds"


def test_b09_a_fault_in_the_text_stops_before_the_first_letter(reminded: Flask) -> None:
    """A text that cannot be filled never reaches a reminder: it is refused when saved, whatever the occasion."""
    with pytest.raises(Unknown):
        actions.set_reminder(Act(EVE), tour_id(), "aux_presents", True)


def test_b09_nobody_is_reminded_of_ateliers_that_do_not_take_place(reminded: Flask) -> None:
    """Somebody whose one atelier is off is not told « à demain »; who keeps another reads which one is off."""
    other = expect("carpentras", ("Canevas", "Lou"), (3, 6))
    with transaction() as current:
        current.get_one(Participant, other).email = "canevas@exemple.org"
        current.get_one(Atelier, atelier("carpentras", 3).id).state = ANNULE
    enable()
    reminding.leave_due(EVE)
    (letter,) = letters()
    assert letter.to_email == "canevas@exemple.org"
    off, kept = (atelier("carpentras", ordre).thematique.title for ordre in (3, 6))
    said = composition.text(letter)
    assert (f"{off}, annulé" in said, f"{kept}, annulé" in said) == (True, False)
