"""Mentions: filters from the address, hostile words, the correct label, the file."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.ports import Store
from core.records import (
    Flag,
    Match,
    Mention,
    MentionRow,
    Narrative,
    Score,
    Scored,
    Sentiment,
    Step,
    Tone,
)
from dashboard.present import mentions as present
from dashboard.present.learning import Standing
from dashboard.present.mention_file import COLUMNS, csv_file
from dashboard.queries import mentions as queries
from dashboard.queries.shared import facts_in
from dashboard.viewmodels import MentionLine
from storage import open_store

FORMULAS = ('=HYPERLINK("https://x.example","open")', "+1", "-1", "@SUM(A1)", "\tcmd", " =1+1", "＝1+1")
ODD = ('"', '"unclosed phrase', "NEAR(a b*", "a AND OR NOT", "refund*", "col:value", "^(", "🔥", "'; --", "%")


def _mentions() -> None:
    import streamlit

    from dashboard.views import mentions

    streamlit.navigation([mentions.route()]).run()


def _open(**parameters: str) -> AppTest:
    """Open Mentions alone: AppTest cannot choose among a router's function pages."""
    test = AppTest.from_function(_mentions, default_timeout=120)
    for name, value in parameters.items():
        test.query_params[name] = value
    return test.run()


def _html(test: AppTest) -> str:
    bodies = (element.proto.body for element in test.get("html"))
    return "\n".join(body for body in bodies if "<style>" not in body)


def _rows(test: AppTest) -> list[str]:
    return [body for body in (e.proto.body for e in test.get("html")) if 'class="mention one' in body]


def _row(text: str = "late again", flags: Flag = Flag.NONE, **given: object) -> MentionRow:
    at = datetime.fromisoformat("2026-07-01T12:00+00:00")
    mention = Mention("rss", text[:40], text, at, at, flags=flags)
    return replace(MentionRow(mention, "Northwind Air", Score(0.9, 0.08, 0.02), 1.0, 1, 1), **given)  # type: ignore[arg-type]  # the test names real fields


def _line(
    row: MentionRow, folder: Path, before: dict[str, float] | None = None, standing: Standing | None = None
) -> MentionLine:
    standings = {row.mention.id: standing} if standing else {}
    (line,) = present.listed(facts_in(folder), [row], False, {}, before or {}, standings, "").lines
    return line


def _add(store: Store, now: datetime, *mentions: Mention, narrative: str = "") -> None:
    scored = tuple(Scored(mention, Score(0.4, 0.35, 0.25)) for mention in mentions)
    matches = tuple(
        Match(mention.id, "Zenith Bank", mention.event_at, narrative=narrative) for mention in mentions
    )
    store.commit(Step(scored=scored, matches=matches))
    st.cache_data.clear()


def test_the_newest_mentions_come_first_and_say_how_fresh_they_are(incident_id: str) -> None:
    test = _open()
    assert not test.exception
    rows = _rows(test)
    assert len(rows) > 20
    assert "Third mail from Northwind Air" in rows[0]
    html = _html(test)
    assert "as of " in html
    assert "5 of 6 sources seen" in html
    assert "reddit blind since " in html


@pytest.mark.parametrize(
    ("parameters", "all_have"),
    [
        ({"brand": "Zenith Bank"}, "Zenith Bank"),
        ({"source": "hacker-news"}, "hacker-news"),
        ({"sentiment": "positive"}, "tone positive"),
        ({"sentiment": "unsure"}, "tone unsure"),
        ({"search": '"voucher is not my money"'}, "A voucher is not my money back."),
    ],
)
def test_filters_stand_in_the_address(incident_id: str, parameters: dict[str, str], all_have: str) -> None:
    test = _open(**parameters)
    assert not test.exception
    rows = _rows(test)
    assert rows
    assert all(all_have in row for row in rows)


def test_tone_and_doubt_are_said_and_looked_for(store: Store, now: datetime) -> None:
    furious = Score(0.9, 0.1, 0.0, tone=Tone(0.9, 0.1, 0.8), language="en")
    foreign = Score(0.9, 0.1, 0.0, tone=Tone(0.1, 0.9, 0.1), language="ja")
    both = [Mention("rss", name, name, now, now) for name in ("furious", "foreign")]
    scored = tuple(Scored(*pair) for pair in zip(both, (furious, foreign), strict=True))
    store.commit(Step(scored, tuple(Match(one.id, "Halden Energy", now) for one in both)))
    st.cache_data.clear()
    for tone in ("angry", "offensive"):
        (row,) = _rows(_open(brand="Halden Energy", tone=tone))
        assert "<em>angry</em>" in row
        assert "title=" not in row
        assert "<dd><bdi>English</bdi></dd>" in row
    (row,) = _rows(_open(brand="Halden Energy", sentiment="unsure"))
    assert "<em>may be ironic</em>" in row
    assert 'class="tone unsure" title="The model does not know this language (Japanese)."' in row
    assert "<dt>Unsure</dt><dd><bdi>The model does not know this language" in row


