"""What the law asks to say: accessibility, personal data."""

from typing import Any

from flask import render_template

from tourpaca.privacy import register
from tourpaca.public import door
from tourpaca.tour import queries


@door.get("/accessibilite")
def accessibility() -> Any:
    """Show the accessibility statement; « non conforme » stays true until an audit is entered."""
    return render_template("public/accessibilite.html", tour=queries.current())


@door.get("/donnees-personnelles")
def personal_data() -> Any:
    """Show which data are held, why, how long, who sees them, and which rights follow."""
    return render_template(
        "public/donnees_personnelles.html", tour=queries.current(), rows=register.public_rows()
    )
