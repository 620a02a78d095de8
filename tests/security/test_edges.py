"""What reaches the house from outside: other sites, wrong hosts, unsafe settings, faults."""

import pytest
from flask import Flask

from tests.inspecting import InspectingClient
from tests.serving import ROOT
from tests.signing import PASSWORD
from tourpaca import create_app
from tourpaca.db import Base
from tourpaca.organiser.accounts.sign_in import inside
from tourpaca.privacy import register
from tourpaca.seals import PROVED_OTHERWISE

EXAMPLE = dict(
    line.split("=", 1) for line in (ROOT / "deploy/tourpaca.env").read_text().splitlines() if line[:1] == "T"
)
SAFE = {
    "ENV_NAME": "production",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz",
    "BASE_URL": "https://tour.exemple.org",
}


def _posts(app: Flask) -> list[str]:
    # What machines ask for proves itself otherwise (tests/mail).
    asked = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    views = {rule.endpoint: app.view_functions[rule.endpoint] for rule in asked}
    proved = {
        name for name, view in views.items() if f"{view.__module__}.{view.__name__}" in PROVED_OTHERWISE
    }
    rules = [rule for rule in asked if rule.endpoint not in proved]
    urls = app.url_map.bind("localhost")
    return [urls.build(rule.endpoint, dict.fromkeys(rule.arguments, 1), method="POST") for rule in rules]


@pytest.mark.parametrize(
    ("headers", "data"),
    [
        ({}, {}),
        ({}, {"csrf_token": "made-up"}),
        ({"Sec-Fetch-Site": "cross-site"}, {}),
        ({"Content-Type": "text/plain"}, "csrf_token=made-up"),
    ],
    ids=["no token", "wrong token", "another site", "text body"],
)
def test_s09_every_change_asked_from_elsewhere_is_refused(
    app: Flask, client: InspectingClient, headers: dict[str, str], data: object
) -> None:
    """No POST of the house passes without the proof that it comes from our own page."""
    for path in _posts(app):
        status = client.post(path, headers=headers, data=data).status_code
        assert status in {400, 403}, f"{path}: {status}"


