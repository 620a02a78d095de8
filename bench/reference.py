"""What the house is compared with: a bare Flask page of 2 kB, and a POST that only reads and checks a form."""

from flask import Flask, redirect, request
from werkzeug.wrappers import Response

app = Flask(__name__)
PAGE = "x" * 2_000


@app.get("/bare")
def bare() -> str:
    """Answer a constant page."""
    return PAGE


@app.post("/noop")
def noop() -> Response | tuple[str, int]:
    """Read a form, check that its first field is there, redirect."""
    if not request.form.get("organisation", "").strip():
        return "", 422
    return redirect("/bare")
