"""What cannot be stored is replaced, everything else is the same object."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from core.records import Entry, Flag, Hook, Mention, SourceState, SourceStatus
from storage.clean import clean, clean_text

T0 = datetime(2026, 3, 1, tzinfo=UTC)


@given(text=st.text(st.characters()))
def test_every_text_can_be_stored_afterwards(text: str) -> None:
    kept = clean_text(text)
    kept.encode("utf-8")
    assert "\x00" not in kept
    assert len(kept) == len(text)
    assert clean_text(kept) == kept


def test_a_clean_record_is_left_alone() -> None:
    entry = Entry(Mention("rss", "1", "text", T0, T0, flags=Flag.SIMULATED), ("Acme",))
    assert clean(entry) is entry


def test_records_are_cleaned_inside() -> None:
    entry = Entry(Mention("rss", "1", "a\ud800", T0, T0, title="b\x00"), ("Ac\x00me",))
    cleaned = clean(entry)
    assert (cleaned.mention.text, cleaned.mention.title, cleaned.brands) == ("a�", "b�", ("Ac�me",))
    hook = clean(Hook("h", "/a", {"k\x00": "v\udfff"}, b"\x00raw", T0))
    assert (hook.headers, hook.body) == ({"k�": "v�"}, b"\x00raw")


def test_enums_stay_enums() -> None:
    state = clean(SourceState("a\x00", "rss", SourceStatus.OK))
    assert state.status is SourceStatus.OK
