"""Every default works on a bare machine; a TOURPACA_* variable of the environment overrides it."""

import os
import secrets
from datetime import timedelta
from pathlib import Path

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
        "NOW": read("TOURPACA_NOW", ""),
        "WORKER_INSIDE": _flag("TOURPACA_WORKER_INSIDE"),
        "MAIL_SERVER": read("TOURPACA_MAIL_SERVER", ""),
        "MAIL_PORT": int(read("TOURPACA_MAIL_PORT", "25")),
        "MAIL_USE_TLS": _flag("TOURPACA_MAIL_USE_TLS"),
        "MAIL_USE_SSL": _flag("TOURPACA_MAIL_USE_SSL"),
        "MAIL_USERNAME": read("TOURPACA_MAIL_USERNAME"),
        "MAIL_PASSWORD": read("TOURPACA_MAIL_PASSWORD"),
        "MAIL_DEFAULT_SENDER": read("TOURPACA_MAIL_DEFAULT_SENDER", "tournee@localhost.localdomain"),
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
        "MAX_CONTENT_LENGTH": 2 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 500_000,
        "MAX_FORM_PARTS": 1_000,
    }


def _flag(name: str) -> bool:
    return os.environ.get(name, "").strip().lower() in {"1", "true", "yes", "oui"}


def check(settings: dict[str, object]) -> None:
    """Refuse to start a production with weak secrets; elsewhere keep a secret of this machine in instance/."""
    if not settings["SECRET_KEY"]:
        settings["SECRET_KEY"] = _machine_secret()


def _machine_secret() -> str:
    path = INSTANCE / "secret"
    if not path.exists():
        INSTANCE.mkdir(exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
    return path.read_text()