def test_a_time_span_leaves_older_ones_out(store: Store, now: datetime) -> None:
    old = Mention("rss", "old", "an old one", now - timedelta(days=3), now - timedelta(days=3))
    _add(store, now, old)
    assert any("an old one" in row for row in _rows(_open(brand="Zenith Bank")))
    assert any("an old one" in row for row in _rows(_open(search="old one")))
    for search in ("", "old one"):
        assert not any("an old one" in row for row in _rows(_open(search=search, span="24 hours")))


def test_a_narrative_in_the_address_shows_its_mentions_under_its_label(store: Store, now: datetime) -> None:
    at = now - timedelta(minutes=3)
    store.commit(Step(narratives=(Narrative("n1", "Zenith Bank", "<b>balance</b> of others", at, at),)))
    _add(store, now, Mention("rss", "1", "somebody's balance", at, at), narrative="n1")
    test = _open(narrative="n1")
    (row,) = _rows(test)
    assert "somebody&#39;s balance" in row
    assert "&lt;b&gt;balance&lt;/b&gt; of others" in row
    assert test.selectbox(key="narrative_choice").value == "n1"


def test_a_narrative_that_is_not_here_says_so(incident_id: str) -> None:
    test = _open(narrative="no-such")
    assert not test.exception
    assert _rows(test) == []
    assert "No mention meets these filters" in _html(test)


@pytest.mark.parametrize("search", ODD)
def test_no_search_is_an_error(incident_id: str, search: str) -> None:
    test = _open(search=search)
    assert not test.exception
    assert _rows(test) or "No mention meets these filters" in _html(test)


@pytest.mark.parametrize("parameters", [{"brand": "<script>"}, {"span": "x"}, {"sentiment": "🔥"}])
def test_an_unknown_choice_in_the_address_is_left_out(incident_id: str, parameters: dict[str, str]) -> None:
    test = _open(**parameters)
    assert not test.exception
    assert len(_rows(test)) > 20


def test_no_text_becomes_markup_and_only_web_addresses_become_links(store: Store, now: datetime) -> None:
    at = now - timedelta(seconds=1)
    hostile = "<img src=x onerror='window.__pwned=1'>"
    for number, url in enumerate(
        ("javascript:alert(1)", "data:text/html,x", "http://[broken", 'https://news.example/1?a="b')
    ):
        _add(store, now, Mention("rss", str(number), hostile, at, at, title=hostile, author=hostile, url=url))
    html = _html(_open(brand="Zenith Bank"))
    assert "<img" not in html
    assert "javascript:" not in html
    assert "data:text" not in html
    assert html.count("<a href=") == 1
    assert 'href="https://news.example/1?a=&#34;b" target="_blank" rel="noopener noreferrer nofollow"' in html


def test_marks_tones_and_weights_are_said(incident_id: str, empty_folder: Path) -> None:
    flags = Flag.SIMULATED | Flag.DRILL | Flag.EDITED
    line = _line(_row(flags=flags, copy_number=27, weight=0.1, score=Score(0.4, 0.35, 0.25)), empty_folder)
    assert line.marks == ("DRILL", "simulated", "edited")
    assert (line.row.tone, line.row.counts) == ("unsure", "counts 0.1")
    assert line.row.note == "27th copy of one text"


def test_a_row_says_what_the_text_says_of_the_brand_where_that_differs(
    incident_id: str, empty_folder: Path
) -> None:
    praised = _line(_row(towards=(0.1, 0.1, 0.8)), empty_folder)
    assert (praised.row.tone, praised.row.brands) == ("negative", "about Northwind Air: positive")
    assert ("About Northwind Air", "negative 0.10, neutral 0.10, positive 0.80") in praised.details
    for alike in (_row(), _row(towards=(0.8, 0.1, 0.1))):
        assert _line(alike, empty_folder).row.brands == "Northwind Air"


