"""The form of Nice as one person fills it in a browser, and what it leaves in the base."""

from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import func, select

from tests.journeys.visiting import fill_contact, fill_person
from tourpaca.db import session
from tourpaca.registration.models import Dossier

FORM = "/tours/tour-paca/etapes/nice/inscription"
CONTACT = ("Cannes Jeunesse", "Morgan Factice", "morgan.factice@exemple.org")
CAMILLE = ("Camille Exemple", "camille@exemple.org", "Concertation", "Développement durable")


def dossiers(app: Flask) -> int:
    """How many registrations there are, beside the one that was there first."""
    with app.app_context():
        return (session().scalar(select(func.count()).select_from(Dossier)) or 0) - 1


def fill(page: Page, form: str) -> None:
    """Open the form and fill it in for one person."""
    page.goto(form)
    fill_contact(page, *CONTACT)
    fill_person(page, 1, *CAMILLE)
