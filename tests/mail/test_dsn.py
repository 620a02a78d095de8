"""B12: what messages that came back say, one sample a family of servers; answers of people say nothing."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tourpaca.mail import dsn
from tourpaca.mail.models import DOUX, DUR
from tourpaca.mail.returns import COMPLAINT

SAMPLES = Path(__file__).parent / "returned"
IDENTITY = "<lettre-1@localhost>"
WHO = "camille.1@exemple.org"
BOUNCES = {
    "postfix": (WHO, DUR, "5.1.1"),
    "exchange": (WHO, DUR, "5.1.10"),
    "gmail": (WHO, DOUX, "4.2.2"),
    "exim": (WHO, DUR, "550 No such user here"),
    "qmail": (WHO, DUR, "#5.1.1"),
    "plainte": ("redacted@boites.exemple.net", DUR, COMPLAINT),
}
SILENT = ("absence", "vacances_postmaster", "reponse", "accuse", "retard")


def sample(name: str, message_id: str = IDENTITY) -> bytes:
    """A message of the collection, about the letter of that Message-ID."""
    return (SAMPLES / f"{name}.eml").read_bytes().replace(b"MESSAGE_ID", message_id.encode())


@pytest.mark.parametrize("name", BOUNCES)
def test_b12_a_notice_says_whom_how_and_which_letter(name: str) -> None:
    (notice,) = dsn.notices(sample(name))
    email, kind, reason = BOUNCES[name]
    assert (notice.email, notice.kind, notice.message_id) == (email, kind, IDENTITY)
    assert reason in notice.reason
    assert notice.complaint == (name == "plainte")


@pytest.mark.parametrize("name", BOUNCES)
def test_b12_a_notice_has_the_same_identity_at_each_reading(name: str) -> None:
    assert dsn.notices(sample(name)) == dsn.notices(sample(name))


@pytest.mark.parametrize("name", SILENT)
def test_b12_answers_receipts_and_delays_are_no_bounces(name: str) -> None:
    assert dsn.notices(sample(name)) == ()


def test_b12_every_sample_is_judged() -> None:
    assert {path.stem for path in SAMPLES.iterdir()} == {*BOUNCES, *SILENT}


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("5.1.1", DUR),
        ("5.0.0", DUR),
        ("5.4.4", DUR),
        ("550 No such user", DUR),
        ("5.2.2", DOUX),
        ("5.3.4", DOUX),
        ("5.7.1", DOUX),
        ("4.4.1", DOUX),
        ("452 full", DOUX),
        ("nothing known", DOUX),
    ],
)
def test_b12_only_what_blames_the_address_for_good_is_hard(reason: str, kind: str) -> None:
    assert dsn.kind_of(reason) == kind


@given(some.binary(max_size=400))
def test_s05_no_bytes_make_the_reading_fail(raw: bytes) -> None:
    dsn.notices(raw)
    dsn.notices(sample("postfix").replace(b"Final-Recipient: rfc822; ", b"Final-Recipient: " + raw))
    dsn.notices(sample("exchange").replace(b"=?utf-8?Q?Non_remis", b"=?utf-8?Q?" + raw))
