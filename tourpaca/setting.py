"""What the deployment chose (address, secret, sender), read from the running application."""

from urllib.parse import urlsplit

from flask import current_app


def base_url() -> str:
    """Return the public address of the house, without a final slash; the only source of links in letters."""
    return str(current_app.config["BASE_URL"]).rstrip("/")


def host() -> str:
    """Return the name of the house on the network, without a port: in Message-IDs, and to greet mail servers."""
    return str(urlsplit(base_url()).hostname)


def fixed_now() -> str:
    """Return the ISO local time at which the clock is stopped, or an empty text."""
    return str(current_app.config["NOW"])


def secret() -> bytes:
    """Return the secret key of this deployment."""
    return str(current_app.config["SECRET_KEY"]).encode()


def mail_is_set() -> bool:
    """Tell whether an SMTP server was given; without one, letters wait, readable, in the outbox."""
    return bool(current_app.config["MAIL_SERVER"])


def sender() -> str:
    """Return the address that letters leave from."""
    return str(current_app.config["MAIL_DEFAULT_SENDER"])


def value(name: str) -> object:
    """Return one configuration value by its name."""
    return current_app.config[name]
