"""What the house does by itself: one chore that fails keeps no other from being done."""

from datetime import datetime

import pytest
from flask import Flask

from tourpaca import chores, clock


def test_a_chore_that_fails_keeps_no_other_waiting(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    done = list[datetime]()

    def broken(now: datetime) -> None:
        raise RuntimeError("one étape that cannot be told")

    monkeypatch.setattr(chores, "CHORES", (broken, done.append))
    with app.app_context():
        now = clock.now()
        chores.run_due(now)
    assert done == [now]
    assert [record.message for record in caplog.records] == ["chore failed"]
