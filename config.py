"""Every default works on a bare machine; a TOURPACA_* variable of the environment overrides it."""

import os
import secrets
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

INSTANCE = Path(__file__).parent / "instance"


def from_environment() -> dict[str, object]:
    """Return the configuration of this process: defaults, then the TOURPACA_* variables."""
    read = os.environ.get
    return {
        "ENV_NAME": read("TOURPACA_ENV", "local"),
        "SECRET_KEY": read("TOURPACA_SECRET_KEY", ""),
        "SECRET_KEY_FALLBACKS": [key for key in read("TOURPACA_SECRET_KEY_FALLBACKS", "").split(",") if key],
        "SQLALCHEMY_DATABASE_URI": read("TOURPACA_DATABASE_URL", f"sqlite:///{INSTANCE / 'tourpaca.sqlite'}"),
        "BASE_URL": read("TOURPACA_BASE_URL", "http://127.0.0.1:8000"),
        "ALLOW_HTTP": _flag("TOURPACA_ALLOW_HTTP"),
        "PROXIES": int(read("TOURPACA_PROXIES", "0")),
        "NOW": read("TOURPACA_NOW", ""),
        "WORKER_INSIDE": _flag("TOURPACA_WORKER_INSIDE"),
        "MAIL_SERVER": read("TOURPACA_MAIL_SERVER", ""),
        "MAIL_PORT": int(read("TOURPACA_MAIL_PORT", "25")),
        "MAIL_USE_TLS": _flag("TOURPACA_MAIL_USE_TLS"),
        "MAIL_USE_SSL": _flag("TOURPACA_MAIL_USE_SSL"),
        "MAIL_USERNAME": read("TOURPACA_MAIL_USERNAME"),
        "MAIL_PASSWORD": read("TOURPACA_MAIL_PASSWORD"),
        "MAIL_DEFAULT_SENDER": read("TOURPACA_MAIL_DEFAULT_SENDER", "tournee@localhost.localdomain"),
        "DKIM_DOMAIN": read("TOURPACA_DKIM_DOMAIN", ""),
        "DKIM_SELECTOR": read("TOURPACA_DKIM_SELECTOR", ""),
        "DKIM_KEY_FILE": read("TOURPACA_DKIM_KEY_FILE", ""),
        "BOUNCE_IMAP_URL": read("TOURPACA_BOUNCE_IMAP_URL", ""),
        "BOUNCE_IMAP_PASSWORD": read("TOURPACA_BOUNCE_IMAP_PASSWORD", ""),
        "BOUNCE_TOKEN": read("TOURPACA_BOUNCE_TOKEN", ""),
        "PERMANENT_SESSION_LIFETIME": timedelta(days=7),
        "MAX_CONTENT_LENGTH": 2 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 500_000,
        "MAX_FORM_PARTS": 1_000,
    }


def _flag(name: str) -> bool:
    return os.environ.get(name, "").strip().lower() in {"1", "true", "yes", "oui"}


def check(settings: dict[str, Any]) -> None:
    """Complete the settings of a local start; refuse to start a production that is not safe."""
    if settings["ENV_NAME"] == "production":
        _refuse_unsafe(settings)
    elif not settings["SECRET_KEY"]:
        settings["SECRET_KEY"] = _machine_secret()
    _refuse_half_signed(settings)
    settings.update(_of_address(str(settings["BASE_URL"]), settings["ENV_NAME"] == "production"))


def _refuse_unsafe(settings: dict[str, Any]) -> None:
    key = str(settings["SECRET_KEY"])
    # "<64 caractères…>" is the line of deploy/tourpaca.env left as it came: a key that everybody knows.
    if len(key) < 32 or len(set(key)) < 10 or key.startswith("<"):
        raise SystemExit("TOURPACA_SECRET_KEY : il faut au moins 32 caractères tirés au hasard.")
    if 0 < len(str(settings["BOUNCE_TOKEN"])) < 24:
        raise SystemExit("TOURPACA_BOUNCE_TOKEN : il faut au moins 24 caractères tirés au hasard.")
    if settings.get("DEBUG") or os.environ.get("FLASK_DEBUG", "0") not in {"", "0"}:
        raise SystemExit("FLASK_DEBUG ne va pas avec TOURPACA_ENV=production.")
    if not str(settings["BASE_URL"]).startswith("https://") and not settings["ALLOW_HTTP"]:
        raise SystemExit("TOURPACA_BASE_URL doit commencer par https:// (ou posez TOURPACA_ALLOW_HTTP=1).")


def _refuse_half_signed(settings: dict[str, Any]) -> None:
    """Refuse a signature of letters (DKIM) that is set in part, or whose package is missing; none is right too."""
    names = ("DKIM_DOMAIN", "DKIM_SELECTOR", "DKIM_KEY_FILE")
    given = [name for name in names if settings[name]]
    if not given:
        return
    if len(given) < len(names):
        missing = ", ".join(f"TOURPACA_{name}" for name in names if name not in given)
        raise SystemExit(f"Pour signer les lettres (DKIM), il manque {missing}.")
    if not all(str(settings[name]).isascii() for name in names[:2]):
        raise SystemExit("TOURPACA_DKIM_DOMAIN et TOURPACA_DKIM_SELECTOR s’écrivent sans accent.")
    if find_spec("dkim") is None:
        raise SystemExit("Pour signer les lettres (DKIM), tapez : .venv/bin/pip install dkimpy==1.1.8")


def _of_address(base_url: str, production: bool) -> dict[str, object]:
    """Derive from the public address which hosts are answered and how the cookie is kept."""
    secure = base_url.startswith("https://")
    hosts = [urlsplit(base_url).hostname or ""]
    return {
        "TRUSTED_HOSTS": hosts if production else [*hosts, "localhost", "127.0.0.1"],
        "SESSION_COOKIE_NAME": "__Host-tourpaca" if secure else "tourpaca",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_REFRESH_EACH_REQUEST": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
    }


def _machine_secret() -> str:
    path = INSTANCE / "secret"
    if not path.exists():
        INSTANCE.mkdir(exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
    return path.read_text()
