"""Files of presences for the tests, taken in as the command does, and the figures that follow."""

import pytest
from sqlalchemy import func, select

from tests import factories
from tests.attendance import people
from tourpaca.attendance import actions, presences_plan, workbook
from tourpaca.attendance.models import Presence
from tourpaca.attendance.presences_file import COLUMNS, FileRefused
from tourpaca.db import session
from tourpaca.organisations.models import Organisation
from tourpaca.registration.models import Participant
from tourpaca.tour import queries as tour_queries
from tourpaca.tour.models import Thematique

HEADER = ",".join(COLUMNS)
Row = tuple[workbook.Cell, ...]


def csv_of(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join((header, *rows, "")).encode()


def workbook_of(rows: list[Row]) -> bytes:
    return b"".join(workbook.stream("Présences", COLUMNS, rows))


def take_in(data: bytes) -> presences_plan.Plan:
    return actions.import_presences(people.ACT, tour_queries.tour(factories.TOUR).id, data)


def faults(data: bytes) -> tuple[str, ...]:
    with pytest.raises(FileRefused) as refused:
        take_in(data)
    assert session().scalar(select(func.count()).select_from(Participant)) == 0, "nothing was written"
    return refused.value.faults


def figures() -> list[tuple[int, int, int]]:
    asked = (
        select(
            func.count(Presence.atelier_id.distinct()),
            func.count(),
            func.count(Organisation.root_id.distinct()),
        )
        .join(Thematique, Thematique.id == Presence.thematique_id)
        .outerjoin(Organisation, Organisation.id == Presence.organisation_id)
        .where(Presence.status == "present", Presence.counted)
        .group_by(Thematique.ordre)
        .order_by(Thematique.ordre)
    )
    return [tuple(row) for row in session().execute(asked)]
