"""The command that loads the sample."""

from flask import Flask

from tourpaca.tour import queries


def test_it_fills_an_empty_house_once(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    assert run(args=["sample", "load"]).exit_code == 0
    with app.app_context():
        assert {tour.slug for tour in queries.tours()} == {"tour-paca", "tour-paca-2017-2018"}
    again = run(args=["sample", "load"])
    assert again.exit_code == 1
    assert "n’est pas vide" in again.output
