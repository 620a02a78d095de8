"""The application with one more page: the form of a registration, read and checked, and nothing kept."""

from flask import redirect, request
from werkzeug.wrappers import Response

from tourpaca import create_app
from tourpaca.public import registration_form
from tourpaca.registration import rules

app = create_app()


@app.post("/verifie")
def checked() -> Response | tuple[str, int]:
    """Read the form behind the house's own protections, check its addresses, redirect."""
    typed = registration_form.read(request.form)
    addresses = [typed.contact_email, *(person.email for person in typed.people if person.email)]
    if any(map(rules.email_fault, addresses)):
        return "", 422
    return redirect("/livez", 303)
