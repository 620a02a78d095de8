"""Templates compiled once for a whole test session: each application and each server of a test would do it again."""

import os
import shutil
import tempfile

from flask import Flask
from jinja2 import FileSystemBytecodeCache

DIRECTORY = "TOURPACA_TEST_TEMPLATES"


def choose_directory() -> None:
    """Called once by the session's controller: workers and servers inherit the name through the environment."""
    os.environ[DIRECTORY] = tempfile.mkdtemp(prefix="tourpaca-templates-")


def remove_directory() -> None:
    """Delete what was compiled."""
    shutil.rmtree(os.environ.pop(DIRECTORY), ignore_errors=True)


def use() -> None:
    """Let every application of this process take its templates from there; a changed one is compiled anew."""
    Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(os.environ[DIRECTORY])}
