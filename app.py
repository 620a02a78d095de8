"""The WSGI application, made by the house with its defaults."""

from tourpaca import create_app

app = create_app()
