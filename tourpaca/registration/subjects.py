"""The subjects of letters about registrations: town, date, matter, short enough to be read whole in a list."""

from collections.abc import Iterable

from tourpaca import french
from tourpaca.french import NBSP
from tourpaca.tour.models import Etape
from tourpaca.tour.programme import EtapeVue

SIGNS = 60
INSCRIPTION = "votre inscription"


def about(etape: Etape | EtapeVue, *matters: str) -> str:
    """Return "Nice, 30 janvier : votre inscription", with the first of the matters that makes it short enough."""
    return _short(f"{_where(etape)} : {matter}" for matter in matters)


def change(etape: Etape | EtapeVue, *natures: str) -> str:
    """Return "Inscription annulée : Nice, 30 janvier": a change begins with its nature."""
    return _short(f"{nature} : {_where(etape)}" for nature in natures)


def _short(wordings: Iterable[str]) -> str:
    """Return the first wording that a list of letters shows whole, or the last one."""
    found = [french.typo(wording) for wording in wordings]
    return next((wording for wording in found if len(wording) < SIGNS), found[-1])


def _where(etape: Etape | EtapeVue) -> str:
    return f"{etape.place_name}, {french.day_number(etape.day)}{NBSP}{french.month(etape.day)}"
