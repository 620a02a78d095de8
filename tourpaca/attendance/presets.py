"""The columns of attendance lists that a team keeps under a name, and finds again for the next étape."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from tourpaca.attendance import attendance_list
from tourpaca.attendance.models import ListPreset
from tourpaca.db import session
from tourpaca.refusal import Refused

MOST, LONGEST = 20, 60


def of_tour(tour_id: int) -> Sequence[ListPreset]:
    """Return the presets of a tour by name."""
    return (
        session()
        .scalars(select(ListPreset).where(ListPreset.tour_id == tour_id).order_by(ListPreset.name))
        .all()
    )


def keep(current: Session, tour_id: int, typed: str, columns: Sequence[str]) -> ListPreset:
    """Write a preset in the open transaction; the same name is written over.

    Refuses no column, a name that is empty or longer than 60 signs, and a twenty-first preset.
    """
    wanted, name = attendance_list.chosen(columns), " ".join(typed.split())
    if not 0 < len(name) <= LONGEST:
        raise Refused(f"Donnez un nom à ce choix, de {LONGEST} signes au plus.", field="nom")
    mine = ListPreset.tour_id == tour_id
    found = current.scalar(select(ListPreset).where(mine, ListPreset.name == name))
    if found is None:
        if current.scalar(select(func.count()).where(mine)) == MOST:
            raise Refused(f"Cette tournée garde déjà {MOST} choix : oubliez-en un d’abord.", field="nom")
        found = ListPreset(tour_id=tour_id, name=name)
        current.add(found)
    found.columns = list(wanted)
    current.flush()
    return found


def forget(current: Session, tour_id: int, preset_id: int) -> None:
    """Delete a preset in the open transaction; one that is gone changes nothing."""
    current.execute(delete(ListPreset).where(ListPreset.tour_id == tour_id, ListPreset.id == preset_id))
