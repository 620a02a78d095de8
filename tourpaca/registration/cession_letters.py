"""What the house writes when somebody gives their place to a colleague: to both, and to the contact of the dossier.

What leaves the calendar of one and what enters that of the other travel apart, in letters of their own.
"""

from tourpaca.mail.draft import Draft
from tourpaca.registration import letters, subjects
from tourpaca.registration.letters import File, Guest
from tourpaca.registration.rules import mailbox

CESSION, SUMMARY = "cession", "cession_recapitulatif"


def of_cession(file: File, gone: Guest, newcomer: Guest) -> list[Draft]:
    """Return the letters about a place given; `gone` is who held it, with entries one sequence further."""
    here = mailbox(file.contact_email)
    drafts = [_told(file, CESSION, _box(file, gone), gone, newcomer)]
    if gone.email and mailbox(gone.email) != here:
        contact = (file.contact_email, file.contact_name)
        drafts.append(_told(file, SUMMARY, contact, gone, newcomer))
    return [draft for draft in (*drafts, _welcome(file, newcomer)) if draft.to_email]


def _box(file: File, guest: Guest) -> tuple[str, str]:
    return (guest.email, guest.name) if guest.email else (file.contact_email, file.contact_name)


def _told(file: File, kind: str, to: tuple[str, str], gone: Guest, newcomer: Guest) -> Draft:
    """Tell who has the place now; the page of the whole dossier is the contact’s alone."""
    events = letters.entries(file.etape, [gone], to[1], cancelled=True) if kind == CESSION else ()
    subject = subjects.change(file.etape, "Place cédée")
    key = f"participant:{gone.participant_id}"
    link = file.link if mailbox(to[0]) == mailbox(file.contact_email) else ""
    draft = letters.drafted(file, kind, key, to, subject, [gone], events, link)
    draft.context["newcomer"] = newcomer.name
    return draft


def _welcome(file: File, newcomer: Guest) -> Draft:
    """Confirm the place to the newcomer, or to the contact who serves them; the page is the newcomer’s own."""
    to = _box(file, newcomer)
    matter = subjects.INSCRIPTION if newcomer.email else f"l’inscription de {newcomer.name}"
    subject = subjects.about(file.etape, matter, "une inscription")
    events = letters.entries(file.etape, [newcomer], to[1])
    key = f"participant:{newcomer.participant_id}"
    return letters.drafted(file, "confirmation", key, to, subject, [newcomer], events, newcomer.link)
