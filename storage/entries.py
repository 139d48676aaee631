"""What makes two log entries the same, for every log."""

from core.records import Entry, Flag, derive
from storage.clean import clean


def prepared(entry: Entry) -> tuple[str, Entry]:
    """Return an entry's key and the entry as it can be stored.

    Cleaning happens here, before anything counts it, so that every later part sees one identity. An edited
    mention waits beside its former texts: the newest has to be told from them.
    """
    entry = clean(entry)
    edition = (entry.mention.body,) if entry.mention.flags & Flag.EDITED else ()
    return derive("entry", entry.mention.id, *sorted(entry.brands), *edition), entry
