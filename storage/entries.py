"""What makes two log entries the same, for every log."""

from core.records import Entry, derive
from storage.clean import clean


def prepared(entry: Entry) -> tuple[str, Entry]:
    """Return an entry's key and the entry as it can be stored.

    Cleaning happens here, before anything counts it, so that every later part sees one identity.
    """
    entry = clean(entry)
    return derive("entry", entry.mention.id, *sorted(entry.brands)), entry
