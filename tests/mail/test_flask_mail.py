"""The traps of Flask-Mail 0.10.0 that stand behind our subclasses; a new version must be read again before it is used.

No time limit, certificates unread, an accepted letter that looks failed: test_faults. No `method` on a calendar
alternative, Message-ID new each time, line ends in headers, an accented local part: test_composition.
"""

from importlib.metadata import version

import flask_mail
import pytest

from tourpaca.mail.connection import SafeConnection, SafeMail
from tourpaca.mail.courrier import Courrier, Invitation
from tourpaca.refusal import Refused

FILE = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


def _letter(*invitations: Invitation) -> Courrier:
    return Courrier(
        "<a@localhost>", "Nice", "a@exemple.org", "b@exemple.org", body="x", invitations=invitations
    )


def test_the_version_is_the_one_that_was_read_and_our_classes_replace_its_private_parts() -> None:
    assert version("flask-mail") == "0.10.0"
    for ours, theirs, names in (
        (Courrier, flask_mail.Message, ("_message", "as_bytes")),
        (SafeConnection, flask_mail.Connection, ("configure_host", "send", "__exit__")),
        (SafeMail, flask_mail.Mail, ("connect",)),
    ):
        for name in names:
            assert hasattr(theirs, name), f"{theirs.__name__}.{name} is gone: what calls ours now?"
            assert name in vars(ours)


@pytest.mark.parametrize("sly", ["a.ics\r\nBcc: moi@exemple.org", "a.ics\nX: y", "a\u2028.ics"])
def test_s05_a_line_end_in_the_name_or_the_type_of_a_file_is_refused(sly: str) -> None:
    for invitation in (Invitation(sly, "REQUEST", FILE), Invitation("a.ics", sly, FILE)):
        with pytest.raises(Refused):
            _letter(invitation).as_bytes()
        with pytest.raises(Refused):
            _letter(invitation, Invitation("b.ics", "REQUEST", FILE)).as_bytes()