def test_s09_a_right_token_from_another_site_is_refused_too(client: InspectingClient) -> None:
    """Browsers say where a request comes from; we listen."""
    token = client.csrf("/equipe/connexion")
    form = {"csrf_token": token, "email": "a@exemple.org", "password": PASSWORD}
    answer = client.post("/equipe/connexion", data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert (
        client.post("/equipe/connexion", data=form, headers={"Sec-Fetch-Site": "same-origin"}).status_code
        == 422
    )


@pytest.mark.parametrize("path", ["/", "/equipe/connexion", "/accessibilite"])
def test_s11_a_foreign_host_is_refused(client: InspectingClient, path: str) -> None:
    """`Host: evil` gets nothing that could carry its name."""
    answer = client.get(path, headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "evil" not in answer.get_data(as_text=True)


def test_s11_forwarded_hosts_are_ignored(client: InspectingClient) -> None:
    """Only the configured address makes links, whatever a proxy claims."""
    answer = client.get(
        "/equipe/membres", headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    )
    assert "evil" not in answer.location


STARTS = (
    "http://",
    "https://",
    "//",
    "\\\\",
    "/\\",
    "\t//",
    "/\t/",
    " //",
    "https:",
    "/equipe/@",
    "/equipe//",
)
OFF_SITE = (
    *("https://evil.example/equipe/", "//evil.example/equipe/", "/\\evil.example", "\\\\evil.example"),
    *("/equipe/\\evil.example", "javascript:alert(1)", "http:/equipe/", "/equipe\t//evil", "/autre", ""),
    *("/equipe/%0d%0aLocation:evil", "/equipe/<script>", "/equipe/?a=<b>", "/equipe/@evil", "/equipe//evil"),
    *(f"{start}evil.example{end}" for start in STARTS for end in ("", "/equipe/", "#/equipe/")),
)


def test_s17_coming_in_never_leads_off_the_site(app: Flask) -> None:
    """Whatever `suite` holds (over forty ways), one lands inside the team's door."""
    assert len(OFF_SITE) > 40
    with app.test_request_context():
        assert {inside(address) for address in OFF_SITE} == {"/equipe/"}
        assert inside("/equipe/tour-paca/etapes?a=1&b=%20c") == "/equipe/tour-paca/etapes?a=1&b=%20c"


@pytest.mark.parametrize(
    "wrong",
    [
        {"SECRET_KEY": ""},
        {"SECRET_KEY": "short"},
        {"SECRET_KEY": "a" * 40},
        {"SECRET_KEY": EXAMPLE["TOURPACA_SECRET_KEY"]},
        {"DEBUG": True},
        {"BASE_URL": "http://tour.exemple.org"},
    ],
    ids=["no secret", "short secret", "one letter", "the example's", "debug", "plain http"],
)
def test_s22_an_unsafe_production_does_not_start(engine_url: str, wrong: dict[str, object]) -> None:
    """It says in one line which setting to mend."""
    with pytest.raises(SystemExit) as refusal:
        create_app({**SAFE, "SQLALCHEMY_DATABASE_URI": engine_url, "ALLOW_HTTP": False, **wrong})
    assert "\n" not in str(refusal.value)


def test_s22_a_safe_production_starts_and_keeps_its_cookie_to_itself(engine_url: str) -> None:
    """Over https the cookie is Secure and bound to this host by its name."""
    app = create_app({**SAFE, "SQLALCHEMY_DATABASE_URI": engine_url})
    answer = app.test_client().get("/equipe/connexion", base_url="https://tour.exemple.org")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-tourpaca=")
    assert "Secure" in cookie
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"]


def test_s22_sessions_outlive_a_change_of_secret(engine_url: str) -> None:
    """The former key still opens what it closed."""
    old = create_app({**SAFE, "SQLALCHEMY_DATABASE_URI": engine_url})
    page = old.test_client().get("/equipe/connexion", base_url=SAFE["BASE_URL"])
    value = page.headers["Set-Cookie"].split("=", 1)[1].split(";")[0]
    new = create_app(
        {
            **SAFE,
            "SQLALCHEMY_DATABASE_URI": engine_url,
            "SECRET_KEY": SAFE["SECRET_KEY"][::-1],
            "SECRET_KEY_FALLBACKS": [SAFE["SECRET_KEY"]],
        }
    )
    with new.test_request_context(
        base_url=SAFE["BASE_URL"], headers={"Cookie": f"__Host-tourpaca={value}"}
    ) as context:
        assert "csrf_token" in new.session_interface.open_session(new, context.request)  # type: ignore[operator]


def test_m08_living_and_being_ready_are_told_apart(
    app: Flask, client: InspectingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its database the house lives but is not ready; neither answer says why to strangers."""
    assert (client.get("/livez").status_code, client.get("/readyz").status_code) == (200, 200)

    def down() -> None:
        raise ConnectionError("password=secret")

    monkeypatch.setattr("tourpaca.tour.queries.tours", down)
    refused = client.get("/readyz")
    assert (client.get("/livez").status_code, refused.status_code) == (200, 503)
    assert "secret" not in refused.get_data(as_text=True)


def test_d05_every_text_column_about_people_has_been_thought_about(app: Flask) -> None:
    """A personal column stands in the register with purpose, basis and retention, or is declared impersonal."""
    held = {(each.table, each.column) for each in register.REGISTER}
    for table, impersonal in register.NOT_PERSONAL.items():
        for column in Base.metadata.tables[table].columns:
            if not column.foreign_keys and column.type.python_type in {str, dict, bytes}:
                assert (column.name in impersonal) != ((table, column.name) in held), f"{table}.{column.name}"
    for each in register.REGISTER:
        assert each.column in Base.metadata.tables[each.table].columns
        assert all([each.purpose, each.basis, each.retention, each.visible_to])
