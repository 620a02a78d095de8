"""The DKIM signature of letters (RFC 6376), where the mail server does not sign: made once, kept with the bytes.

Optional: without its settings nothing here is asked, and its package (dkimpy) need not be installed.
"""

from collections.abc import Callable
from pathlib import Path

from tourpaca import setting

# A header named twice cannot be added by somebody else on the way (RFC 6376 §8.15).
NEVER_ADDED = (b"from", b"to", b"subject", b"date", b"reply-to")
# Relays fold headers again and drop spaces at the end of lines: both are forgiven.
CANONICAL = (b"relaxed", b"relaxed")
Find = Callable[..., bytes | None]


def is_set() -> bool:
    """Tell whether letters are to be signed; `config` has seen that the three settings and the package are there."""
    return bool(setting.value("DKIM_DOMAIN"))


def in_words() -> str:
    """Return who signs, for the page of the settings."""
    if not is_set():
        return "aucune, ou par le serveur de courrier"
    return fault() or f"{_domain()}, sélecteur {_selector()}"


def fault() -> str:
    """Return why no letter can be signed though the settings ask for it, or an empty text."""
    if not is_set():
        return ""
    from dkim.crypto import UnparsableKeyError, parse_pem_private_key  # noqa: PLC0415

    try:
        parse_pem_private_key(_key())
    except OSError:
        return "la clé de la signature DKIM ne se lit pas : à régler"
    except (UnparsableKeyError, ValueError, IndexError):
        return "la clé de la signature DKIM n’est pas une clé RSA au format PEM : à régler"
    return ""


def signed(letter: bytes) -> bytes:
    """Return a letter of CRLF lines with its signature before it, or as it is when none is set.

    The signature bears the hour: it is made before the bytes are frozen, never again at a later try.
    Every header is signed, the way out of invitations too (RFC 8058 §4).
    """
    if not is_set():
        return letter
    import dkim  # noqa: PLC0415 - optional

    head = letter.partition(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0] for line in head.split(b"\r\n") if line[:1].strip()]
    signature: bytes = dkim.sign(
        letter,
        _selector().encode(),
        _domain().encode(),
        _key(),
        canonicalize=CANONICAL,
        include_headers=[*names, *NEVER_ADDED],
    )
    return signature + letter


def answered(letter: bytes, find: Find | None = None) -> str:
    """Return in words whether the key that the domain publishes answers to a signed letter; 5 s at most.

    `find` looks a name up among the TXT records of the network; by default the system's own name server.
    """
    import dkim  # noqa: PLC0415 - optional

    asked = {"dnsfunc": find} if find else {}
    if dkim.verify(letter, **asked):
        return f"La signature de ce message est bonne : la clé publiée par {_domain()} y répond."
    name = f"{_selector()}._domainkey.{_domain()}"
    return (
        f"Ce message est signé, mais la clé publiée sous {name} n’y répond pas : publiez-la, "
        "ou laissez le temps au service des noms de la montrer."
    )


def _domain() -> str:
    return str(setting.value("DKIM_DOMAIN"))


def _selector() -> str:
    return str(setting.value("DKIM_SELECTOR"))


def _key() -> bytes:
    return Path(str(setting.value("DKIM_KEY_FILE"))).read_bytes()
