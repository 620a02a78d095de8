"""What the house answers when it cannot answer: in words, with what to do next, and never a trace."""

from typing import Any

from flask import current_app, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from tourpaca import logs
from tourpaca.public import door
from tourpaca.refusal import Refused, Unknown

TITLES = {
    400: "Cette demande n’a pas été comprise",
    403: "Cette demande vient d’un autre site",
    404: "Cette page n’existe pas",
    405: "Cette page ne se demande pas ainsi",
    409: "Ce n’est pas possible en l’état",
    413: "C’est trop lourd",
    429: "Trop de demandes de suite",
    503: "Un instant, s’il vous plaît",
}
ADVICE = {
    403: "Rien n’a été changé. Ouvrez la page depuis ce site, puis recommencez.",
    404: "L’adresse est peut-être incomplète. Les étapes de la tournée sont à l’accueil.",
    413: "Rien n’a été enregistré. Envoyez un fichier plus petit.",
    429: "Rien n’a été changé. Attendez un quart d’heure, puis recommencez.",
    503: "Rien n’a été perdu. Réessayez dans une minute.",
}
DEFAULT_ADVICE = "Rien n’a été changé. Revenez à la page précédente : ce que vous avez saisi y est encore."


def _answer(status: int, advice: str = "") -> Any:
    title = TITLES.get(status, "Quelque chose ne va pas de notre côté")
    words = advice or ADVICE.get(status, DEFAULT_ADVICE)
    return _page(title, words, status), status


def _page(title: str, advice: str, status: int, reference: str = "") -> str:
    return render_template(
        "public/empechement.html",
        title=title,
        advice=advice,
        status=status,
        reference=reference,
        inside=request.path.startswith("/equipe/"),
    )


@door.app_errorhandler(HTTPException)
def refused_by_http(error: HTTPException) -> Any:
    """Answer a refusal of the protocol (missing page, wrong method, too large)."""
    return _answer(error.code or 500)


@door.app_errorhandler(CSRFError)
def form_from_elsewhere(error: CSRFError) -> Any:
    """Answer a form that carries no proof of coming from our own page."""
    advice = "Cette page est restée ouverte trop longtemps. Revenez en arrière, rechargez-la, puis envoyez de nouveau."
    return _answer(400, advice)


@door.app_errorhandler(Unknown)
def unknown(error: Unknown) -> Any:
    """Answer alike for a missing thing and for one that is not this person's."""
    return _answer(404, error.message)


@door.app_errorhandler(Refused)
def refused(error: Refused) -> Any:
    """Answer a refusal that no page could place beside a field."""
    return _answer(409, error.message)


@door.app_errorhandler(Exception)
def fault(error: Exception) -> Any:
    """Answer a fault of ours with a reference that the log also carries."""
    if current_app.config["PROPAGATE_EXCEPTIONS"]:
        raise error
    reference = logs.reference()
    route = request.url_rule.rule if request.url_rule else ""
    logs.log.error("fault", exc_info=error, extra={"facts": {"request": reference, "route": route}})
    title = "Quelque chose ne va pas de notre côté"
    advice = f"Rien n’a été enregistré. Réessayez ; si cela dure, écrivez-nous en citant {reference}."
    return _page(title, advice, 500, reference), 500
