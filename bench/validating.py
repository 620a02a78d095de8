"""What both references do with the form of a registration: read it whole, check names, addresses and choices."""

from collections.abc import Iterator

from tourpaca.mail import addresses
from tourpaca.public import registration_form
from tourpaca.registration.submission import Person, Submission


def accepts(form: registration_form.Form) -> bool:
    """Tell whether a registration could be made of this form, as far as the form alone says."""
    typed = registration_form.read(form)
    return bool(typed.people) and all(_checks(typed))


def _checks(typed: Submission) -> Iterator[bool]:
    yield bool(typed.contact_name)
    yield not addresses.fault(typed.contact_email)
    for person in typed.people:
        yield bool(person.first_name and person.last_name)
        yield not (person.email and addresses.fault(person.email))
        yield _chooses_once_a_slot(person)


def _chooses_once_a_slot(person: Person) -> bool:
    slots = [wish.creneau_id for wish in person.wishes]
    return bool(slots) and len(slots) == len(set(slots))
