"""What cannot be stored is replaced, everything else is the same object."""

from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.records import Entry, Flag, Hook, Mention, SourceState, SourceStatus
from storage.clean import clean, clean_text
from storage.entries import prepared

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


_EXAMPLE = Mention("rss", "1", "text", T0, T0)


@pytest.mark.parametrize("name", [each.name for each in fields(Mention) if each.type is str])
@pytest.mark.parametrize("hostile", ["a\ud800", "b\x00", "é\x00"])
def test_an_entry_waits_without_what_cannot_be_stored(name: str, hostile: str) -> None:
    found: dict[str, Any] = {name: hostile}
    kept: dict[str, Any] = {name: f"{hostile[0]}�"}
    _, entry = prepared(Entry(replace(_EXAMPLE, **found), ("Acme",)))
    assert entry == Entry(replace(_EXAMPLE, **kept), ("Acme",))


def test_brands_are_cleaned_before_entries_are_told_apart() -> None:
    dirty, plain = (prepared(Entry(_EXAMPLE, ("Acme", brand))) for brand in ("B\x00", "B�"))
    assert dirty == plain


def test_a_plain_entry_is_left_alone() -> None:
    entry = Entry(replace(_EXAMPLE, text="naïve 😡"), ("Café",))
    assert prepared(entry)[1] is entry


def test_enums_stay_enums() -> None:
    state = clean(SourceState("a\x00", "rss", SourceStatus.OK))
    assert state.status is SourceStatus.OK
