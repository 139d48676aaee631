"""Words are found of what has been read in full: in storm mode indexing them waits until there is time."""

from alembic import op

revision = "0009"
down_revision = "0008"

_WAITS = "({0}.inclusion IS NOT NULL AND {0}.skimmed IS NULL)"
_OLD_WAITS, _NEW_WAITS = _WAITS.format("old"), _WAITS.format("new")
_INDEX = """
    INSERT INTO mention_fts(rowid, title, text, author) VALUES (new.seq, new.title, new.text, new.author);
"""
_UNINDEX = """
    INSERT INTO mention_fts(mention_fts, rowid, title, text, author)
    VALUES ('delete', old.seq, old.title, old.text, old.author);
"""
_TRIGGERS = {
    "mention_added": f"AFTER INSERT ON mention WHEN NOT {_NEW_WAITS} BEGIN {_INDEX} END",
    "mention_read": f"AFTER UPDATE OF inclusion, skimmed ON mention WHEN {_OLD_WAITS} AND NOT {_NEW_WAITS} "
    f"BEGIN {_INDEX} END",
    "mention_removed": f"AFTER DELETE ON mention WHEN NOT {_OLD_WAITS} BEGIN {_UNINDEX} END",
    "mention_edited": f"AFTER UPDATE OF title, text, author ON mention WHEN NOT {_OLD_WAITS} "
    f"BEGIN {_UNINDEX} {_INDEX} END",
}


def upgrade() -> None:
    """Take what still waits out of the index, as if it had come now."""
    op.execute(
        "INSERT INTO mention_fts(mention_fts, rowid, title, text, author) "
        "SELECT 'delete', seq, title, text, author FROM mention "
        "WHERE inclusion IS NOT NULL AND skimmed IS NULL"
    )
    for name, what in _TRIGGERS.items():
        op.execute(f"DROP TRIGGER IF EXISTS {name}")
        op.execute(f"CREATE TRIGGER {name} {what}")
