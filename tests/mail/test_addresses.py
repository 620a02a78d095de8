"""An address that cannot exist is refused in every form, by one rule, with its reason."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from tourpaca.accounts.rules import check_email
from tourpaca.mail import addresses, rules
from tourpaca.refusal import Refused
from tourpaca.tour.checks import _email_message

SIGNS = some.text("ab.+-_'\"@ é\n;<>()%", max_size=12)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("camille", "Il manque le « @ »."),
        ("élodie@exemple.org", "Écrivez-le sans accent : les accents avant le « @ »"),
        ("elodie@éxemple.org", "Un courriel s’écrit sans accent."),
        ("camille@exemple", "Ce courriel semble incomplet."),
        ("camille..exemple@exemple.org", "Ce courriel semble incomplet."),
        ("a@b@exemple.org", "Ce courriel semble incomplet."),
        (f"{'a' * 65}@exemple.org", "Ce courriel semble incomplet."),
        ("camille@exemple.org\n", "Ce courriel semble incomplet."),
        ("camille@localhost", "Ce courriel semble incomplet."),
    ],
)
def test_b12_a_form_says_why_an_address_will_not_do(text: str, said: str) -> None:
    assert addresses.fault(text).startswith(said)
    assert addresses.EXAMPLE in addresses.fault(text)


@given(SIGNS, SIGNS)
@example("o'neil+tour", "exemple.org")
def test_s05_what_a_form_takes_every_letter_can_carry(local: str, domain: str) -> None:
    for text in (f"{local}@{domain}", f"{local}@exemple.org"):
        if not addresses.fault(text):
            assert rules.mailbox(text) == text


def test_b13_the_address_of_replies_and_of_the_team_obey_the_same_rule() -> None:
    """A reply address that cannot exist would stop every letter of its étape."""
    assert "accents avant" in _email_message("équipe@exemple.org")["contact_email"]
    assert _email_message("equipe@exemple.org") == {}
    with pytest.raises(Refused, match="accents avant"):
        check_email("élodie@exemple.org")
