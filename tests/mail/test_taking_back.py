"""B12: the three ways in of what came back, each taking a message once; the letter says « Revenu »."""

import json
import mailbox
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.inspecting import InspectingClient
from tests.mail import imap_double
from tests.mail.imap_double import Box, serving
from tests.mail.test_dsn import WHO, sample
from tests.mail.writing import THEN, draft, letters, post
from tourpaca.db import session, transaction
from tourpaca.journal.models import Act
from tourpaca.mail import actions, boxes, dsn, punctuality, returns, words
from tourpaca.mail.models import PARTI, REVENU, Letter, Rejet
from tourpaca.mail.taking_back import Taken, take_in

ACT = Act(THEN)
HOOK = "/courrier/retours"
BEARER = {"Authorization": "Bearer " + "s" * 32}


def _post_one(number: int = 1) -> str:
    """A letter that left, known to the world under the identity returned."""
    post(draft(number))
    with transaction() as current:
        current.execute(update(Letter).values(state=PARTI, sent_at=THEN))
    return letters()[number - 1].message_id


@pytest.fixture
def house(app: Flask) -> Iterator[Flask]:
    """The application, ready to be asked."""
    with app.app_context():
        yield app


def _marks() -> dict[str, str]:
    session().rollback()
    return returns.marked([WHO])


def test_b12_a_letter_that_came_back_says_so_and_marks_its_address(house: Flask) -> None:
    identity = _post_one()
    assert take_in(ACT, dsn.notices(sample("postfix", identity))) == Taken(new=1)
    (letter,) = letters()
    assert letter.state == REVENU
    assert letter.answer.startswith("550 5.1.1")
    assert words.standing(letter, THEN).words == "Revenu"
    assert words.correctable(letter)
    assert _marks() == {WHO: "l’adresse n’existe pas"}


def test_r08_a_letter_that_came_back_had_left_and_counts_in_how_late_letters_leave(house: Flask) -> None:
    take_in(ACT, dsn.notices(sample("postfix", _post_one())))
    shown = punctuality.last_day(THEN)
    assert shown is not None
    assert shown.letters == 1


def test_b12_the_same_message_twice_changes_nothing(house: Flask) -> None:
    notices = dsn.notices(sample("postfix", _post_one()))
    assert [take_in(ACT, notices), take_in(ACT, notices)] == [Taken(new=1), Taken(known=1)]
    assert len(session().scalars(select(Rejet)).all()) == 1


def test_b12_a_forged_notice_about_no_letter_of_ours_marks_nobody(house: Flask) -> None:
    _post_one()
    assert take_in(ACT, dsn.notices(sample("postfix", "<forged@localhost>"))) == Taken(foreign=1)
    assert (_marks(), letters()[0].state) == ({}, PARTI)


def test_b12_a_notice_without_the_letter_is_known_by_its_address(house: Flask) -> None:
    _post_one()
    assert take_in(ACT, dsn.notices(sample("qmail", "no identity"))) == Taken(new=1)
    assert letters()[0].state == REVENU


def test_b12_a_complaint_marks_the_address_of_the_letter_which_did_arrive(house: Flask) -> None:
    take_in(ACT, dsn.notices(sample("plainte", _post_one())))
    assert (_marks(), letters()[0].state) == ({WHO: returns.COMPLAINT}, PARTI)


def test_b12_a_letter_sent_again_is_a_copy_whose_notice_counts_anew(house: Flask) -> None:
    take_in(ACT, dsn.notices(sample("gmail", _post_one())))
    actions.resend(ACT, letters()[0].id)
    (first, again) = letters()
    assert first.message_id != again.message_id
    with transaction() as current:
        current.execute(update(Letter).where(Letter.id == again.id).values(state=PARTI, sent_at=THEN))
    assert take_in(ACT, dsn.notices(sample("gmail", again.message_id))) == Taken(new=1)


def _relever(app: Flask, *arguments: str) -> tuple[int, str]:
    done = app.test_cli_runner().invoke(args=["courrier", "relever", *arguments])
    return done.exit_code, done.output.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture
def identity(app: Flask) -> str:
    """The identity of a letter that left; no context stays open."""
    with app.app_context():
        return _post_one()


def test_b12_a_maildir_an_mbox_and_a_message_are_read(app: Flask, identity: str, tmp_path: Path) -> None:
    one = tmp_path / "un.eml"
    one.write_bytes(sample("postfix", identity))
    mbox = mailbox.mbox(tmp_path / "mbox")
    maildir = mailbox.Maildir(tmp_path / "maildir")
    for name in ("postfix", "absence"):
        mbox.add(sample(name, identity))
        maildir.add(sample(name, identity))
    mbox.close()
    assert _relever(app, str(one))[1].startswith("1 retour noté, 0 déjà connu,")
    for box in ("mbox", "maildir"):
        code, said = _relever(app, str(tmp_path / box))
        assert (code, said.strip()) == (
            0,
            "0 retour noté, 1 déjà connu, 0 sans lettre de la maison, 1 message qui n’est pas un retour",
        )


