"""How a text is said and in which language; lists by tone, and by what the model is unsure of."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_EVEN = 0.5
_SHARES = " AND ".join(
    f"coalesce(match.{name}, mention.p_{name}) < {_EVEN}" for name in ("negative", "neutral", "positive")
)
_LABEL = (
    "SELECT label FROM correction WHERE correction.mention_id = match.mention_id "
    "ORDER BY correction.at DESC, correction.seq DESC LIMIT 1"
)


def upgrade() -> None:
    """Add columns, NULL in rows that are there already, and call unsure what has no majority among them."""
    op.add_column("mention", sa.Column("read_language", sa.Text))
    for name in ("p_offensive", "p_irony", "p_anger"):
        op.add_column("mention", sa.Column(name, sa.Float))
    for name in ("angry", "offensive"):
        op.add_column("match", sa.Column(name, sa.Boolean))
        likely = sa.text(f"{name} = 1")
        op.create_index(f"match_{name}", "match", ["event_at"], sqlite_where=likely)
        op.create_index(f"match_{name}_by_brand", "match", ["brand", "event_at"], sqlite_where=likely)
    op.execute(
        f"UPDATE match SET sentiment = 'unsure' WHERE coalesce(({_LABEL}), '') = '' AND EXISTS "  # noqa: S608 - constants
        f"(SELECT 1 FROM mention WHERE mention.id = match.mention_id AND {_SHARES})"
    )
