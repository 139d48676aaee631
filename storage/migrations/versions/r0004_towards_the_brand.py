"""What a text says of one brand where it names several: a reading of its own for a match."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add three columns; NULL says that the score of the text counts, as it did for all rows so far."""
    for name in ("negative", "neutral", "positive"):
        op.add_column("match", sa.Column(name, sa.Float))
