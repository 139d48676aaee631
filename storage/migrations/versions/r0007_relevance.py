"""Whether a match is about its brand or about a namesake, and what people said of that."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add columns, NULL in rows that are there already: they count; and a table for people's answers."""
    op.add_column("match", sa.Column("ours", sa.Float))
    op.add_column("match", sa.Column("not_us", sa.Boolean))
    apart = sa.text("not_us = 1")
    op.create_index("match_not_us", "match", ["event_at"], sqlite_where=apart)
    op.create_index("match_not_us_by_brand", "match", ["brand", "event_at"], sqlite_where=apart)
    op.create_table(
        "relevance_label",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("mention_id", sa.Text, nullable=False),
        sa.Column("brand", sa.Text, nullable=False),
        sa.Column("ours", sa.Boolean),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("relevance_label_by_match", "relevance_label", ["mention_id", "brand", "at"])
