"""Refusals: what the house answers, in French, when something cannot be done."""


class Refused(Exception):
    """An act was refused and nothing was changed.

    `message` says to the person, in French, what is kept and what to do next;
    `field` names the form field it belongs beside, when there is one.
    """

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class Unknown(Refused):
    """The thing asked for does not exist, or not for this person: doors answer 404 to both alike."""


class Stale(Refused):
    """Somebody else saved first; `theirs` holds what is stored now, field by field."""

    def __init__(self, message: str, theirs: dict[str, object]) -> None:
        super().__init__(message)
        self.theirs = theirs
