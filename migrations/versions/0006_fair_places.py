"""Fair places: offers that are held, what passed unanswered, the life of each place, the rules of a tour.

Revision: 0006. Written on 2026-11-30.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BEFORE = "state IN ('confirmee', 'en_attente', 'annulee')"
AFTER = "state IN ('confirmee', 'proposee', 'en_attente', 'passee', 'annulee')"
LIVE = "uq_place_participant_creneau_live"
UNIQUE = {
    "uq_place_participant_creneau_confirmed": ("creneau_id", "state = 'confirmee'"),
    "uq_place_participant_atelier_live": ("atelier_id", "state IN ('confirmee', 'proposee', 'en_attente')"),
}


def _one_each(name: str, column: str, where: str) -> None:
    condition = sa.text(where)
    op.create_index(
        name,
        "place",
        ["participant_id", column],
        unique=True,
        sqlite_where=condition,
        postgresql_where=condition,
    )


def _allow(states: str) -> None:
    with op.batch_alter_table("place") as place:
        place.drop_constraint(op.f("ck_place_state"), type_="check")
        place.create_check_constraint(op.f("ck_place_state"), states)


def upgrade() -> None:
    """Widen the states of a place, and let somebody hold one atelier while waiting for another of the same hour."""
    op.add_column("tour", sa.Column("promotion", sa.String(), server_default="automatique", nullable=False))
    op.add_column("tour", sa.Column("group_rule", sa.String(), server_default="bloquer", nullable=False))
    op.add_column("dossier", sa.Column("together", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("place", sa.Column("offered_until", sa.DateTime(), nullable=True))
    op.drop_index(LIVE, "place")
    _allow(AFTER)
    for name, (column, where) in UNIQUE.items():
        _one_each(name, column, where)
    op.create_table(
        "passage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_passage_place_id_place")),
        sa.ForeignKeyConstraint(["other_id"], ["place.id"], name=op.f("fk_passage_other_id_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passage")),
    )
    op.create_index(op.f("ix_passage_place_id"), "passage", ["place_id"])


def downgrade() -> None:
    """An offer waits again, what passed is cancelled, and of two live places of one hour the later one is."""
    op.drop_table("passage")
    op.execute("UPDATE place SET state = 'en_attente' WHERE state = 'proposee'")
    op.execute("UPDATE place SET state = 'annulee' WHERE state = 'passee'")
    op.execute(
        "UPDATE place SET state = 'annulee' WHERE state = 'en_attente' AND EXISTS (SELECT 1 FROM place AS other"
        " WHERE other.participant_id = place.participant_id AND other.creneau_id = place.creneau_id"
        " AND other.state <> 'annulee' AND other.id <> place.id"
        " AND (other.state = 'confirmee' OR other.id < place.id))"
    )
    op.execute(
        "UPDATE atelier SET taken = (SELECT count(*) FROM place WHERE place.atelier_id = atelier.id"
        " AND place.state = 'confirmee')"
    )
    op.execute(
        "UPDATE etape SET people = (SELECT count(DISTINCT place.participant_id) FROM place JOIN atelier"
        " ON atelier.id = place.atelier_id WHERE atelier.etape_id = etape.id AND place.state = 'confirmee')"
    )
    for name in UNIQUE:
        op.drop_index(name, "place")
    _allow(BEFORE)
    _one_each(LIVE, "creneau_id", "state <> 'annulee'")
    op.drop_column("place", "offered_until")
    op.drop_column("dossier", "together")
    op.drop_column("tour", "group_rule")
    op.drop_column("tour", "promotion")
