"""What the house writes when one person more joins a dossier: the whole to the contact, their own to the newcomer."""

from dataclasses import replace

from tourpaca.mail.draft import Draft
from tourpaca.registration import letters
from tourpaca.registration.letters import File
from tourpaca.registration.rules import mailbox

AJOUT = "ajout"


def of_addition(file: File, participant_id: int) -> list[Draft]:
    """Return the summary of everybody for the contact, and the confirmation of a newcomer with a mailbox of their own.

    Only the newcomer’s entries travel: those of the others are in their calendars.
    """
    (newcomer,) = [guest for guest in file.guests if guest.participant_id == participant_id]
    own = bool(newcomer.email) and mailbox(newcomer.email) != mailbox(file.contact_email)
    events = () if own else letters.entries(file.etape, [newcomer], file.contact_name)
    summary = replace(
        letters.summary(file), kind=AJOUT, subject_key=f"participant:{participant_id}", events=events
    )
    drafts = [summary, letters.confirmation(file, [newcomer])] if own else [summary]
    return [draft for draft in drafts if draft.to_email]
