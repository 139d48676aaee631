"""How many sources could be seen; which corrections a model version learned, and on which one it stands."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add columns; in rows that are there already they say NULL, "not recorded"."""
    op.add_column("signal", sa.Column("observable", sa.Integer))
    op.add_column("model_version", sa.Column("stands_on", sa.Integer, nullable=False, server_default="0"))
    op.add_column("model_version", sa.Column("learned", sa.Text))
