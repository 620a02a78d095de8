"""Making, describing, publishing and withdrawing a tour."""

from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourpaca.db import transaction
from tourpaca.journal.models import Act
from tourpaca.tour import acts, checks, slugs, versions
from tourpaca.tour.facts import TourFacts
from tourpaca.tour.models import Tour


def create(act: Act, facts: TourFacts) -> str:
    """Make a tour that nobody sees yet and return its slug, made from its name."""
    checks.refuse(checks.tour_messages(facts))
    with transaction() as session:
        tour = Tour(slug=_free_slug(session, facts.name), created_at=act.now, **asdict(facts))
        session.add(tour)
        session.flush()
        slug = tour.slug
        acts.conclude_tour(session, act, "tour.create", tour.id, f"Crée la tournée « {facts.name} »")
    return slug


def _free_slug(session: Session, name: str) -> str:
    taken = slugs.RESERVED_TOURS.union(session.scalars(select(Tour.slug)))
    return slugs.unique(name, taken, "tournee")


def edit(act: Act, tour_id: int, version: int, facts: TourFacts) -> None:
    """Change what a tour says of itself; its address stays. Raises `Stale` when somebody saved first.

    Refuses to leave a published tour without organiser.
    """
    checks.refuse(checks.tour_messages(facts))
    with transaction() as session:
        tour = acts.found(session, Tour, tour_id)
        if tour.published_at:
            checks.refuse(checks.publication_messages(facts.organiser_name))
        changed = versions.save(session, tour, version, asdict(facts))
        if changed:
            text = "Change les réglages de la tournée"
            acts.conclude_tour(session, act, "tour.edit", tour_id, text, fields=changed)


def publish(act: Act, tour_id: int, organiser_name: str = "") -> None:
    """Show a tour to the public; published already, nothing changes.

    Raises `Refused` while nobody is said to organise it: whoever registers is told who keeps their data
    (GDPR, art. 13.1.a). `organiser_name` says it in the same act when the settings do not.
    """
    with transaction() as session:
        tour = acts.found(session, Tour, tour_id)
        if tour.published_at is None:
            tour.organiser_name = tour.organiser_name or organiser_name
            checks.refuse(checks.publication_messages(tour.organiser_name))
            tour.published_at = act.now
            acts.conclude_tour(session, act, "tour.publish", tour_id, "Publie la tournée")


def unpublish(act: Act, tour_id: int) -> None:
    """Hide a tour from the public; registrations and their personal links stay."""
    with transaction() as session:
        tour = acts.found(session, Tour, tour_id)
        if tour.published_at is not None:
            tour.published_at = None
            acts.conclude_tour(session, act, "tour.unpublish", tour_id, "Retire la tournée du site public")
