"""create_app wires the rooms and the doors of the house; it holds no rule."""

from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import config
from tourpaca import (
    asked,
    assets,
    chores,
    collector,
    commands,
    db,
    logs,
    migrating,
    organiser,
    public,
    rendering,
    seals,
    security,
)
from tourpaca.late_rule import LateRule
from tourpaca.mail import delivery, worker

ROOT = rendering.TEMPLATES.parent


def create_app(overrides: dict[str, Any] | None = None) -> Flask:
    """Return the application, configured from the environment and then from `overrides`."""
    app = Flask("tourpaca", root_path=str(ROOT), static_folder=None)
    app.config.update(config.from_environment(), **(overrides or {}))
    config.check(app.config)
    app.url_rule_class = LateRule
    asked.init_app(app)
    rendering.dress(app.jinja_env)
    logs.init_app(app)
    db.init_app(app)
    migrating.init_app(app)
    delivery.mailer.init_app(app)
    security.init_app(app)
    seals.init_app(app)
    public.init_app(app)
    organiser.init_app(app)
    commands.init_app(app)
    assets.init_app(app)
    if app.config["PROXIES"]:
        # Who asks and over https or not, as said by the proxies we run; the host is never theirs to say.
        trusted = {"x_for": app.config["PROXIES"], "x_proto": app.config["PROXIES"], "x_host": 0}
        app.wsgi_app = ProxyFix(app.wsgi_app, **trusted)  # type: ignore[method-assign]
    if app.config["WORKER_INSIDE"]:
        worker.start_thread(app.app_context, chores.run_due)
    collector.settle(serving=overrides is None)
    return app
