"""Columns of attendance lists kept under a name.

Revision: 0004. Written on 2026-11-24.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of presets."""
    op.create_table(
        "list_preset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tour_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["tour_id"], ["tour.id"], name=op.f("fk_list_preset_tour_id_tour")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_preset")),
        sa.UniqueConstraint("tour_id", "name", name=op.f("uq_list_preset_tour_id_name")),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("list_preset")
