"""What the house is compared with: a bare Flask page of 2 kB, and a POST that only validates a registration's form."""

from flask import Flask, redirect, request
from werkzeug.wrappers import Response

from bench import validating

app = Flask(__name__)
PAGE = "x" * 2_000


@app.get("/bare")
def bare() -> str:
    """Answer a constant page."""
    return PAGE


@app.post("/noop")
def noop() -> Response | tuple[str, int]:
    """Read a form, check it, redirect: no session, no token, no base."""
    return redirect("/bare", 303) if validating.accepts(request.form) else ("", 422)
