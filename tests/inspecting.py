"""The test client of the house: it opens pages like anyone and judges each one it gets."""

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import page_inspection

NOW = "2017-12-01T10:00"  # the clock of the tests: a Friday, eighteen days before the first étape of the seed's tour


class InspectingClient(FlaskClient):
    """Every HTML page any test opens is also checked, so that a rule broken anywhere fails somewhere."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Open, then judge: see tests/page_inspection.py for the rules."""
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and response.data and not 300 <= response.status_code < 400:
            self._judge(response)
        return response

    def _judge(self, response: TestResponse) -> None:
        found = page_inspection.faults(response.get_data(as_text=True))
        policy = response.headers.get("Content-Security-Policy", "")
        if "default-src 'none'" not in policy or "unsafe" in policy:
            found.append(f"the Content-Security-Policy is {policy!r}")
        assert not found, f"{response.request.path} ({response.status_code}): " + " · ".join(found)

    def csrf(self, path: str) -> str:
        """The token of the first form of a page, read as a browser would."""
        page = page_inspection.Page(self.get(path).get_data(as_text=True))
        tokens = [a["value"] for _, a, _ in page.fields if a.get("name") == "csrf_token"]
        assert tokens, f"no form with a csrf_token on {path}"
        return tokens[0]

    def submit(self, path: str, data: dict[str, Any], page: str | None = None, **kwargs: Any) -> TestResponse:
        """POST a form as a browser does: the page is read first, its token goes along."""
        return self.post(path, data={"csrf_token": self.csrf(page or path), **data}, **kwargs)