def test_b12_a_file_that_is_not_there_is_said_in_one_line(app: Flask, tmp_path: Path) -> None:
    for wrong, why in ((tmp_path / "rien", "n’existe pas."), (tmp_path, "n’est pas une boîte Maildir")):
        code, said = _relever(app, str(wrong))
        assert (code, said.count("\n")) == (1, 1)
        assert why in said
    code, said = _relever(app)
    assert "TOURPACA_BOUNCE_IMAP_URL" in said


def _set_box(app: Flask, box: Box, password: str = imap_double.PASSWORD) -> None:
    app.config.update(BOUNCE_IMAP_URL=box.url, BOUNCE_IMAP_PASSWORD=password)


def test_b12_the_mailbox_is_read_and_marked_only_once_written(app: Flask, identity: str) -> None:
    committed = []

    def look(number: int) -> None:
        with app.app_context():
            committed.append(len(session().scalars(select(Rejet)).all()))

    with serving(Box([sample("absence"), sample("postfix", identity)], on_seen=look)) as box:
        _set_box(app, box)
        assert _relever(app)[1].startswith("1 retour noté")
        assert _relever(app)[1].startswith("0 retour noté, 0 déjà connu")
    # What a person wrote stays unread, for people.
    assert (box.seen, committed) == ({2}, [1])


def test_b12_a_stop_before_the_mark_reads_again_and_changes_nothing(
    app: Flask, identity: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(Box([sample("postfix", identity)])) as box, app.app_context():
        _set_box(app, box)

        def take(raw: bytes) -> bool:
            take_in(ACT, dsn.notices(raw))
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            boxes.each_unread(take)
        assert box.seen == set()
        known = []
        boxes.each_unread(lambda raw: bool(known.append(take_in(ACT, dsn.notices(raw)))) or True)
        assert (known, box.seen) == ([Taken(known=1)], {1})


def test_b12_a_mailbox_that_refuses_is_told_without_its_password(app: Flask) -> None:
    with serving(Box([])) as box:
        _set_box(app, box, "un autre mot")
        code, said = _relever(app)
    assert (code, "un autre mot" in said) == (1, False)
    assert "La boîte des retours refuse le nom ou le mot de passe réglés." in said
    _set_box(app, Box([], port=1))
    assert "ne répond pas" in _relever(app)[1]


def test_b12_the_hook_takes_a_message_and_a_notice_once(
    app: Flask, client: InspectingClient, identity: str
) -> None:
    app.config["BOUNCE_TOKEN"] = "s" * 32
    raw = client.post(HOOK, data=sample("postfix", identity), headers=BEARER, content_type="message/rfc822")
    assert raw.get_json() == {"notes": 1, "connus": 0, "etrangers": 0}
    told = {"email": WHO, "kind": "dur", "reason": "550 5.1.1", "message_id": identity}
    assert client.post(HOOK, json=told, headers=BEARER).get_json()["connus"] == 1
    del told["message_id"]
    assert client.post(HOOK, json=told, headers=BEARER).get_json()["notes"] == 1
    assert client.post(HOOK, json=told, headers=BEARER).get_json()["connus"] == 1


@pytest.mark.parametrize(
    ("token", "headers", "body", "status"),
    [
        ("", {}, b"x", 404),
        ("", {"Authorization": "Bearer "}, b"x", 404),
        ("s" * 32, {}, b"x", 403),
        ("s" * 32, {"Authorization": "Bearer é"}, b"x", 403),
        ("s" * 32, BEARER, b"x" * 1_000_001, 413),
        ("s" * 32, BEARER, b"x", 200),
    ],
)
def test_b12_the_hook_opens_to_its_secret_alone(
    app: Flask, client: InspectingClient, token: str, headers: dict[str, str], body: bytes, status: int
) -> None:
    app.config["BOUNCE_TOKEN"] = token
    answer = client.post(HOOK, data=body, headers=headers, content_type="application/octet-stream")
    assert answer.status_code == status


@pytest.mark.parametrize("told", [[], {}, {"email": WHO}, {"kind": "dur"}, {"email": WHO, "kind": "x"}, 3])
def test_b12_a_notice_that_says_nothing_is_refused(
    app: Flask, client: InspectingClient, told: object
) -> None:
    app.config["BOUNCE_TOKEN"] = "s" * 32
    assert (
        client.post(HOOK, data=json.dumps(told), headers=BEARER, content_type="application/json").status_code
        == 422
    )
