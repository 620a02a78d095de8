"""A house in which every text that anybody can write carries a canary of markup, at every stage of a tour."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import String, Table, cast, delete, insert, literal, select, update

from tests import factories
from tests.pictures import PNG
from tests.registration.sending import (
    ACT,
    atelier,
    etape_id,
    participant,
    person,
    shrink,
    submission,
    waiting,
)
from tourpaca.accounts import actions as accounts
from tourpaca.accounts.models import Member
from tourpaca.attendance import actions as attendance
from tourpaca.attendance.audience import Criteria
from tourpaca.attendance.letters import Message
from tourpaca.attendance.rules import Arrival, NewMark
from tourpaca.db import Base, session, transaction
from tourpaca.fiches import actions as fiches
from tourpaca.fiches import content, queries
from tourpaca.fiches.actions import Edit
from tourpaca.fiches.models import SECTIONS
from tourpaca.journal import writing
from tourpaca.journal.models import Act
from tourpaca.mail import returns, unsubscribing
from tourpaca.mail.models import DUR, REFUSE, Letter
from tourpaca.organisations import actions as organisations
from tourpaca.organisations.models import Organisation
from tourpaca.registration import actions as registration
from tourpaca.registration import agendas, promoting
from tourpaca.registration import queries as read
from tourpaca.registration.models import Participant, Place
from tourpaca.tour import images, rereading
from tourpaca.tour.models import A_CONFIRMER, PASSER, Atelier, Creneau, Etape, Partenaire, Thematique, Tour

MARKUP = """'"><img src=x onerror="window.canari=1"><script>window.canari=1</script>{{7*191}}"""
# A cell of a spreadsheet begins like a formula, an address like a script.
TEXT = f"=1+1 {MARKUP}"
ADDRESS = f"javascript:window.canari=1//{MARKUP}"
WRITTEN = TEXT.replace("{{7*191}}", "")  # braces name a field in what the team writes: others are refused
DONE = "1337"  # what the braces would give if somebody's text were taken for a template
LATER = datetime(2018, 2, 1, 9, tzinfo=UTC)
NOW = "2018-02-01T10:00"  # two étapes are past, two are to come
WRITER = Act(LATER, "membre:1", TEXT)
OPEN, DRAFT = "carpentras", "brouillon"
LEAVER = "lou@exemple.org"
ADDRESSES = frozenset({"email", "contact_email", "to_email", "reply_to", "logo"})
# Names and states of the house's own, which nobody types; and facts that a trigger keeps as they were written.
OF_THE_HOUSE = frozenset(
    {
        "slug", "kind", "departement", "state", "map_name", "sort_key", "key", "origin", "identity_key", "source",
        "submission_key", "send_key", "subject_key", "message_id", "lease_token", "role", "password_hash",
        "token_hash", "uid", "told", "status", "nonce", "external_ref",
        "digest", "content_type", "promotion", "group_rule",
    }
)  # fmt: skip
FACTS = frozenset({"journal_entry", "mark", "fiche_publiee"})


@dataclass(frozen=True)
class House:
    """Where to look: the tokens of registrations' pages and of a member's link, an atelier that people chose,
    the addresses at which a fiche is reread and invitations are stopped.
    """

    registrations: tuple[str, ...]
    member: str
    room: int
    draft: str
    ways_out: tuple[str, ...]


def typed_columns(table: Table) -> list[str]:
    """Return the columns of a table in which somebody's own words may stand."""
    held = [column.name for column in table.columns if isinstance(column.type, String)]
    return [] if table.name in FACTS else [name for name in held if name not in OF_THE_HOUSE]


def plant() -> None:
    """Write the canary over every typed text of every table: a column added one day is part of it by itself."""
    with transaction() as current:
        for table in Base.metadata.sorted_tables:
            said = {name: _words(table, name) for name in typed_columns(table)}
            if said:
                current.execute(update(table).values(said))


def _words(table: Table, name: str) -> object:
    text = ADDRESS if name in ADDRESSES else TEXT
    return literal(f"{text} {name}") + cast(table.c.id, String)


