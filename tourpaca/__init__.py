"""create_app wires the rooms and the doors of the house; it holds no rule."""

from typing import Any

from flask import Flask
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect

import config
from tourpaca import assets, commands, db, logs, organiser, public, rendering, security
from tourpaca.mail import delivery, worker

ROOT = rendering.TEMPLATES.parent


def create_app(overrides: dict[str, Any] | None = None) -> Flask:
    """Return the application, configured from the environment and then from `overrides`."""
    app = Flask("tourpaca", root_path=str(ROOT), static_folder=None)
    app.config.update(config.from_environment(), **(overrides or {}))
    config.check(app.config)
    rendering.dress(app.jinja_env)
    logs.init_app(app)
    db.init_app(app)
    Migrate(app, db.db, directory=str(ROOT / "migrations"), render_as_batch=True)
    delivery.mailer.init_app(app)
    security.init_app(app)
    CSRFProtect(app)
    public.init_app(app)
    organiser.init_app(app)
    commands.init_app(app)
    assets.init_app(app)
    if app.config["WORKER_INSIDE"]:
        worker.start_thread(app.app_context)
    return app
