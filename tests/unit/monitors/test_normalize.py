import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.records import Flag
from monitors.dates import has_zone, read_time
from monitors.normalize import (
    MAX_ID,
    MAX_TEXT,
    clean_id,
    event_time,
    from_struct,
    native_id,
    plain_text,
    safe_url,
)

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("<p>one</p><p>two</p>", "one two"),
        ("one<br>two<br/>three", "one two three"),
        ("a <b>bold</b>ly", "a boldly"),
        ("AT&amp;T", "AT&T"),
        ("AT&T", "AT&T"),
        ("caf&eacute; &#8364;5 &#x1F600;", "café €5 😀"),
        ("<script>steal()</script>left", "left"),
        ("<style>p{}</style>left<!-- note -->", "left"),
        ("<img src=x onerror=alert(1)>hi", "hi"),
        ("&lt;script&gt;x&lt;/script&gt;", "<script>x</script>"),
        ("<3 you, x<y", "<3 you, x<y"),
        ("  a\n\t b\u00a0c ", "a b c"),
        ("a\0b\x1bc\u202ed", "abcd"),
        ("half \ud83d emoji", "half emoji"),
        ("<b>half</b> \ud83d emoji", "half emoji"),
        ("&#xD83D;x", "�x"),
        ("", ""),
    ],
)
def test_plain_text(given: str, expected: str) -> None:
    assert plain_text(given) == expected


@given(st.text())
def test_plain_text_is_storable_and_stays_as_it_is(value: str) -> None:
    once = plain_text(value)
    once.encode("utf-8")
    assert once == " ".join(once.split())
    assert "\0" not in once


def test_overlong_text_is_cut_visibly() -> None:
    text = plain_text("word " * 100_000)
    assert len(text) <= MAX_TEXT
    assert text.endswith("…")


@pytest.mark.parametrize("tag", ["<div>", "<b>", "<p ", "<!--", "<", "&#", "<table><td>", "<a href='"])
def test_hostile_markup_comes_to_an_end(tag: str) -> None:
    assert len(plain_text(tag * 200_000)) <= MAX_TEXT


def test_the_id_that_the_feed_gives_is_the_identity() -> None:
    assert native_id("news", "tag:1", "https://x/1", "title", "today") == "tag:1"


def test_without_an_id_the_link_is_the_identity_whatever_the_title() -> None:
    one, two = (
        native_id("news", "", "https://x/1", "title", ""),
        native_id("news", "", "https://x/1", "new", ""),
    )
    assert one == two != native_id("other", "", "https://x/1", "title", "")


def test_without_id_and_link_title_and_time_are_the_identity() -> None:
    one, two = native_id("news", "", "", "title", "monday"), native_id("news", "", "", "title", "tuesday")
    assert one != two


def test_nothing_to_go_by_is_no_identity() -> None:
    assert native_id("news", "", "", "", "monday") == ""


def test_overlong_ids_become_digests_and_stay_apart() -> None:
    one, two = clean_id("x" * 5000 + "1"), clean_id("x" * 5000 + "2")
    assert one != two
    assert len(one) <= MAX_ID


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        (NOW - timedelta(hours=1), (NOW - timedelta(hours=1), Flag.NONE)),
        (None, (NOW, Flag.UNDATED)),
        (datetime(1970, 1, 1, tzinfo=UTC), (NOW, Flag.UNDATED)),
        (datetime(2099, 1, 1, tzinfo=UTC), (NOW, Flag.FUTURE)),
    ],
)
def test_event_time(published: datetime | None, expected: tuple[datetime, Flag]) -> None:
    assert event_time(published, NOW) == expected


def test_feedparsers_times_are_utc_whatever_the_machine_thinks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        assert from_struct(time.struct_time((2026, 5, 1, 12, 0, 0, 4, 121, 0))) == NOW
    finally:
        monkeypatch.undo()
        time.tzset()


def test_an_impossible_time_is_none() -> None:
    assert from_struct(time.struct_time((99999, 99, 99, 99, 99, 99, 0, 0, 0))) is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://news.example/a?b=1", "https://news.example/a?b=1"),
        (" http://news.example ", "http://news.example"),
        ("javascript:alert(1)", ""),
        ("JaVaScript:alert(1)", ""),
        ("java\0script:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//news.example/a", ""),
        ("/relative", ""),
        ("https://", ""),
        ("https://[", ""),
        ("https://x y/", ""),
        ("https://x/" + "a" * 3000, ""),
        ("https://www.google.com/url?rct=j&sa=t&url=https://n.example/a&ct=ga", "https://n.example/a"),
        ("https://www.google.co.uk/url?q=https://n.example/a", "https://n.example/a"),
        ("https://www.google.com/url?url=javascript:alert(1)", ""),
        ("https://www.google.com/url?x=1", "https://www.google.com/url?x=1"),
        (
            "https://notgoogle.com/url?url=https://n.example/a",
            "https://notgoogle.com/url?url=https://n.example/a",
        ),
    ],
)
def test_safe_url(given: str, expected: str) -> None:
    assert safe_url(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2026-05-01T12:00:00Z", NOW),
        ("2026-05-01T12:00:00.000", NOW),
        ("2026-05-01 12:00", NOW),
        ("2026-05-01 12:00:00 UTC", NOW),
        ("2026-05-01 04:00:00 -0800", NOW),
        ("2026-05-01T14:00:00+02:00", NOW),
        ("Fri May 01 12:00:00 +0000 2026", NOW),
        ("Fri, 01 May 2026 08:00:00 -0400", NOW),
        ("01.05.2026 12:00:00", NOW),
        ("1777636800", NOW),
        ("1777636800.0", NOW),
        ("1777636800000", NOW),
        ("1777636800000000", NOW),
        ("20260501", NOW.replace(hour=0)),
    ],
)
def test_read_time(given: str, expected: datetime) -> None:
    assert read_time(given) == expected


@pytest.mark.parametrize(
    "value",
    [
        "",
        "soon",
        "02/03/2015",
        "2015",
        "3",
        "570306133677760513",
        "2015-13-45",
        "9999-12-31T23:00:00-12:00",
        "0",
    ],
)
def test_what_is_no_time_is_never_now(value: str) -> None:
    assert read_time(value) is None


@given(st.text())
def test_reading_a_time_never_raises(value: str) -> None:
    assert read_time(value) is None or isinstance(has_zone(value), bool)


def test_a_time_without_zone_is_known_as_such() -> None:
    assert [has_zone(value) for value in ("2026-05-01 12:00", "2026-05-01T12:00Z", "1777636800")] == [
        False,
        True,
        True,
    ]
