"""The application as the servers of the tests run it: that of the house, its templates compiled once a session."""

import os

from tests import compiled_templates

if compiled_templates.DIRECTORY in os.environ:
    compiled_templates.use()

from app import app  # noqa: F401  (made after the line above, which it must find done)
