"""Things that tests start from: the tour of the acceptance stories, and people who come to it."""

from datetime import UTC, date, datetime, time

from tourpaca.db import transaction
from tourpaca.tour.models import CAPITALISATION, Atelier, Creneau, Etape, Thematique, Tour

EARLIER = datetime(2017, 11, 1, 8, tzinfo=UTC)
TOUR = "tour-paca"
SLOTS = {1: (time(9, 30), time(10, 45)), 2: (time(11), time(12, 15))}
THEMES = (
    (
        "gouvernance-democratique",
        "Les modalités effectives de gouvernance démocratique",
        "Gouvernance démocratique",
    ),
    (
        "concertation-strategie",
        "La concertation dans l’élaboration de la stratégie de l’entreprise",
        "Concertation et stratégie",
    ),
    (
        "territorialite",
        "La territorialité : amplifier l’impact de l’entreprise sur son territoire",
        "Territorialité",
    ),
    (
        "politique-salariale-exemplarite-sociale",
        "Politique salariale et exemplarité sociale : valoriser le capital humain",
        "Politique salariale",
    ),
    (
        "lien-utilisateurs",
        "Le lien avec les utilisateurs : bénéficiaires, clients, usagers",
        "Lien avec les utilisateurs",
    ),
    ("diversite", "L’entreprise et la diversité : la diversité, source de richesse", "Diversité"),
    (
        "developpement-durable-environnement",
        "Le développement durable dans sa dimension environnementale",
        "Développement durable",
    ),
    ("ethique-deontologie", "L’éthique et la déontologie", "Éthique et déontologie"),
)
MATINEES = (
    ("marseille", date(2017, 12, 19), "13"),
    ("nice", date(2018, 1, 30), "06"),
    ("carpentras", date(2018, 2, 13), "84"),
)


def tour_paca(capacity: int = 14, minimum: int = 4) -> Tour:
    """Return the base fixture of the stories: three matinées of 8 ateliers, one event; published and open."""
    with transaction() as session:
        tour = Tour(
            slug=TOUR,
            name="Tour PACA du Guide des bonnes pratiques",
            poster_kicker="Bonnes pratiques de l’ESS",
            poster_title="Le guide fait sa tournée !",
            organiser_name="CRESS de démonstration",
            contact_email="equipe@exemple.org",
            published_at=EARLIER,
            created_at=EARLIER,
        )
        tour.thematiques = [
            Thematique(ordre=i, slug=slug, title=title, short_title=short, creneau_ordre=1 if i < 5 else 2)
            for i, (slug, title, short) in enumerate(THEMES, 1)
        ]
        tour.etapes = [_matinee(tour, i, *facts, capacity, minimum) for i, facts in enumerate(MATINEES, 1)]
        tour.etapes.append(_event())
        session.add(tour)
    return tour


def _matinee(
    tour: Tour, ordre: int, town: str, day: date, departement: str, capacity: int, minimum: int
) -> Etape:
    etape = Etape(
        ordre=ordre,
        slug=town,
        day=day,
        departement=departement,
        town=town.capitalize(),
        starts_at=time(9, 30),
        ends_at=time(12, 15),
        opens_at=datetime(2017, 11, 1, 8),
        closes_at=datetime.combine(day, time(9)),
        contact_email="equipe@exemple.org",
    )
    etape.creneaux = [
        Creneau(ordre=number, starts_at=slot[0], ends_at=slot[1]) for number, slot in SLOTS.items()
    ]
    etape.ateliers = [
        Atelier(
            creneau=etape.creneaux[theme.creneau_ordre - 1],
            thematique=theme,
            ordre=theme.ordre,
            capacity=capacity,
            minimum=minimum,
        )
        for theme in tour.thematiques
    ]
    return etape


def _event() -> Etape:
    etape = Etape(
        ordre=4,
        slug="bouches-du-rhone",
        day=date(2018, 3, 29),
        departement="13",
        departement_name="Bouches-du-Rhône",
        kind=CAPITALISATION,
    )
    etape.creneaux = [Creneau(ordre=1)]
    etape.ateliers = [Atelier(creneau=etape.creneaux[0], ordre=1)]
    return etape