def test_what_was_erased_keeps_its_row_and_takes_no_label(incident_id: str, empty_folder: Path) -> None:
    line = _line(_row(flags=Flag.DELETED), empty_folder)
    assert line.marks == ("deleted",)
    assert not line.correctable
    assert line.full == "Taken back at the source, or erased. It still counts."


def test_what_was_said_and_what_came_of_it(incident_id: str, empty_folder: Path) -> None:
    said = _row(label=Sentiment.NEGATIVE)
    assert _line(said, empty_folder).said_words == "you said: negative"
    learned = _line(said, empty_folder, {said.mention.id: 0.41})
    assert learned.said_words == "you said: negative, learned: was 0.41, is 0.90"
    lost = _line(said, empty_folder, {said.mention.id: 0.41}, Standing.TAKEN_BACK)
    assert (lost.said_words, lost.withdraws) == ("you said: negative, not in the model in use", False)
    withdrawn = _line(_row(), empty_folder, standing=Standing.STILL_IN_USE)
    assert withdrawn.said_words == "label withdrawn, still in the model in use"
    forbidden = _row(flags=Flag.NO_TRAINING, label=Sentiment.POSITIVE)
    words = _line(forbidden, empty_folder).said_words
    assert words == "you said: positive, not learned: its source forbids that"


def test_more_are_loaded_and_then_older_ones(
    store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for minute in range(70):
        at = now - timedelta(minutes=minute + 200)
        _add(store, now, Mention("rss", str(minute), f"number {minute}", at, at))
    test = _open(source="rss")
    assert len(_rows(test)) == 25
    test.button(key="more").click().run()
    assert len(_rows(test)) == 50
    monkeypatch.setattr("dashboard.views.mentions.MOST", 50)
    test.run()
    test.button(key="older").click().run()
    rows = _rows(test)
    assert "number 49" in rows[0]  # the last moment is shown again
    assert "number 69" in rows[-1]


def test_the_list_stands_still_until_newer_ones_are_asked_for(store: Store, now: datetime) -> None:
    test = _open(brand="Zenith Bank")
    before = len(_rows(test))
    at = now + timedelta(minutes=1)
    _add(store, now, Mention("rss", "new", "quite new", at, at))
    test.run()
    assert len(_rows(test)) == before
    assert test.button(key="newest").label == "Show 1 newer"


def test_an_empty_list_says_what_to_do(fresh: Store) -> None:
    html = _html(_open())
    assert "No mentions yet." in html
    assert "Sources says which feeds answered" in html


@pytest.fixture
def fresh(empty_folder: Path) -> Iterator[Store]:
    """A store without mentions, and no main process."""
    empty_folder.mkdir()
    (empty_folder / "firetower.toml").write_text('[[brand]]\nname = "Northwind Air"\n', "utf-8")
    opened = open_store(f"sqlite:///{empty_folder.resolve()}/firetower.db")
    yield opened
    opened.close()


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_of_the_file_is_a_formula(formula: str) -> None:
    row = _row()
    mention = replace(row.mention, text=formula, title=formula, author=formula, url=formula, source=formula)
    file = csv_file([replace(row, mention=mention, brand=formula)])
    assert file.startswith(b"\xef\xbb\xbf")
    head, cells = csv.reader(io.StringIO(file.decode("utf-8-sig"), newline=""))
    assert tuple(head) == COLUMNS
    named = dict(zip(head, cells, strict=True))
    for column in ("text", "title", "author", "url", "source", "brand"):
        assert named[column] == f"'{formula}"


def test_the_file_says_what_a_mention_is_called_and_its_tone() -> None:
    score = Score(0.4, 0.35, 0.25, tone=Tone(0.25, 0.5, 0.125), language="fr")
    rows = [_row(score=score), _row(score=score, label=Sentiment.POSITIVE), _row()]
    file = csv_file(rows).decode("utf-8-sig")
    names = ("sentiment", "label", "language", "anger", "offensive", "irony")
    found = [tuple(row[name] for name in names) for row in csv.DictReader(io.StringIO(file, newline=""))]
    tone = ("fr", "0.125", "0.25", "0.5")
    assert found == [
        ("unsure", "", *tone), ("positive", "positive", *tone), ("negative", "", "", "", "", "")
    ]  # fmt: skip


def test_the_file_holds_the_filtered_list(store: Store, incident_id: str) -> None:
    wanted = queries.Wanted(brand="Orchard Mobile")
    lines = queries.file(wanted, queries.present() + timedelta(seconds=1)).decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "Orchard opens a shop in Linz on Monday." in lines[1]
