"""Names of organisations proposed while one is typed; any other name is welcome."""

from typing import Any

from flask import jsonify, request

from tourpaca.organisations import queries
from tourpaca.public import door


@door.get("/organisations.json")
def organisation_names() -> Any:
    """Return at most eight names of bodies that the team has verified, found by any of their spellings."""
    answer = jsonify([found.name for found in queries.suggest(request.args.get("q", "")[:100], limit=8)])
    answer.headers["Cache-Control"] = "public, max-age=60"
    return answer
