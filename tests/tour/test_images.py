"""Logos: known by their content, refused otherwise, given back as they came and never as anything else."""

import io
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.inspecting import InspectingClient
from tests.pictures import JPEG, PNG
from tests.tour.test_partenaires import PAGE, form, listed
from tourpaca.db import session
from tourpaca.refusal import Refused
from tourpaca.tour import images
from tourpaca.tour.models import Image, Partenaire

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
Team = Callable[..., InspectingClient]


def wide(side: int) -> bytes:
    """The same PNG, saying another width."""
    return PNG[:16] + side.to_bytes(4) + PNG[20:]


@pytest.mark.parametrize(("content", "ending"), [(PNG, "png"), (JPEG, "jpg")])
def test_an_image_is_known_by_its_content(content: bytes, ending: str) -> None:
    assert images.checked(content).address.endswith(f".{ending}")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        SVG,
        b"GIF89a" + PNG,
        PNG[:-12],
        JPEG[:-2],
        JPEG[:3] + b"\xff\xd9",
        b"\xff\xd8\xff\xe0\x00\x00\xff\xd9",
        wide(0),
        wide(4001),
        PNG + b"\0" * 200_000,
        PNG + b"<script>alert(1)</script>",
    ],
    ids=lambda content: f"{content[:6]!r} {len(content)}",
)
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(Refused, match="PNG ou JPEG"):
        images.checked(content)


def send(client: InspectingClient, content: bytes, filename: str, **more: str) -> int:
    """Post the page with one file for its first partner, and return the status."""
    sent: dict[str, object] = form(client) | {"name-neuf1": "MGEN"} | more
    sent["logo-neuf1"] = (io.BytesIO(content), filename)
    return client.post(PAGE, data=sent, content_type="multipart/form-data").status_code


def test_t09_a_logo_is_kept_once_and_shown_with_its_name(app: Flask, chief: InspectingClient) -> None:
    assert send(chief, PNG, "logo.exe") == 303
    assert send(chief, PNG, "autre.png", **{"name-neuf1": "Uniformation"}) == 303
    with app.app_context():
        address = images.checked(PNG).address
        assert session().scalar(select(func.count()).select_from(Image)) == 1
        assert {row.logo for row in session().scalars(select(Partenaire))} == {address}
        first = listed()[0]
    public = app.test_client()
    assert f'<img src="{address}" alt="MGEN"' in public.get("/tours/tour-paca").get_data(as_text=True)
    answer = public.get(address)
    assert (answer.data, answer.content_type) == (PNG, "image/png")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in answer.headers["Cache-Control"]
    assert public.get(address.replace(".png", ".jpg")).status_code == 404
    assert chief.post(PAGE, data=form(chief) | {"sans-logo": str(first.id)}).status_code == 303
    with app.app_context():
        assert [row.logo for row in session().scalars(select(Partenaire).order_by(Partenaire.ordre))] == [
            "",
            address,
        ]


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_t09_a_refused_logo_keeps_the_names(app: Flask, chief: InspectingClient) -> None:
    sent: dict[str, object] = {
        **form(chief),
        "name-neuf1": "MGEN",
        "logo-neuf1": (io.BytesIO(SVG), "logo.png"),
    }
    refused = chief.post(PAGE, data=sent, content_type="multipart/form-data")
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert 'value="MGEN"' in page
    assert 'href="#logo-neuf1"' in page
    with app.app_context():
        assert listed() == []
