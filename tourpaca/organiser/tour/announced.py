"""What the pages of the programme say of the letters that a change makes: whom it reaches, and when."""

from collections.abc import Collection
from datetime import datetime

from tourpaca import clock, french
from tourpaca.registration import notices
from tourpaca.registration.notices import Notice


def soon(etape_ids: Collection[int]) -> str:
    """Return what to say after saving: how many are told and when, or nothing when nobody's place moved."""
    found = notices.pending(etape_ids)
    if found is None:
        return ""
    people = french.plural(found.people, "personne sera prévenue", "personnes seront prévenues")
    at = french.hour(clock.local(found.due_at))
    return f"{people} à {at}, en un seul message : ce que vous changez d’ici là s’y ajoute."


def so_far(notice: Notice, now: datetime) -> str:
    """Return "8 envoyés, 3 en attente", with those that did not arrive when there are any."""
    said = [french.plural(notice.sent, "envoyé"), f"{french.number(notice.waiting)}{french.NBSP}en attente"]
    if notice.others:
        said.append(f"{french.number(notice.others)}{french.NBSP}à voir")
    when = french.ago(clock.local(notice.told_at), clock.local(now))
    return f"Changement annoncé {when} : {', '.join(said)}."
