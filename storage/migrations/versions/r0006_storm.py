"""Storm mode: with which chance a mention was drawn to be read in full, and what the fast path said of it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add columns, NULL in rows that are there already: all of them were read in full."""
    op.add_column("mention", sa.Column("inclusion", sa.Float))
    op.add_column("mention", sa.Column("skimmed", sa.Float))
    unread = sa.text("inclusion IS NOT NULL AND skimmed IS NULL AND flags & 128 = 0")
    op.create_index("mention_unread", "mention", ["seq"], sqlite_where=unread)
    op.create_index("mention_sampled", "mention", ["seen_at"], sqlite_where=sa.text("skimmed IS NOT NULL"))
