"""What waits for the team: pure rules that turn the numbers of a tour into at most five things to do."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tourpaca import clock, french
from tourpaca.tour import rules, words
from tourpaca.tour.programme import AtelierVu, EtapeVue, Programme

MOST = 5
SOON, UNSETTLED_SOON, SIGN_IN_SHEETS = timedelta(days=7), timedelta(days=21), timedelta(days=2)
TO_DECIDE = timedelta(days=3)


@dataclass(frozen=True)
class Numbers:
    """What was counted for a dashboard: by atelier or étape id, and for the `whole` tour when it may be settled."""

    whole: bool = True
    waiting: Mapping[int, int] = field(default_factory=dict)
    present: Mapping[int, int] = field(default_factory=dict)
    mail_trouble: str = ""
    held_letters: int = 0
    refused_letters: int = 0
    unreachable: int = 0
    names_to_review: int = 0
    fiches_to_publish: int = 0


@dataclass(frozen=True)
class Todo:
    """One thing that waits: its shape, what and why in words, and the one verb that settles it."""

    shape: str
    what: str
    why: str
    verb: str
    href: str


def of(tour: Programme, etapes: Iterable[EtapeVue], numbers: Numbers, now: datetime) -> list[Todo]:
    """Return what waits, the most pressing first; the addresses are relative to the tour's team pages."""
    seen = list(etapes)
    found = [*_letters(numbers), *(_publication(tour) if numbers.whole else ())]
    for etape in seen:
        found += [*_the_day(etape, now), *_presences(etape, numbers, now), *_minimum(etape, now)]
        found += [*_free_for_waiting(etape, numbers, now), *_unsettled(etape, now)]
    found += [*_names(numbers), *_fiches(tour, numbers, now)]
    return [_typeset(todo) for todo in found[:MOST]]


def title(count: int) -> str:
    """Return "Trois choses vous attendent", the first thing the eye meets."""
    if not count:
        return "Rien ne vous attend aujourd’hui"
    words_ = french.in_words(count, feminine=True).capitalize()
    return f"{words_} choses vous attendent" if count > 1 else f"{words_} chose vous attend"


def in_days(etape: EtapeVue, now: datetime) -> str:
    """Return "aujourd’hui", "demain", "dans 4 jours", or nothing for a day that is past."""
    days = (etape.day - clock.local(now).date()).days
    if days < 0:
        return ""
    near = ("aujourd’hui", "demain")
    return near[days] if days < len(near) else f"dans {french.plural(days, 'jour')}"


def _typeset(todo: Todo) -> Todo:
    return Todo(todo.shape, french.typo(todo.what), french.typo(todo.why), todo.verb, todo.href)


def _letters(numbers: Numbers) -> Iterator[Todo]:
    if numbers.mail_trouble:
        held = french.plural(numbers.held_letters, "message gardé", "messages gardés")
        yield Todo(
            "triangle", "Le courrier ne part pas.", f"{held} : {numbers.mail_trouble}.", "Voir", "messages"
        )
    if numbers.unreachable:
        people = french.plural(numbers.unreachable, "personne")
        verb = "reçoit" if numbers.unreachable < 2 else "reçoivent"
        why = "Leur courrier revient. Une autre adresse le fait repartir ; d’ici là, téléphonez."
        what = f"{people} ne {verb} pas nos messages."
        yield Todo("envelope", what, why, "Corriger l’adresse", "inscriptions?etat=injoignables")
    elif numbers.refused_letters:
        what = french.plural(numbers.refused_letters, "message refusé") + "."
        why = "L’adresse n’existe pas, ou le serveur de courrier a dit non. Corriger le fait repartir."
        yield Todo("envelope", what, why, "Corriger", "messages?etat=refuse")


def _publication(tour: Programme) -> Iterator[Todo]:
    if tour.published_at is None:
        why = "Une date et un département suffisent pour l’annoncer."
        yield Todo("dashed-ring", "La tournée n’est pas publiée.", why, "Publier", "publication")


def _the_day(etape: EtapeVue, now: datetime) -> Iterator[Todo]:
    """What the calendar calls for: sheets from J−2, marks on the day until the étape is over."""
    days = etape.day - clock.local(now).date()
    nobody = not any(atelier.taken for atelier in etape.ateliers if not atelier.cancelled)
    if etape.cancelled or nobody or words.over(etape, now) or not timedelta() <= days <= SIGN_IN_SHEETS:
        return
    what = f"{etape.place_name}, c’est {in_days(etape, now)}."
    if days:
        why = "Une feuille par atelier, prête à signer."
        yield Todo("printer", what, why, "Imprimer l’émargement", _page(etape, "/emargement.pdf"))
    else:
        why = "Une touche par personne, au fil des arrivées."
        yield Todo("tick", what, why, "Marquer les présences", _page(etape, "/presences"))


