"""The application with one more page: the form of a registration, validated behind its protections, nothing kept."""

from flask import redirect, request
from werkzeug.wrappers import Response

from bench import validating
from tourpaca import create_app

app = create_app()


@app.post("/verifie")
def checked() -> Response | tuple[str, int]:
    """Read a form, check it, redirect, with all that the house does around a POST."""
    return redirect("/livez", 303) if validating.accepts(request.form) else ("", 422)
