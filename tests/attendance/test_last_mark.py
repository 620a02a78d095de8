"""Whatever is noted, in whatever order it arrives, a presence is the last mark of a person in an atelier."""

from collections.abc import Sequence
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.attendance import people
from tourpaca.attendance import actions, invariants
from tourpaca.attendance.models import ABSENT, EXCUSE, PRESENT, SANS_REPONSE, Mark, Presence
from tourpaca.db import session
from tourpaca.fiches import figures
from tourpaca.tour.models import Thematique

pytestmark = pytest.mark.usefixtures("open_house")
STATUSES = (PRESENT, ABSENT, EXCUSE, SANS_REPONSE)
TABLES = ((1, 5), (1, 6), (2, 5))
NUMBERS = count(1)
# A gesture: who, which of their two ateliers, what is noted, and whether the phone sends it twice.
gestures = st.lists(
    st.tuples(st.sampled_from(range(3)), st.booleans(), st.sampled_from(STATUSES), st.booleans()), max_size=14
)


@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(noted=gestures)
def test_d02_t01_a_presence_is_the_last_mark_not_taken_back(
    noted: Sequence[tuple[int, bool, str, bool]],
) -> None:
    turn = next(NUMBERS)
    who = [people.expect("nice", (f"Exemple{turn}", f"Camille {n}"), TABLES[n]) for n in range(3)]
    rooms = {fiche: people.atelier("nice", fiche).id for table in TABLES for fiche in table}
    before = live()
    last: dict[tuple[int, int], str] = {}
    for number, (person, second, status, twice) in enumerate(noted):
        fiche = TABLES[person][second]
        mark = people.mark(who[person], rooms[fiche], status, nonce=f"{turn}-{number}")
        for _ in range(1 + twice):
            actions.record(people.ACT, [mark])
        last[who[person], fiche] = status
    # What was sent before and comes again late changes nothing.
    for number, (person, second, status, _) in enumerate(noted):
        room = rooms[TABLES[person][second]]
        assert actions.record(people.ACT, [people.mark(who[person], room, status, f"{turn}-{number}")])[
            0
        ].again
    asked = select(Presence.participant_id, Thematique.ordre, Presence.status).join(
        Thematique, Thematique.id == Presence.thematique_id
    )
    kept = session().execute(asked.where(Presence.participant_id.in_(who)))
    assert {(row[0], row[1]): row[2] for row in kept} == last
    marks = select(func.count()).select_from(Mark).where(Mark.participant_id.in_(who))
    assert session().scalar(marks) == len(noted)
    came = {fiche: sum(f == fiche and s == PRESENT for (_, f), s in last.items()) for fiche in rooms}
    assert {fiche: live()[fiche] - before[fiche] for fiche in rooms} == came
    assert list(invariants.breaches()) == []


def live() -> dict[int, int]:
    """The participants of each fiche at this moment."""
    session().rollback()
    ordres = {row[0]: row[1] for row in session().execute(select(Thematique.id, Thematique.ordre))}
    return {ordres[n]: found.participants for n, found in figures.of_tour(1, list(ordres)).items()}
