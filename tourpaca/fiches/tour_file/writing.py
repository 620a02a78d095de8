"""Write what a tour file holds and the base lacks, in an open transaction; what is there already is never changed."""

from collections.abc import Iterable
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourpaca.db import Base
from tourpaca.fiches.models import Section
from tourpaca.fiches.tour_file.entries import AtelierEntry, CreneauEntry, EtapeEntry, ThemeEntry, TourFile
from tourpaca.fiches.tour_file.fields import Values
from tourpaca.fiches.tour_file.report import Report
from tourpaca.journal.models import Act
from tourpaca.tour import rules
from tourpaca.tour.models import Atelier, Creneau, Etape, Partenaire, Thematique, Tour

Row = TypeVar("Row", bound=Base)


class Writer:
    """Takes one tour file into one session, telling a report what is new."""

    def __init__(self, session: Session, act: Act, report: Report) -> None:
        self.session, self.act, self.report = session, act, report

    def tour(self, file: TourFile) -> Tour:
        """Write the tour with its themes, its étapes and its partners, and return it."""
        stored = self.session.scalar(select(Tour).where(Tour.slug == self.report.slug))
        own = {"slug": self.report.slug, "created_at": self.act.now}
        tour = self._settle(stored, Tour, "tournée", file.values["name"], file.values, own)
        themes = {entry.slug: self._theme(tour, entry) for entry in file.themes}
        for etape in file.etapes:
            self._etape(tour, etape, themes)
        self._partenaires(tour, file.partenaires)
        return tour

    def _settle(
        self, stored: Row | None, table: type[Row], kind: str, name: str, values: Values, own: Values
    ) -> Row:
        """Return the stored row, compared, or a new one; `own` are the columns that a comparison does not look at."""
        if stored is not None:
            self.report.compare(f"{kind} « {name} »", stored, values)
            return stored
        row = table(**values, **own)
        self.session.add(row)
        self.session.flush()
        self.report.create(kind, name)
        return row

    def _theme(self, tour: Tour, entry: ThemeEntry) -> Thematique:
        asked = select(Thematique).where(Thematique.tour_id == tour.id, Thematique.slug == entry.slug)
        name = f"{entry.values['ordre']}. {entry.values['title']}"
        own = {"tour_id": tour.id, "slug": entry.slug}
        theme = self._settle(self.session.scalar(asked), Thematique, "thématique", name, entry.values, own)
        for kind, text in entry.texts.items():
            self._section(theme, kind, text)
        return theme

    def _section(self, theme: Thematique, kind: str, text: str) -> None:
        asked = select(Section).where(Section.thematique_id == theme.id, Section.kind == kind)
        own = {"thematique_id": theme.id, "kind": kind, "changed_at": self.act.now}
        name = f"fiche {theme.ordre}, {kind}"
        self._settle(self.session.scalar(asked), Section, "texte de fiche", name, {"text": text}, own)

    def _etape(self, tour: Tour, entry: EtapeEntry, themes: dict[str, Thematique]) -> None:
        asked = select(Etape).where(Etape.tour_id == tour.id, Etape.slug == entry.slug)
        name = rules.heading(Etape(**entry.values))
        own = {"tour_id": tour.id, "slug": entry.slug}
        etape = self._settle(self.session.scalar(asked), Etape, "étape", name, entry.values, own)
        for creneau in entry.creneaux:
            self._creneau(etape, creneau, themes)

    def _creneau(self, etape: Etape, entry: CreneauEntry, themes: dict[str, Thematique]) -> None:
        asked = select(Creneau).where(Creneau.etape_id == etape.id, Creneau.ordre == entry.ordre)
        name = f"{etape.place_name}, créneau {entry.ordre}"
        own = {"etape_id": etape.id, "ordre": entry.ordre}
        creneau = self._settle(self.session.scalar(asked), Creneau, "créneau", name, entry.values, own)
        for atelier in entry.ateliers:
            self._atelier(etape, creneau, atelier, themes)

    def _atelier(
        self, etape: Etape, creneau: Creneau, entry: AtelierEntry, themes: dict[str, Thematique]
    ) -> None:
        theme = themes[entry.theme] if entry.theme else None
        theme_id = theme.id if theme else None
        # A thématique is held once in a créneau, whatever the number it bears now; an event has only its number.
        same = (
            (Atelier.thematique_id == theme_id)
            if theme_id
            else Atelier.thematique_id.is_(None) & (Atelier.ordre == entry.values["ordre"])
        )
        asked = select(Atelier).where(Atelier.creneau_id == creneau.id, same)
        name = f"{etape.place_name}, {theme.label if theme else 'l’événement'}"
        own = {"etape_id": etape.id, "creneau_id": creneau.id, "thematique_id": theme_id}
        self._settle(self.session.scalar(asked), Atelier, "atelier", name, entry.values, own)

    def _partenaires(self, tour: Tour, partenaires: Iterable[tuple[str, str]]) -> None:
        for ordre, (name, logo) in enumerate(partenaires, 1):
            asked = select(Partenaire).where(Partenaire.tour_id == tour.id, Partenaire.name == name)
            stored: Any = self.session.scalar(asked)
            values = {"ordre": ordre, "logo": logo}
            self._settle(stored, Partenaire, "partenaire", name, values, {"tour_id": tour.id, "name": name})
