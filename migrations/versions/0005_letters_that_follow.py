"""Letters that follow: what calendars were told, feeds, models and reminders of the team, what came back.

Revision: 0005. Written on 2026-11-24.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _to(column: str, table: str, owner: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{owner}_{column}_{table}"))


def upgrade() -> None:
    """Add the columns first, then the tables, each room's own together."""
    op.add_column("letter", sa.Column("expires_at", sa.DateTime(), nullable=True))
    op.add_column("letter", sa.Column("unjoined", sa.Integer(), server_default="0", nullable=False))
    op.create_index(op.f("ix_letter_message_id"), "letter", ["message_id"])
    op.add_column("place", sa.Column("told", sa.String(), server_default="", nullable=False))
    _what_came_back()
    _calendars()
    _what_the_team_writes()


def _what_came_back() -> None:
    op.create_table(
        "rejet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("cleared_at", sa.DateTime(), nullable=True),
        _to("letter_id", "letter", "rejet"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejet")),
        sa.UniqueConstraint("source", name=op.f("uq_rejet_source")),
    )
    op.create_index(op.f("ix_rejet_email"), "rejet", ["email"])
    op.create_index(op.f("ix_rejet_letter_id"), "rejet", ["letter_id"])
    op.create_table(
        "desabonnement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tour_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        _to("tour_id", "tour", "desabonnement"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desabonnement")),
        sa.UniqueConstraint("tour_id", "email", name=op.f("uq_desabonnement_tour_id_email")),
    )


def _calendars() -> None:
    op.create_table(
        "agenda",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tour_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        _to("tour_id", "tour", "agenda"),
        _to("participant_id", "participant", "agenda"),
        _to("organisation_id", "organisation", "agenda"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_agenda_token_hash")),
    )
    op.create_index(op.f("ix_agenda_participant_id"), "agenda", ["participant_id"])
    op.create_index(op.f("ix_agenda_organisation_id"), "agenda", ["organisation_id"])
    op.create_table(
        "changement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("etape_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        _to("etape_id", "etape", "changement"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changement")),
        sa.UniqueConstraint("etape_id", name=op.f("uq_changement_etape_id")),
    )
    op.create_index(op.f("ix_changement_due_at"), "changement", ["due_at"])


def _what_the_team_writes() -> None:
    op.create_table(
        "modele",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tour_id", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        _to("tour_id", "tour", "modele"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_modele")),
        sa.UniqueConstraint("tour_id", "occasion", name=op.f("uq_modele_tour_id_occasion")),
    )
    op.create_table(
        "rappel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tour_id", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("enabled_at", sa.DateTime(), nullable=True),
        _to("tour_id", "tour", "rappel"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rappel")),
        sa.UniqueConstraint("tour_id", "occasion", name=op.f("uq_rappel_tour_id_occasion")),
    )
    op.create_table(
        "depart",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rappel_id", sa.Integer(), nullable=False),
        sa.Column("etape_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=False),
        sa.Column("envoi_id", sa.Integer(), nullable=True),
        _to("rappel_id", "rappel", "depart"),
        _to("etape_id", "etape", "depart"),
        _to("envoi_id", "envoi", "depart"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_depart")),
        sa.UniqueConstraint("rappel_id", "etape_id", name=op.f("uq_depart_rappel_id_etape_id")),
    )


def downgrade() -> None:
    """Drop what was added, the newest first."""
    for table in ("depart", "rappel", "modele", "changement", "agenda", "desabonnement", "rejet"):
        op.drop_table(table)
    op.drop_column("place", "told")
    op.drop_index(op.f("ix_letter_message_id"), table_name="letter")
    op.drop_column("letter", "expires_at")
    op.drop_column("letter", "unjoined")
