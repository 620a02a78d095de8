"""Signed-in browsers: the bridge between the cookie and the session rows."""

from flask import Flask
from flask_login import LoginManager

login_manager = LoginManager()


def init_app(app: Flask) -> None:
    """Teach the application to recognise a signed-in member."""
    login_manager.init_app(app)
    login_manager.user_loader(lambda _: None)
