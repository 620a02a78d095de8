"""The command that takes in what came back: refused letters and complaints, from a file or from the mailbox."""

from pathlib import Path

import click
from flask.cli import AppGroup

from tourpaca import clock, french
from tourpaca.journal.models import Act
from tourpaca.mail import boxes, dsn
from tourpaca.mail.taking_back import Taken, take_in
from tourpaca.refusal import Refused

command = AppGroup("courrier", help="Le courrier.")

HELP = (
    "Relever les messages qui reviennent : une boîte mbox ou Maildir, un message .eml, ou sans FICHIER la boîte IMAP "
    "réglée (TOURPACA_BOUNCE_IMAP_URL). Relever deux fois ne change rien."
)


@command.command("relever", help=HELP)
@click.argument("path", metavar="[FICHIER]", required=False, type=click.Path(path_type=Path))
def collect(path: Path | None) -> None:
    """Take in what came back and say how much that is."""
    collection = _Collection()
    try:
        if path is None:
            boxes.each_unread(collection.take)
        else:
            for raw in boxes.of_path(path):
                collection.take(raw)
    except FileNotFoundError:
        raise click.ClickException(f"{path} n’existe pas.") from None
    except OSError as unread:
        raise click.ClickException(french.typo(f"{path} ne se lit pas : {unread.strerror}.")) from None
    except Refused as refused:
        raise click.ClickException(french.typo(refused.message)) from None
    click.echo(collection.words())


class _Collection:
    """What one collection took in, message after message, each in a transaction of its own."""

    def __init__(self) -> None:
        self.total, self.silent = Taken(), 0

    def take(self, raw: bytes) -> bool:
        """Take a message in; tell whether it spoke of letters that came back."""
        notices = dsn.notices(raw)
        self.total += take_in(Act(clock.now()), notices)
        self.silent += not notices
        return bool(notices)

    def words(self) -> str:
        """Say what was done in one line."""
        told = (
            french.plural(self.total.new, "retour noté", "retours notés"),
            french.plural(self.total.known, "déjà connu", "déjà connus"),
            french.plural(self.total.foreign, "sans lettre de la maison", "sans lettre de la maison"),
            french.plural(
                self.silent, "message qui n’est pas un retour", "messages qui ne sont pas des retours"
            ),
        )
        return ", ".join(told)
