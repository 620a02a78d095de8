"""Where what comes back is read: a file (mbox, Maildir, one message), or the house's mailbox over IMAP."""

import imaplib
import mailbox
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tourpaca import setting
from tourpaca.refusal import Refused

TIMEOUT = 10
LIMIT = 1_000_000  # bytes read of one message: what a notice says stands at its beginning
NOT_SET = "Aucune boîte n’est réglée : posez TOURPACA_BOUNCE_IMAP_URL, ou donnez un fichier."
Take = Callable[[bytes], bool]


def of_path(path: Path) -> Iterator[bytes]:
    """Yield the messages of a Maildir, of an mbox file or of a file that is one message."""
    if path.is_dir():
        if not (path / "cur").is_dir():
            raise Refused(f"{path} n’est pas une boîte Maildir : il y manque le dossier « cur ».")
        maildir = mailbox.Maildir(path, create=False)
        yield from (maildir.get_bytes(key) for key in sorted(maildir.keys()))
        return
    with path.open("rb") as opened:
        start = opened.read(5)
    if start != b"From ":
        yield path.read_bytes()
        return
    box = mailbox.mbox(path, create=False)
    yield from (box.get_bytes(key) for key in box.iterkeys())
    box.close()


def each_unread(take: Take) -> int:
    """Give every unread message of the IMAP mailbox to `take`, and mark those it took as seen; return how many.

    The mark is put after `take` has committed: a stop between the two reads the message again, which changes
    nothing. What it did not take stays unread, for people.
    """
    taken = 0
    with _opened() as box:
        _, found = box.uid("SEARCH", "UNSEEN")
        for number in (found[0] or b"").split():
            if take(_message(box, number.decode())):
                box.uid("STORE", number.decode(), "+FLAGS", r"(\Seen)")
                taken += 1
    return taken


def _message(box: imaplib.IMAP4, number: str) -> bytes:
    """Return the beginning of a message, without marking it as seen."""
    _, parts = box.uid("FETCH", number, f"(BODY.PEEK[]<0.{LIMIT}>)")
    return b"".join(part[1] for part in parts if isinstance(part, tuple))


@contextmanager
def _opened() -> Iterator[imaplib.IMAP4]:
    """Open the mailbox that the settings name; every wait ends within 10 s. Refuses with the reason in words."""
    url = urlsplit(str(setting.value("BOUNCE_IMAP_URL")))
    if not url.hostname:
        raise Refused(NOT_SET)
    try:
        box = _called(url.scheme, url.hostname, url.port)
    except (OSError, imaplib.IMAP4.error) as fault:
        raise Refused(f"La boîte des retours ne répond pas : {fault}.") from fault
    try:
        _enter(box, unquote(url.username or ""))
        chosen, said = box.select(f'"{unquote(url.path.lstrip("/")) or "INBOX"}"')
        if chosen != "OK":
            raise Refused(f"Le dossier des retours ne s’ouvre pas : {(said[0] or b'').decode()}.")
        yield box
    except (OSError, imaplib.IMAP4.error) as fault:
        raise Refused(f"La boîte des retours s’est interrompue : {fault}.") from fault
    finally:
        _leave(box)


def _called(scheme: str, host: str, port: int | None) -> imaplib.IMAP4:
    if scheme == "imaps":
        trusted = ssl.create_default_context()
        return imaplib.IMAP4_SSL(host, port or 993, ssl_context=trusted, timeout=TIMEOUT)
    return imaplib.IMAP4(host, port or 143, timeout=TIMEOUT)


def _enter(box: imaplib.IMAP4, name: str) -> None:
    """Give the name and the password; a server that wants neither is told in words, not in its own."""
    try:
        box.login(name, str(setting.value("BOUNCE_IMAP_PASSWORD")))
    except imaplib.IMAP4.error as fault:
        raise Refused("La boîte des retours refuse le nom ou le mot de passe réglés.") from fault


def _leave(box: imaplib.IMAP4) -> None:
    try:
        box.logout()
    except (OSError, imaplib.IMAP4.error):
        box.shutdown()
