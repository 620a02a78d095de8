"""Images: the logos of partners, kept under the digest of their content.

Revision: 0002. Written on 2026-11-24.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of images."""
    op.create_table(
        "image",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_image")),
    )


def downgrade() -> None:
    """Drop the table of images, and the addresses that lead nowhere without it."""
    op.execute("UPDATE partenaire SET logo = '' WHERE logo LIKE '/images/%'")
    op.drop_table("image")
