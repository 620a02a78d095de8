"""The letters the team's accounts write: an invitation, a link to sign in."""

from tourpaca import setting
from tourpaca.accounts import rules
from tourpaca.accounts.models import Member
from tourpaca.mail.draft import Draft

ACCES = "acces"


def sign_in_link(member: Member, token: str, link_id: int, invited: bool, reply_to: str = "") -> Draft:
    """Return the letter that carries a one-time link; it says how long the link opens.

    The reply to an invitation goes to who invites; a link that one asked for has nobody behind it.
    """
    life = rules.INVITATION_LIFE if invited else rules.LINK_LIFE
    minutes = int(life.total_seconds() // 60)
    return Draft(
        kind=ACCES,
        subject_key=f"lien-equipe:{link_id}",
        to_email=member.email,
        to_name=member.name,
        subject="Votre accès à l’équipe de la tournée" if invited else "Votre lien de connexion",
        template=ACCES,
        context={
            "name": member.name,
            "invited": invited,
            "role": rules.ROLE_NAMES[member.role],
            "link": f"{setting.base_url()}/equipe/lien/{token}",
            "life": f"{minutes // 60} heures" if minutes >= 120 else f"{minutes} minutes",
        },
        reply_to=reply_to,
    )
