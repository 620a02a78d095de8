"""What S5 injects, and where: payloads, and every field that reaches a header, an envelope, a part or a calendar."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from itertools import product

from tourpaca.accounts import letters as accounts
from tourpaca.accounts.models import Member
from tourpaca.attendance import letters as team
from tourpaca.attendance import placeholders
from tourpaca.attendance.audience import Recipient
from tourpaca.attendance.letters import Message
from tourpaca.mail.draft import Draft
from tourpaca.refusal import Refused
from tourpaca.registration import change_letters, letters, offer_letters
from tourpaca.registration.change_letters import Move
from tourpaca.registration.letters import File, Found, Guest, Seat
from tourpaca.registration.models import CONFIRMEE
from tourpaca.registration.offer_letters import Given
from tourpaca.tour.models import Etape, Tour
from tourpaca.tour.told import Told

THIEF = "moi@exemple.net"
LINE_ENDS = (
    f"\r\nBcc: {THIEF}",
    f"\nBcc: {THIEF}",
    f"\rBcc: {THIEF}",
    f"\r\n Bcc: {THIEF}",
    f"\r\n\tBcc: {THIEF}",
    "\r\n\r\n<script>1</script>",
    "\n\nSecond corps",
    f"\x00Bcc: {THIEF}",
    f"\x0bBcc: {THIEF}",
    f"\x0cBcc: {THIEF}",
    f"\x1cBcc: {THIEF}",
    f"\x85Bcc: {THIEF}",
    f"\u2028Bcc: {THIEF}",
    f"\u2029Bcc: {THIEF}",
    "\x1b[2J",
    "\x7f",
    f"\tRCPT TO:<{THIEF}>",
    f"\r\n.\r\nMAIL FROM:<{THIEF}>\r\nRCPT TO:<{THIEF}>\r\nDATA\r\nSubject: x\r\n\r\nx\r\n.\r\n",
    "\n.\n",
    "\r\nContent-Type: text/html\r\n\r\n<b>x</b>",
    "\r\nBEGIN:VEVENT\r\nUID:x\r\nEND:VEVENT",
)
ONE_LINE = (
    f"=?utf-8?q?=0D=0ABcc:_{THIEF}?=",
    "=?utf-8?b?DQpCY2M6IG1vaUBleGVtcGxlLm5ldA==?=",
    "=?iso-8859-1?q?=22=3Cmoi=40exemple.net=3E?=",
    f", {THIEF}",
    f"<{THIEF}>",
    f'" <{THIEF}>, "',
    f"; {THIEF}",
    f"> SIZE=1 RCPT TO:<{THIEF}",
    "\\",
    '"',
    "\\\"; filename=autre.html; x=\\'",
    f"(commentaire) : {THIEF};",
    f"%0D%0ABcc: {THIEF}",
    f"%0aBcc:%20{THIEF}",
    "\u202eelpmexe.iom\u202c",
    "\u200b\u200d\ufeff",
    "e\u0301 🎉 ’ « »",
    "\udce9".encode("utf-8", "replace").decode(),
    f"嘊嘍Bcc: {THIEF}",
    "é" * 10_000,
    "x" * 10_000,
    "--=_alternative_",
    "{{ 7*7 }} ${7*7} {nom}",
)
PAYLOADS = LINE_ENDS + ONE_LINE

PLAIN: dict[str, str] = {
    "tour": "Tour PACA",
    "organiser": "CRESS de démonstration",
    "tour_contact": "equipe@exemple.org",
    "town": "Nice",
    "departement": "Alpes-Maritimes",
    "venue": "Maison des exemples",
    "address": "12, rue du Modèle",
    "etape_contact": "nice@exemple.org",
    "organisation": "Harmonie Mutuelle",
    "contact_name": "Morgan Factice",
    "contact_email": "morgan@exemple.org",
    "first_name": "Camille",
    "last_name": "Exemple",
    "email": "camille@exemple.org",
    "title": "La concertation",
    "room": "Salle B",
    "uid": "place-7@localhost",
    "subject": "Changement de salle",
    "body": "Bonjour,\n\nLa salle change.",
    "member_name": "Claude Essai",
    "member_email": "claude@exemple.org",
}
ADDRESSES = frozenset({"tour_contact", "etape_contact", "contact_email", "email", "member_email"})
Facts = dict[str, str]
Writer = Callable[[Facts], Sequence[Draft]]


def _tour(facts: Facts) -> Tour:
    return Tour(
        id=1,
        name=facts["tour"],
        organiser_name=facts["organiser"],
        contact_email=facts["tour_contact"],
        registration_retention="12 mois",
        proof_retention="5 ans",
        proof_reason="contrôle",
    )


def _etape(facts: Facts) -> Etape:
    said = {
        "venue": facts["venue"],
        "address": facts["address"],
        "access": "",
        "transport": "",
        "hearing": "",
    }
    return Etape(
        id=1,
        tour=_tour(facts),
        day=date(2018, 1, 30),
        town=facts["town"],
        departement="06",
        departement_name=facts["departement"],
        starts_at=time(9, 30),
        ends_at=time(12, 15),
        contact_email=facts["etape_contact"],
        **said,
    )


def _file(facts: Facts) -> File:
    etape = _etape(facts)
    seat = Seat(facts["uid"], facts["title"], facts["room"], time(9, 30), time(10, 45), CONFIRMEE, place_id=7)
    camille = Guest(
        1, f"{facts['first_name']} {facts['last_name']}", facts["email"], (seat,), "http://localhost/a"
    )
    here = (facts["organisation"], facts["contact_name"], facts["contact_email"], "http://localhost/b")
    return File(1, etape.tour, etape, *here, (camille,))


def summed_up(facts: Facts) -> Sequence[Draft]:
    """The summary of the contact."""
    return letters.of_registration(_file(facts))[:1]


def confirmed(facts: Facts) -> Sequence[Draft]:
    """The confirmation of the person, with a calendar file."""
    return letters.of_registration(_file(facts))[1:]


def cancelled(facts: Facts) -> Sequence[Draft]:
    """What withdraws a calendar entry."""
    file = _file(facts)
    return letters.of_cancellation(file, file.guests)[1:]


def promoted(facts: Facts) -> Sequence[Draft]:
    """A place for somebody whose contact is written to: the subject carries the name."""
    file = _file({**facts, "email": ""})
    return offer_letters.of_given(file, [Given(7, 1, 1)])


def offered(facts: Facts) -> Sequence[Draft]:
    """A place held out for an answer."""
    return offer_letters.of_given(_file(facts), [Given(7, 1, 1, until=datetime(2100, 1, 8, 9, tzinfo=UTC))])


def moved(facts: Facts) -> Sequence[Draft]:
    """A change of room and place, old and new."""
    file = _file(facts)
    old = Told(date(2018, 1, 30), time(9), time(10), facts["room"], facts["venue"])
    move = Move(7, facts["uid"], old, replace(old, starts_at=time(9, 30), room="Salle Z"))
    return change_letters.of_change(file, [move])


def written(facts: Facts) -> Sequence[Draft]:
    """A message of the team, each field of the house in its subject."""
    return _written(facts, Message(f"{facts['subject']} {{prénom}} {{nom}} {{organisation}}", facts["body"]))


def reminded(facts: Facts) -> Sequence[Draft]:
    """A reminder: what leaves by itself says the town, the place and the atelier in its subject."""
    return _written(facts, Message("{ville} {lieu} {atelier}", "Bonjour,\n\nÀ demain.", by_itself=True))


def invited(facts: Facts) -> Sequence[Draft]:
    """An invitation, with its way out in a header."""
    return _written(facts, Message(facts["subject"], facts["body"], invitation=True))


def _written(facts: Facts, message: Message) -> Sequence[Draft]:
    placeholders.check_fields(message.subject, message.body)
    etape = _etape(facts)
    names = (
        facts["first_name"],
        facts["last_name"],
        facts["email"],
        facts["contact_name"],
        facts["organisation"],
    )
    person = Recipient(1, 1, *names, (etape,), (facts["title"],), ())
    return [team.message(message, person, etape.tour, 7, "")]


def entered(facts: Facts) -> Sequence[Draft]:
    """The access of a member of the team."""
    member = Member(name=facts["member_name"], email=facts["member_email"], role="organisation")
    return [accounts.sign_in_link(member, "jeton", 7, invited=True)]


def found_again(facts: Facts) -> Sequence[Draft]:
    """A link that was lost."""
    found = Found(
        facts["tour"], facts["town"], "mardi", facts["last_name"], "http://x/a", facts["etape_contact"]
    )
    return [letters.of_lost_link(facts["email"], "lien:7", [found])]


REACHED: dict[Writer, tuple[str, ...]] = {
    summed_up: ("tour", "organiser", "organisation", "contact_name", "contact_email", "etape_contact"),
    confirmed: (
        *("town", "departement", "venue", "address", "tour_contact"),
        *("first_name", "last_name", "email", "title", "room", "uid"),
    ),
    cancelled: ("title",),
    promoted: ("last_name",),
    offered: ("title", "town"),
    moved: ("town", "room"),
    written: ("subject", "body", "first_name", "organisation", "email", "tour"),
    reminded: ("town", "title"),
    invited: ("subject",),
    entered: ("member_name", "member_email"),
    found_again: ("town", "last_name"),
}


def injections() -> Iterator[tuple[Writer, str, str]]:
    """Yield every injection: who writes, which field, and the payload in the middle of what it held."""
    for writer, fields in REACHED.items():
        for field, payload in product(fields, PAYLOADS):
            yield writer, field, f"{PLAIN[field][:4]}{payload}{PLAIN[field][4:]}"


def drafts(writer: Writer, number: int, **changed: str) -> list[Draft]:
    """Return what an act writes with one field changed, under keys that no other injection has.

    An act that refuses (an unknown field in a text of the team) writes nothing.
    """
    # The tour's own address answers where the étape has none.
    silent = {"etape_contact": ""} if "tour_contact" in changed else {}
    try:
        made = writer({**PLAIN, **silent, **changed})
    except Refused:
        return []
    return [replace(draft, subject_key=f"{number}:{rank}", envoi_id=None) for rank, draft in enumerate(made)]
