"""The commands of the schema: `db upgrade` and the others of Flask-Migrate."""

from flask_migrate.cli import db as command

command.help = "Le schéma de la base."