def settle() -> House:
    """Make the house, inside an open application context, and return where to look."""
    factories.tour_paca()
    _keep_four_themes()
    tokens = _registrations()
    _the_day()
    _texts()
    organisations.link(ACT, *(_organisation(f"Maison {name}") for name in ("Noa Annule", "Morgan Attend")))
    plant()
    _wicked_letters()
    _published()
    _a_draft()
    _an_address_refused()
    _a_followed_calendar(tokens[0])
    member = accounts.invite(Act(LATER), "claude@exemple.org", "organisation", "Claude Essai")
    return House(tokens, member, atelier(2).id, _reread(), _ways_out())


def _ways_out() -> tuple[str, ...]:
    """The ways out of an invitation written to two people, of whom one has taken hers."""
    written = session().scalars(select(Letter).where(Letter.envoi_id.is_not(None))).all()
    tour = session().scalars(select(Tour.id).where(Tour.slug == factories.TOUR)).one()
    unsubscribing.leave(ACT, unsubscribing.Asker(tour, LEAVER))
    links = (letter.content["context"].get("unsubscribe_url") for letter in written)  # type: ignore[attr-defined]
    return tuple(str(link) for link in links if link)


def _a_followed_calendar(token: str) -> None:
    first, *_ = agendas.offered(read.my_registration(token, ACT.now))
    agendas.subscribe(ACT, first.owner, 0)


def _organisation(name: str) -> int:
    return session().scalars(select(Organisation.id).where(Organisation.name == name)).one()


def _reread() -> str:
    theme = queries.thematique(factories.TOUR, "developpement-durable-environnement")
    return rereading.address(theme.tour, theme)


def _keep_four_themes() -> None:
    """Keep the themes that people choose below: the others would be the same pages again."""
    with transaction() as current:
        gone = select(Thematique.id).where(Thematique.ordre.not_in([2, 3, 6, 7]))
        current.execute(delete(Atelier).where(Atelier.thematique_id.in_(gone)))
        current.execute(delete(Thematique).where(Thematique.ordre.not_in([2, 3, 6, 7])))


def _registrations() -> tuple[str, ...]:
    two = (person("Camille Exemple", 2, 7, email="camille@exemple.org"), person("Sacha Modèle", 3, 6))
    held = registration.register(ACT, etape_id(), submission(*two, access_needs="Boucle", contact_phone="06"))
    shrink(1, 2, etape=OPEN)
    _one("Alix Premier", 2)
    _one("Dominique Promue", -2)
    waits = _one("Morgan Attend", -2, "Jo Attend")
    gone = _one("Noa Annule", 3)
    registration.cancel_participant(ACT, participant("Annule"))
    offers = _one("Maxime Passée", -2), _one("Sasha Proposée", -2)
    return held.token, waits, gone, *offers


def _one(name: str, theme: int, *colleagues: str) -> str:
    people = [person(each, theme, etape=OPEN) for each in (name, *colleagues)]
    some = submission(*people, organisation=f"Maison {name}")
    return registration.register(ACT, etape_id(OPEN), some).token


def _the_day() -> None:
    room = atelier(2)
    present = NewMark("canari-1", participant("Exemple"), room.id, "present", "porte", reason=TEXT)
    attendance.record(WRITER, [present])
    attendance.walk_in(
        WRITER, atelier(6).id, Arrival("Maxime Échantillon", "Les Restos", reason=TEXT), "canari-2"
    )


def _texts() -> None:
    tour = session().scalars(select(Tour)).one()
    chosen = Criteria(tour.id, etape_id())
    with transaction() as current:
        logo = images.keep(current, images.checked(PNG), ACT.now)
        current.add_all(Partenaire(tour_id=tour.id, ordre=n, name=f"P{n}", logo=logo) for n in (1, 2))
        lines = {"email": "l@exemple.org", "role": "lecture", "created_at": ACT.now}
        current.execute(insert(Member).values(lines))
        writing.write(current, WRITER, "essai", "tour:1", TEXT, tour_id=tour.id)
        room = {"room": "Salle", "facilitators": "Claude", "minimum": 4}
        current.execute(update(Atelier).values(room))
        current.execute(update(Etape).values(capacity=90))
    for theme in queries.tour(factories.TOUR).thematiques:
        fiches.save_texts(ACT, theme.id, {kind: Edit("À dire", 0) for kind in SECTIONS})
    attendance.write_to(ACT, chosen, Message("Salle", "Bonjour,\n\nÀ bientôt.", "avant"), 2)


