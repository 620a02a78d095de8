"""Reading the registration form: what was typed becomes a submission, whole, so that nothing is ever lost."""

import re
from dataclasses import replace

from werkzeug.datastructures import MultiDict

from tourpaca.registration.rules import PEOPLE
from tourpaca.registration.submission import Person, Submission, Wish, address, line, paragraph
from tourpaca.security import new_token

CHOICE = re.compile(r"(\d{1,9})(-attente)?")
NOBODY_YET = Person("", "")
Form = MultiDict[str, str]


def blank() -> Submission:
    """Return the form as it opens: one person, and a key that makes its sending unique."""
    return Submission(key=new_token(), people=(NOBODY_YET,))


def read(form: Form) -> Submission:
    """Return what was typed."""
    return Submission(
        key=line(form.get("key", ""), 100),
        organisation=line(form.get("organisation", "")),
        contact_name=line(form.get("contact_name", "")),
        contact_email=address(form.get("contact_email", "")),
        contact_phone=line(form.get("contact_phone", ""), 40),
        people=tuple(person(form, number) for number in range(_count(form))),
        access_needs=paragraph(form.get("access_needs", "")),
        cited="not_cited" not in form,
        together="apart" not in form,
    )


def _count(form: Form) -> int:
    typed = form.get("people", "1")
    return min(int(typed), PEOPLE + 1) if re.fullmatch(r"\d{1,3}", typed) else 1


def person(form: Form, number: int) -> Person:
    """Return what was typed in the card of one person."""
    return Person(
        first_name=line(form.get(f"p{number}-first_name", ""), 100),
        last_name=line(form.get(f"p{number}-last_name", ""), 100),
        email=address(form.get(f"p{number}-email", "")),
        wishes=tuple(_wishes(form, number)),
        another=f"p{number}-another" in form,
    )


def _wishes(form: Form, number: int) -> list[Wish]:
    """Return every choice, two in one créneau included: refusing them is a rule, not a reading."""
    found = []
    for name in form:
        slot = re.fullmatch(rf"p{number}-c(\d{{1,9}})", name)
        for value in form.getlist(name) if slot else ():
            choice = CHOICE.fullmatch(value)
            if slot and choice:
                found.append(Wish(int(slot[1]), int(choice[1]), waits=bool(choice[2])))
    return found


def rearranged(form: Form, typed: Submission) -> Submission | None:
    """Return the form with a person more, less, or copied from the contact; None when it was sent."""
    people = list(typed.people)
    if "ajouter" in form:
        people.append(NOBODY_YET)
    elif "recopier" in form:
        people[:1] = [_copied(typed, people)]
    elif form.get("retirer", "").isdigit() and len(people) > 1:
        del people[int(form["retirer"]) : int(form["retirer"]) + 1]
    elif "retirer" not in form:
        return None
    return replace(typed, people=tuple(people))


def next_field(form: Form, changed: Submission) -> str:
    """Return where one goes on after people were rearranged: the new person, the one just copied, else the people."""
    if "ajouter" in form:
        return f"p{len(changed.people) - 1}-first_name"
    return "p0-first_name" if "recopier" in form else "people"


def _copied(typed: Submission, people: list[Person]) -> Person:
    first, _, last = typed.contact_name.partition(" ")
    kept = people[0] if people else NOBODY_YET
    return replace(kept, first_name=first, last_name=last, email=typed.contact_email)
