"""What makes two log entries the same, for every log."""

from dataclasses import fields
from operator import attrgetter

from core.records import Entry, Flag, Mention, derive
from storage.clean import clean, storable

_EDITED = int(Flag.EDITED)
"""As a plain number: of an enum, each `&` makes a new member."""

_texts = attrgetter(*(part.name for part in fields(Mention) if part.type is str))


def prepared(entry: Entry) -> tuple[str, Entry]:
    """Return an entry's key and the entry as it can be stored.

    Cleaning happens here, before anything counts it, so that every later part sees one identity. An edited
    mention waits beside its former texts: the newest has to be told from them.
    """
    if not storable("".join((*_texts(entry.mention), *entry.brands))):
        entry = clean(entry)
    edition = (entry.mention.body,) if int(entry.mention.flags) & _EDITED else ()
    return derive("entry", entry.mention.id, *sorted(entry.brands), *edition), entry
