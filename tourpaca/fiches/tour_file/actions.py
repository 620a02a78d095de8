"""What can be done with a tour file: take it in, or only say what that would do."""

from sqlalchemy.orm import Session

from tourpaca.db import transaction
from tourpaca.fiches.tour_file import naming, reading
from tourpaca.fiches.tour_file.entries import TourFile
from tourpaca.fiches.tour_file.report import PLURALS, Report
from tourpaca.fiches.tour_file.writing import Writer
from tourpaca.french import listing, plural
from tourpaca.journal import writing
from tourpaca.journal.models import Act
from tourpaca.tour import revision, slugs


def import_tour(act: Act, data: bytes, slug: str = "", apply: bool = False) -> Report:
    """Take in a tour file, all or nothing, and return what is new, what differs and what waits for a decision.

    Without `apply` everything is tried and then undone, so the preview cannot differ from the act. Only what is
    missing is added: a second import changes nothing, and what the team edited since stays.
    """
    file = reading.read(data)
    report = Report(slugs.slug(slug) or file.slug, file.anomalies, file.remarks)
    with transaction() as session:
        _take_in(session, act, file, report)
        if not apply:
            session.rollback()
    return report


def _take_in(session: Session, act: Act, file: TourFile, report: Report) -> None:
    tour = Writer(session, act, report).tour(file)
    naming.write(session, act, report, file.organisations, report.slug)
    if not report.created:
        return
    what = listing(plural(count, kind, PLURALS[kind]) for kind, count in report.counts())
    writing.write(
        session, act, "tour.importe", f"tour:{tour.id}", f"Importe un fichier : {what}", tour_id=tour.id
    )
    revision.bump(session, tour.id)
