"""Passwords, roles, and how long a link, a session or a refusal lasts."""

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from tourpaca.accounts.models import ROLES
from tourpaca.mail import addresses
from tourpaca.refusal import Refused

if TYPE_CHECKING:
    from argon2 import PasswordHasher

ROLE_NAMES = {
    "organisation": "organisation",
    "etape": "équipe d’une étape",
    "accueil": "accueil",
    "lecture": "lecture",
}
BOUND_ROLES = ("etape", "accueil")

LINK_LIFE = timedelta(minutes=10)
INVITATION_LIFE = timedelta(hours=24)
SESSION_LIFE = timedelta(hours=12)
IDLE_LIFE = timedelta(minutes=30)

ATTEMPTS_WINDOW = timedelta(minutes=15)
ATTEMPTS_PER_ADDRESS = 5
# An office shares one address of the network: this ceiling only stops machines.
ATTEMPTS_PER_NETWORK = 50

MIN_LENGTH, MAX_LENGTH = 12, 256
TOO_COMMON = ("motdepasse", "password", "azerty", "qwerty", "123456", "tourpaca", "bonjour", "organisation")


def check_email(email: str) -> str:
    """Return the address in its canonical form, or refuse it beside the field."""
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415  (slow to import)

    if not email.rpartition("@")[0].isascii():
        raise Refused(f"{addresses.ACCENT} {addresses.EXAMPLE}", "email")
    try:
        return validate_email(
            email.strip(), check_deliverability=False, test_environment=True
        ).normalized.lower()
    except EmailNotValidError:
        raise Refused(f"Cette adresse ne peut pas exister. {addresses.EXAMPLE}", "email") from None


def check_role(role: str) -> None:
    """Refuse a role that the house does not know."""
    if role not in ROLES:
        raise Refused(f"Le rôle est l’un de ceux-ci : {', '.join(ROLES)}.", "role")


def check_password(password: str, email: str) -> None:
    """Refuse a password too short, too long, or built on a word everybody tries first (ASVS 6.2)."""
    if len(password) < MIN_LENGTH:
        raise Refused(f"Il faut au moins {MIN_LENGTH} caractères. Une phrase convient très bien.", "password")
    if len(password) > MAX_LENGTH:
        raise Refused(f"Au plus {MAX_LENGTH} caractères, c’est déjà long.", "password")
    bare = password.lower()
    for word in (*TOO_COMMON, email.split("@")[0].lower()):
        if len(bare.replace(word, "")) < MIN_LENGTH - 4:
            raise Refused(f"« {word} » se devine. Choisissez d’autres mots.", "password")


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password (about 0.1 s: never inside a transaction)."""
    return _hasher().hash(password)


def is_right(password: str, password_hash: str) -> bool:
    """Tell whether a password is the one hashed; takes as long when there is no hash at all."""
    from argon2.exceptions import InvalidHashError, VerifyMismatchError  # noqa: PLC0415

    try:
        return _hasher().verify(password_hash or _nobody(), password) and bool(password_hash)
    except (VerifyMismatchError, InvalidHashError):
        return False


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher  # noqa: PLC0415

    return PasswordHasher()


@cache
def _nobody() -> str:
    # Made at the first sign-in and not at import: a hash costs a seventh of a second of every start.
    return _hasher().hash("nobody has this password")
