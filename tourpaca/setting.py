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


def former_secrets() -> list[bytes]:
    """Return the keys of this deployment before the last rotation, whose links stay good."""
    return [str(key).encode() for key in current_app.config["SECRET_KEY_FALLBACKS"]]


def mail_is_set() -> bool:
    """Tell whether an SMTP server was given; without one, letters wait, readable, in the outbox."""
    return bool(current_app.config["MAIL_SERVER"])


def mail_facts() -> dict[str, str]:
    """Return the mail settings in words, without any secret."""
    read = current_app.config
    secured = (
        "dès le premier octet (TLS)"
        if read["MAIL_USE_SSL"]
        else "par STARTTLS"
        if read["MAIL_USE_TLS"]
        else "non"
    )
    return {
        "Serveur": f"{read['MAIL_SERVER']}, port {read['MAIL_PORT']}",
        "Connexion chiffrée": secured,
        "Nom et mot de passe": "donnés" if read["MAIL_USERNAME"] and read["MAIL_PASSWORD"] else "aucun",
        "Expéditeur": sender(),
    }


def sender() -> str:
    """Return the address that letters leave from."""
    return str(current_app.config["MAIL_DEFAULT_SENDER"])


def value(name: str) -> object:
    """Return one configuration value by its name."""
    return current_app.config[name]
