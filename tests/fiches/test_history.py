"""What a fiche said at an earlier moment."""

from datetime import UTC, datetime, timedelta

from flask import Flask

from tests import factories
from tests.registration import sending
from tourpaca.fiches import actions, history, queries
from tourpaca.fiches.actions import Edit
from tourpaca.fiches.models import SECTIONS
from tourpaca.journal.models import Act

DAY = timedelta(days=1)
FIRST = datetime(2018, 2, 20, 9, tzinfo=UTC)


def write(day: int, version: int, **texts: str) -> int:
    """Save texts some days after the first, over the version read; return the thématique."""
    theme = queries.thematique(factories.TOUR, "diversite").id
    edits = {kind: Edit(text, version) for kind, text in texts.items()}
    actions.save_texts(Act(FIRST + day * DAY, "membre:1", "Dominique"), theme, edits)
    return theme


def test_us08_the_texts_of_any_moment_are_read_again(app: Flask) -> None:
    with app.app_context():
        factories.tour_paca()
        write(0, 0, enjeux="Un\nDeux", indicateurs="Part A")
        write(10, 1, indicateurs="Part A\nPart B")
        theme = write(20, 2, indicateurs="Part B")
        empty = dict.fromkeys(SECTIONS, "")
        said = [history.texts_at(theme, FIRST + day * DAY)["indicateurs"] for day in (-1, 0, 9, 10, 19, 20)]
        assert said == ["", "Part A", "Part A", "Part A\nPart B", "Part A\nPart B", "Part B"]
        assert history.texts_at(theme, FIRST - DAY) == empty
        (change,) = history.since(theme, FIRST)
        assert (change.added, change.removed) == (("Part B",), ("Part A",))
        assert history.since(theme, FIRST + 20 * DAY) == []


def test_us08_the_event_counts_once_it_has_begun(app: Flask) -> None:
    with app.app_context():
        factories.tour_paca()
        sending.open_event()
        tour = queries.tour(factories.TOUR).id
        midnight = datetime(2018, 3, 28, 22, tzinfo=UTC)
        assert history.rereading(tour, midnight - timedelta(seconds=1)) is None
        event = history.rereading(tour, midnight)
        assert event is not None
        assert (event.etape.slug, event.at) == ("bouches-du-rhone", midnight)
