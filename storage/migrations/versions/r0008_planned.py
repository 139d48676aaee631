"""What was planned for a brand at each point of its line."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add columns; of points that are there already nothing was planned."""
    op.add_column("signal", sa.Column("planned", sa.Float, nullable=False, server_default="1"))
    op.add_column("signal", sa.Column("event", sa.Text, nullable=False, server_default=""))