def _wicked_letters() -> None:
    """Have every act that writes to people write once more, now that the programme and the people are canaries."""
    wicked = person(f"{TEXT} {TEXT}", 3, etape=OPEN, email="zoe@exemple.org")
    said = {"organisation": TEXT, "contact_name": TEXT, "access_needs": TEXT}
    leaver = person("Lou Partie", 3, etape=OPEN, email=LEAVER)
    registration.register(Act(LATER), etape_id(OPEN), submission(wicked, leaver, **said))
    shrink(2, 2, etape=OPEN)
    promoted = waiting(2, OPEN)[0]
    asked = select(Place.id).where(Place.participant_id == promoted)
    registration.promote(WRITER, session().scalars(asked).one(), WRITTEN)
    _an_offer_passed_and_another_open(promoted)
    registration.send_lost_link(Act(LATER), "zoe@exemple.org")
    accounts.invite(WRITER, "noa@exemple.org", "accueil", TEXT, etape_id(OPEN), by_letter=True)
    tour = session().scalars(select(Tour.id)).one()
    chosen = Criteria(tour, etape_id(OPEN), atelier(3, OPEN).id)
    attendance.write_to(
        WRITER, chosen, Message(WRITTEN, f"{WRITTEN}\n\n{WRITTEN}", "après", invitation=True), 2
    )


def _an_offer_passed_and_another_open(leaver: int) -> None:
    """Free a place a week before: two who wait together do not fit, the next does not answer, the last still may."""
    with transaction() as current:
        current.execute(update(Tour).values(promotion=A_CONFIRMER, group_rule=PASSER))
    registration.cancel_participant(replace(WRITER, now=LATER - timedelta(days=7)), leaver)
    promoting.settle_due(LATER)
    shrink(3, 2, etape=OPEN)


def _published() -> None:
    """Publish every fiche but the last, and the first one twice, with a word on what changed."""
    themes = queries.tour(factories.TOUR).thematiques[:-1]
    for number, theme in [(1, each) for each in themes] + [(2, themes[0])]:
        if number == 2:
            fiches.save_texts(WRITER, theme.id, {SECTIONS[0]: Edit(f"{TEXT} 2", 1)})
        digest = content.digest(content.of(queries.thematique(factories.TOUR, theme.slug)))
        fiches.publish(WRITER, theme.id, number, digest, TEXT if number == 2 else "")


def _a_draft() -> None:
    """A second tour, hardly begun and unpublished: the pages of the team in their empty states."""
    with transaction() as current:
        tour = Tour(slug=DRAFT, name=TEXT, created_at=LATER)
        tour.thematiques = [Thematique(ordre=1, slug="seule", title=TEXT)]
        etape = Etape(
            tour=tour, ordre=1, slug="gap", day=LATER.date(), departement="05", creneaux=[Creneau(ordre=1)]
        )
        etape.ateliers = [Atelier(creneau=etape.creneaux[0], thematique=tour.thematiques[0], ordre=1)]
        current.add(tour)


def _an_address_refused() -> None:
    with transaction() as current:
        first = select(Letter.id).order_by(Letter.id).limit(1).scalar_subquery()
        said = {"state": REFUSE, "attempts": 1, "answer": f"550 5.1.1 {MARKUP}"}
        current.execute(update(Letter).where(Letter.id == first).values(said))
        comes = select(Participant.email).where(Participant.cancelled_at.is_(None), Participant.email != "")
        returns.note(current, current.scalars(comes.limit(1)).one(), None, DUR, MARKUP, LATER)
