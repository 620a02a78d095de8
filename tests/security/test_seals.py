"""S9: a signature found good once is not computed again, and opens to nobody else."""

from flask import Flask

from tests.inspecting import InspectingClient
from tourpaca.organiser.accounts.sessions import SEEN
from tourpaca.seals import Cookie

PAGE = "/equipe/connexion"
TYPED = {"email": "a@exemple.org", "password": "mot de passe"}


def test_s09_a_token_that_came_by_a_header_opens_nothing_to_a_form_without_one(
    client: InspectingClient,
) -> None:
    token = client.csrf(PAGE)
    assert client.post(PAGE, data=TYPED, headers={"X-CSRFToken": token}).status_code != 400
    assert client.post(PAGE, data=TYPED).status_code == 400


def test_s09_a_token_is_good_twice_for_its_session_and_never_for_another(
    app: Flask, client: InspectingClient
) -> None:
    token = client.csrf(PAGE)
    for _ in range(2):
        assert client.post(PAGE, data={**TYPED, "csrf_token": token}).status_code == 422
    other = app.test_client()
    other.get(PAGE)
    assert other.post(PAGE, data={**TYPED, "csrf_token": token}).status_code == 400


def test_s09_a_cookie_is_read_as_it_was_signed_each_time(app: Flask) -> None:
    cookie, name = Cookie(), app.config["SESSION_COOKIE_NAME"]
    given = cookie.get_signing_serializer(app).dumps({SEEN: 1.5, "_flashes": [("fait", "Une fois")]})
    with app.test_request_context(headers={"Cookie": f"{name}={given}"}) as asked:
        for _ in range(2):
            opened = cookie.open_session(app, asked.request)
            assert (opened[SEEN], opened["_flashes"]) == (1.5, [("fait", "Une fois")])
            opened["_flashes"].append(("fait", "Deux fois"))
            opened[SEEN] = 2.5


def test_s09_another_key_or_too_many_days_and_the_cookie_says_nothing(app: Flask) -> None:
    cookie = Cookie()
    given = cookie.get_signing_serializer(app).dumps({SEEN: 1.5})
    name = app.config["SESSION_COOKIE_NAME"]
    with app.test_request_context(headers={"Cookie": f"{name}={given}"}) as asked:
        assert cookie.open_session(app, asked.request) == {SEEN: 1.5}
        key, app.secret_key = app.secret_key, "another key of the tests, quite as long"
        assert cookie.open_session(app, asked.request) == {}
        app.config["SECRET_KEY_FALLBACKS"] = [key]
        assert cookie.open_session(app, asked.request) == {SEEN: 1.5}
        app.config["PERMANENT_SESSION_LIFETIME"] = -1
        assert cookie.open_session(app, asked.request) == {}
