"""Find who asked not to be named without reading every dossier.

Revision: 0003. Written on 2026-11-24.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NAME, TABLE = "ix_dossier_silent", "dossier"


def upgrade() -> None:
    """Few dossiers ask it, and the chiffres clés ask each time: a small index instead of a whole table."""
    where = sa.text("NOT cited")
    op.create_index(NAME, TABLE, ["etape_id", "organisation_id"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Remove the index."""
    op.drop_index(NAME, table_name=TABLE)