def _presences(etape: EtapeVue, numbers: Numbers, now: datetime) -> Iterator[Todo]:
    silent = not any(numbers.present.get(atelier.id) for atelier in etape.ateliers)
    if (
        etape.cancelled
        or not words.over(etape, now)
        or not silent
        or not any(a.taken for a in etape.ateliers)
    ):
        return
    why = "Les feuilles signées se saisissent en quelques minutes, dans l’ordre imprimé."
    yield Todo(
        "person",
        f"{etape.place_name} : aucune présence n’est notée.",
        why,
        "Saisir",
        _page(etape, "/presences"),
    )


def _minimum(etape: EtapeVue, now: datetime) -> Iterator[Todo]:
    """One thing an étape, however many of its ateliers are under their minimum; from J−3 cancelling is proposed."""
    if etape.cancelled or words.over(etape, now) or rules.end(etape) - now > SOON:
        return
    under = [a for a in etape.ateliers if not a.cancelled and a.taken < a.minimum]
    if not under:
        return
    why = f"L’étape est {in_days(etape, now)}. Rien n’est annulé sans vous."
    if not any(atelier.taken for atelier in etape.ateliers):
        what, why = f"Aucune inscription pour {etape.place_name}.", "Partagez le lien de l’étape."
    elif len(under) > 1:
        what = f"{etape.place_name} : {french.plural(len(under), 'atelier')} sous le minimum."
    elif decide(etape, now) and under[0].theme:
        yield _decide(etape, under[0], now)
        return
    else:
        people = french.plural(under[0].taken, "personne")
        what = f"{etape.place_name}, « {_name(under[0])} » : {people}, minimum {under[0].minimum}."
    yield Todo("triangle", what, why, "Décider", _page(etape))


def decide(etape: EtapeVue, now: datetime) -> bool:
    """Tell whether it is time to keep or to cancel what is under its minimum: J−3."""
    return etape.day - clock.local(now).date() <= TO_DECIDE


def _decide(etape: EtapeVue, under: AtelierVu, now: datetime) -> Todo:
    people = french.plural(under.taken, "personne")
    what = f"{etape.place_name}, « {_name(under)} » : {people} pour un minimum de {under.minimum}."
    why = f"L’étape est {in_days(etape, now)}. Le maintenir, ou l’annuler ? Rien n’est annulé sans vous."
    return Todo("triangle", what, why, "Décider", _page(etape, f"/ateliers/{under.id}/annuler"))


def _name(atelier: AtelierVu) -> str:
    return atelier.theme.label if atelier.theme else "L’événement"


def _free_for_waiting(etape: EtapeVue, numbers: Numbers, now: datetime) -> Iterator[Todo]:
    if etape.cancelled or words.over(etape, now):
        return
    for atelier in etape.ateliers:
        left, waiting = rules.free_places(atelier, etape).left, numbers.waiting.get(atelier.id, 0)
        if waiting and left and not atelier.cancelled:
            what = f"{etape.place_name}, « {_name(atelier)} » : {french.plural(left, 'place libre', 'places libres')}."
            why = f"{french.plural(waiting, 'personne')} sur la liste d’attente."
            yield Todo("hourglass", what, why, "Donner", f"inscriptions?etape={etape.slug}&etat=en_attente")


def _unsettled(etape: EtapeVue, now: datetime) -> Iterator[Todo]:
    missing = [name for name, known in (("le lieu", etape.town), ("l’heure", etape.starts_at)) if not known]
    near = timedelta() < rules.end(etape) - now < UNSETTLED_SOON
    if missing and near and not etape.cancelled:
        what = f"{etape.place_name} : {french.listing(missing)} à préciser."
        yield Todo(
            "dashed-ring", what, f"L’étape est {in_days(etape, now)}.", "Compléter", _page(etape, "/modifier")
        )


def _names(numbers: Numbers) -> Iterator[Todo]:
    if numbers.names_to_review:
        what = (
            french.plural(numbers.names_to_review, "nom d’organisation", "noms d’organisations")
            + " à vérifier."
        )
        why = "Une organisation connue sous un autre nom compterait deux fois."
        yield Todo("person", what, why, "Vérifier", "organisations")


def _fiches(tour: Programme, numbers: Numbers, now: datetime) -> Iterator[Todo]:
    if numbers.fiches_to_publish and tour.matinees and all(words.over(etape, now) for etape in tour.matinees):
        what = french.plural(numbers.fiches_to_publish, "fiche") + " à publier."
        yield Todo(
            "pencil", what, "Les matinées sont passées, les chiffres sont comptés.", "Relire", "fiches"
        )


def _page(etape: EtapeVue, rest: str = "") -> str:
    return f"etapes/{etape.slug}{rest}"
