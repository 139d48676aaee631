"""What Live says, sentence by sentence."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core import words
from core.records import (
    Action,
    Answer,
    Explanation,
    Flag,
    Growth,
    Incident,
    Mention,
    MentionRow,
    Notification,
    Outcome,
    Pulse,
    Reason,
    Rollup,
    Score,
    Sentiment,
    Signal,
    SourceState,
    SourceStatus,
    Stage,
    StageChange,
    Storm,
    Tone,
)
from dashboard import phrases
from dashboard.facts import Facts
from dashboard.present import live as present_live
from dashboard.present import sources as present_sources
from dashboard.present import stream as present_stream
from dashboard.viewmodels import Calm

NOW = datetime(2026, 7, 1, 12, 30, tzinfo=UTC)
VIENNA = ZoneInfo("Europe/Vienna")
NOTHING_SEEN = Calm("No brand can be seen: a storm would go unnoticed. No open incident.", Stage.UNKNOWN)
PULSE = Pulse(NOW - timedelta(hours=1), NOW)


def _facts(**changes: object) -> Facts:
    facts = Facts(
        now=NOW,
        zone=VIENNA,
        purpose="live",
        pulse=PULSE,
        silent_since=None,
        wall=NOW,
        command="firetower run --workspace ws",
        channels=("mail",),
        states=(),
        sources=(),
        incidents=(),
        answers={},
        paging={},
    )
    return replace(facts, **changes)  # type: ignore[arg-type]  # the tests name fields of Facts


def _signal(brand: str = "Acme", stage: Stage = Stage.CALM, **changes: object) -> Signal:
    signal = Signal(
        brand, NOW, stage, 21.0, 20.0, 11.0, 31.0, learned_hours=99.0, would_catch=31.0, sources=2
    )
    return replace(signal, **changes)  # type: ignore[arg-type]  # the tests name fields of Signal


def _source(name: str, heard: timedelta | None, status: SourceStatus = SourceStatus.OK) -> SourceState:
    at = None if heard is None else NOW - heard
    return SourceState(name, "rss", status, at, interval_seconds=60.0)


def _incident(stage: Stage = Stage.SPREADING, **changes: object) -> Incident:
    signal = _signal(stage=stage, amplification=1.5, authors=12)
    explanation = Explanation(signal, "headline", (), "A label")
    incident = Incident(
        "id", "Acme", stage, stage, NOW - timedelta(hours=2), NOW, NOW, explanation,
        (StageChange(stage, NOW - timedelta(hours=1)),),
    )  # fmt: skip
    return replace(incident, **changes)  # type: ignore[arg-type]  # the tests name fields of Incident


def _row(brand: str = "Acme", number: int = 1, score: Score | None = None, **changes: object) -> MentionRow:
    mention = Mention("hacker-news", str(number), "some  text\n here", NOW, NOW, author="@a")
    row = MentionRow(mention, brand, score or Score(0.9, 0.05, 0.05), 1.0, 1, number)
    return replace(row, **changes)  # type: ignore[arg-type]  # the tests name fields of MentionRow


@pytest.mark.parametrize(
    ("facts", "word", "notice"),
    [
        (_facts(), "Live", ""),
        (_facts(pulse=replace(PULSE, demo=True)), "Demo", "simulated mentions"),
        (
            _facts(
                pulse=replace(PULSE, demo=True, catching_up=True),
                wall=NOW + timedelta(hours=3, minutes=12),
            ),
            "Demo",
            "simulated mentions, catching up: 14:30 of 17:42",
        ),
        (_facts(purpose="replay"), "Replay", "times are the archive's, 1 Jul 2026"),
        (
            _facts(silent_since=NOW - timedelta(minutes=20)),
            "Not running",
            "since 14:10. Start it with firetower run --workspace ws",
        ),
    ],
)
def test_the_strip_says_how_the_main_process_lives(facts: Facts, word: str, notice: str) -> None:
    strip = present_live.strip(facts, 0, 0)
    assert (strip.word, strip.notice) == (word, notice)


def test_storm_mode_says_what_is_read_and_how_sure_the_numbers_are() -> None:
    storm = Storm(12_400, NOW - timedelta(minutes=28), 0.125, 2_000.0, 60.0)
    told = present_live.storm(_facts(pulse=replace(PULSE, storm=storm)))
    assert told.startswith("Storm mode since 14:02: 1 in 8 mentions is read by the full model, the rest")
    assert told.endswith(f"; negatives ±\u00a0{words.percent(0.03)}.")
    unsure = replace(storm, negatives=10.0, band=20.0, share=0.9)
    told = present_live.storm(_facts(pulse=replace(PULSE, storm=unsure)))
    assert "nearly all mentions are read" in told
    assert "negatives are not known well yet" in told


def test_after_the_storm_it_says_what_waits() -> None:
    told = [present_live.storm(_facts(pulse=replace(PULSE, storm=Storm(unread)))) for unread in (1, 23_400)]
    assert told[0].startswith("After the storm: 1 mention waits to be read")
    assert told[1].startswith("After the storm: 23,400 mentions wait to be read")


def test_without_a_storm_or_a_process_nothing_is_said_of_one() -> None:
    assert present_live.storm(_facts()) == ""
    silent = _facts(pulse=replace(PULSE, storm=Storm(7)), silent_since=NOW)
    assert present_live.storm(silent) == ""


def test_the_strip_says_who_is_told() -> None:
    assert present_live.strip(_facts(channels=("mail", "chat")), 3, 1).duty == "mail, chat"
    assert present_live.strip(_facts(channels=()), 3, 1).duty == ""
    assert present_live.strip(_facts(purpose="replay"), 3, 1).duty == "recorded, never sent"


def test_only_pages_that_left_or_would_have_are_counted() -> None:
    explanation = Explanation(_signal(), "", (), "")
    pages = [
        Notification(
            "n", "i", "Acme", Reason.SPREADING, Stage.SPREADING, NOW, explanation, NOW, outcome=outcome
        )
        for outcome in Outcome
    ]
    assert present_live.count_pages(pages) == 3
    tests = [replace(page, reason=Reason.TEST) for page in pages]
    drills = [replace(page, drill=True) for page in pages]
    assert present_live.count_pages([*tests, *drills]) == 0


def test_blind_sources_are_named_with_their_time() -> None:
    one = (_source("news", timedelta(seconds=5)), _source("reddit", timedelta(minutes=25)))
    meter = _facts(sources=one).meter
    assert (meter.words, meter.blind) == ("1 of 2 sources seen", "reddit blind since 14:05")
    two = (*one, _source("hacker-news", timedelta(minutes=9)))
    assert _facts(sources=two).meter.blind == "2 sources blind, the first since 14:05"
    never = (_source("news", None),)
    assert _facts(sources=never).meter.blind == "news not seen yet"


def test_a_stopped_source_is_blind_at_once() -> None:
    stopped = (_source("news", timedelta(seconds=1), SourceStatus.STOPPED),)
    assert _facts(sources=stopped).meter.words == "0 of 1 sources seen"


def test_a_stopped_source_is_not_one_that_is_not_seen_yet() -> None:
    stopped = _source("news", None, SourceStatus.STOPPED)
    assert _facts(sources=(stopped,)).meter.blind == "news stopped"
    assert _facts(sources=(stopped, stopped)).meter.blind == "2 sources stopped"
    assert _facts(sources=(stopped, _source("rss", None))).meter.blind == "2 sources blind"


def _reasons(*sources: SourceState) -> tuple[list[tuple[str, str]], str]:
    found = present_sources.reasons(_facts(sources=sources))
    return [(row.source, row.why) for row in found.rows], found.more


def test_each_source_in_trouble_says_why_the_stopped_first() -> None:
    rows, more = _reasons(
        replace(_source("a", None, SourceStatus.FAILING), error="cannot reach\n  news.example"),
        replace(_source("b", timedelta(seconds=1), SourceStatus.FAILING), error="answered 503"),
        _source("c", timedelta(minutes=25)),
        _source("d", None, SourceStatus.STARTING),
        _source("fine", timedelta(seconds=5)),
        replace(_source("z", None, SourceStatus.STOPPED), error="answered 404, check the address"),
    )
    assert rows == [
        ("z", "stopped: answered 404, check the address"),
        ("a", "cannot reach news.example"),
        ("b", "answered 503"),
        ("c", "blind since 14:05"),
        ("d", "starting"),
    ]
    assert more == ""


def test_many_reasons_are_cut_and_counted() -> None:
    failing = replace(_source("a", None, SourceStatus.FAILING), error="x" * 5_000)
    rows, more = _reasons(*[failing] * 9)
    assert (len(rows), more) == (6, "and 3 more")
    assert {len(why) for _, why in rows} == {present_sources.ERROR}
    assert _reasons(_source("fine", timedelta(seconds=5))) == ([], "")


def test_an_archive_is_complete_by_itself() -> None:
    assert _facts(purpose="replay").meter.words == "archive, complete"
    assert _facts().meter.words == "no source is watched"


def test_tiles_come_by_severity_then_name() -> None:
    states = tuple(
        _signal(brand, stage)
        for brand, stage in (
            ("b", Stage.CALM),
            ("a", Stage.CALM),
            ("z", Stage.FIRESTORM),
            ("y", Stage.UNKNOWN),
        )
    )
    assert [tile.brand for tile in present_live.tiles(_facts(states=states), {})] == ["z", "y", "a", "b"]


@pytest.mark.parametrize(
    ("stages", "shown", "said"),
    [
        ((Stage.CALM, Stage.CALM), 2, ""),
        ((Stage.CALM, Stage.CALM), 1, "Show 1 more brand, all calm"),
        ((Stage.FIRESTORM, Stage.CALM, Stage.CALM), 1, "Show 2 more brands, all calm"),
        ((Stage.CALM, Stage.SMOULDERING, Stage.FIRESTORM), 1, "Show 2 more brands, the worst smouldering"),
    ],
)
def test_what_is_left_out_is_said_with_its_worst(stages: tuple[Stage, ...], shown: int, said: str) -> None:
    states = tuple(_signal(f"brand {number}", stage) for number, stage in enumerate(stages))
    assert present_live.further(_facts(states=states), shown) == said


def test_a_blind_tile_has_words_where_numbers_would_lie() -> None:
    blind = _signal(
        stage=Stage.UNKNOWN, seen=3.0, would_catch=None, negative_share=0.5, growth=Growth(1, 0.5, 2)
    )
    (tile,) = present_live.tiles(_facts(states=(blind,)), {})
    assert (tile.seen, tile.growth, tile.share, tile.would_catch) == ("?", "unknown", "unknown", "nothing")
    assert tile.expected == "3 seen, too little to judge"
    (tile,) = present_live.tiles(_facts(states=(replace(blind, seen=0.0, coverage=0.0),)), {})
    assert tile.expected == "nothing can be seen"


def test_without_a_main_process_no_brand_is_calm() -> None:
    facts = _facts(states=(_signal(stage=Stage.CALM, sure=0.9),), silent_since=NOW - timedelta(minutes=5))
    (tile,) = present_live.tiles(facts, {})
    assert (tile.stage, tile.seen, tile.would_catch, tile.sure) == (Stage.UNKNOWN, "?", "nothing", "")
    assert tile.expected == "nobody watches since 14:25"
    assert present_live.open_incidents(facts).calm == NOTHING_SEEN


def test_learning_stands_beside_the_state() -> None:
    (tile,) = present_live.tiles(_facts(states=(_signal(learned_hours=14.9, sure=None),)), {})
    assert (tile.learning, tile.sure, tile.word) == ("learning, 14 h of 24", "", "Calm")


def test_a_tile_leads_to_its_open_incident() -> None:
    facts = _facts(states=(_signal(), _signal("Other")), incidents=(_incident(),))
    assert [tile.incident_id for tile in present_live.tiles(facts, {})] == ["id", ""]


def test_calm_says_what_would_be_caught() -> None:
    calm = present_live.open_incidents(_facts(states=(_signal(), _signal("b", would_catch=12.0))))
    span = "between 12/h (b) and 31/h (Acme)"
    assert calm.calm == Calm(
        f"No open incident. Smallest storm we would catch within an hour: {span}.", Stage.CALM
    )
    one = present_live.open_incidents(_facts(states=(_signal(),)))
    assert one.calm.text.endswith("within an hour: 31/h (Acme).")


def test_while_blind_nothing_looks_calm() -> None:
    blind = _signal("b", Stage.UNKNOWN, would_catch=None)
    assert present_live.open_incidents(_facts(states=(blind,))).calm == NOTHING_SEEN
    assert not present_live.strip(_facts(states=(blind,)), 0, 0).seeing
    some = _facts(states=(blind, _signal()))
    assert present_live.open_incidents(some).calm == Calm(
        "1 of 2 brands cannot be seen: a storm there would go unnoticed. "
        "No open incident among the others. Smallest storm we would catch within an hour: 31/h (Acme).",
        Stage.UNKNOWN,
    )
    assert present_live.strip(some, 0, 0).seeing
    assert not present_live.strip(replace(some, silent_since=NOW), 0, 0).seeing


def test_banners_come_by_severity_and_the_rest_is_counted() -> None:
    stages = (Stage.COOLING, Stage.FIRESTORM, Stage.SMOULDERING, Stage.SPREADING, Stage.SMOULDERING)
    found = present_live.open_incidents(_facts(incidents=tuple(_incident(stage) for stage in stages)))
    assert [banner.word for banner in found.banners] == ["Firestorm", "Spreading", "Smouldering"]
    assert found.more == 2


def test_the_banner_says_who_has_it() -> None:
    paged = _incident(paged_at=NOW - timedelta(minutes=9))
    (banner,) = present_live.open_incidents(_facts(incidents=(paged,))).banners
    assert banner.owner == "paged 14:21, not acknowledged"
    took = {"id": phrases.Paging(("chat", "mail"))}
    (banner,) = present_live.open_incidents(_facts(incidents=(paged,), paging=took)).banners
    assert banner.owner == "chat, mail paged 14:21, not acknowledged"
    (banner,) = present_live.open_incidents(_facts(incidents=(_incident(),))).banners
    assert banner.owner == "not paged, on the board only"
    answered = {"id": {Action.ACKNOWLEDGE: Answer("id", Action.ACKNOWLEDGE, "mail", NOW)}}
    (banner,) = present_live.open_incidents(_facts(incidents=(paged,), answers=answered)).banners
    assert banner.owner == "Acknowledged by mail at 14:30"


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome.PENDING, "page of 14:21 is on its way"),
        (Outcome.FAILED, "page of 14:21 could not be delivered"),
        (Outcome.NOBODY, "page of 14:21 went to nobody: add a channel"),
        (Outcome.REPLAY, "page of 14:21 was recorded, never sent"),
    ],
)
def test_a_page_that_nobody_got_is_not_called_delivered(outcome: Outcome, words: str) -> None:
    paged = _incident(paged_at=NOW - timedelta(minutes=9))
    facts = _facts(incidents=(paged,), paging={"id": phrases.Paging((), outcome)})
    assert facts.owner(paged, {}) == words


def test_the_banner_says_why_it_is_believed() -> None:
    facts = _facts(incidents=(_incident(),), sources=(_source("reddit", timedelta(minutes=25)),))
    (banner,) = present_live.open_incidents(facts).banners
    assert banner.belief == "12 authors in 2 sources. Copies are weighted down: 32 with them."
    assert banner.third == "reddit blind since 14:05: the true size is larger."


def test_the_banner_says_what_holds_it() -> None:
    held = replace(_signal(), stage=Stage.SMOULDERING, capped="a single burst")
    (banner,) = present_live.open_incidents(_facts(incidents=(_incident(),), states=(held,))).banners
    assert banner.belief.endswith(" Held at smouldering: a single burst.")


@pytest.mark.parametrize(
    ("incident", "growth", "words"),
    [
        (_incident(Stage.COOLING), Growth(0.9, 0.5, 1.2), "cooling since 13:30"),
        (_incident(), Growth(0.9, 0.5, 1.2), "growing since 12:30"),
        (_incident(), Growth(0.9, -0.5, 1.2), "since 12:30"),
        (_incident(), Growth(-0.9, -1.2, -0.5), "since 12:30"),
        (_incident(), None, "since 12:30"),
        (_incident(closed_at=NOW), Growth(0.9, 0.5, 1.2), "closed 14:30"),
    ],
)
def test_an_incident_is_called_growing_only_when_that_is_certain(
    incident: Incident, growth: Growth | None, words: str
) -> None:
    assert present_live.since(incident, growth, VIENNA, NOW) == words


def test_a_mention_for_two_brands_is_one_row() -> None:
    stream = present_stream.stream(_facts(), [_row("Acme"), _row("Zenith"), _row("Acme", 2)], [])
    assert [row.brands for row in stream.rows] == ["Acme, Zenith", "Acme"]


@pytest.mark.parametrize(
    ("score", "tone", "probability"),
    [
        (Score(0.96, 0.03, 0.01), "negative", "0.96"),
        (Score(0.01, 0.09, 0.90), "positive", "0.90"),
        (Score(0.10, 0.80, 0.10), "neutral", ""),
        (Score(0.45, 0.40, 0.15), "unsure", ""),
        (Score(0.96, 0.03, 0.01, language="hi"), "unsure", ""),
        (Score(0.96, 0.03, 0.01, language="fr"), "negative", "0.96"),
    ],
)
def test_what_has_no_majority_or_no_known_language_is_unsure(
    score: Score, tone: str, probability: str
) -> None:
    (row,) = present_stream.stream(_facts(), [_row(score=score)], []).rows
    assert (row.tone, row.probability) == (tone, probability)


@pytest.mark.parametrize(
    ("language", "doubt"),
    [
        ("", "None of the three is more likely than not."),
        ("en", "None of the three is more likely than not."),
        ("fr", "None of the three is more likely than not. French is read less surely than English."),
        ("ja", "The model does not know this language (Japanese)."),
        ("oc", "The model does not know this language (oc)."),
    ],
)
def test_unsure_says_why(language: str, doubt: str) -> None:
    score = Score(0.45, 0.40, 0.15, language=language)
    (row,) = present_stream.stream(_facts(), [_row(score=score)], []).rows
    assert row.doubt == doubt


def test_what_a_person_said_is_named_without_a_probability() -> None:
    unsure = _row(score=Score(0.4, 0.3, 0.3), label=Sentiment.POSITIVE, towards=(0.6, 0.2, 0.2))
    (row,) = present_stream.stream(_facts(), [unsure], []).rows
    assert (row.tone, row.probability, row.width, row.doubt) == ("positive", "", "100%", "")
    assert row.brands == "Acme"


@pytest.mark.parametrize(
    ("tone", "mark"),
    [
        (None, ""),
        (Tone(0.4, 0.4, 0.4), ""),
        (Tone(offensive=0.9, irony=0.9, anger=0.5), "angry"),
        (Tone(offensive=0.5, irony=0.9, anger=0.4), "offensive"),
        (Tone(offensive=0.4, irony=0.8, anger=0.4), "may be ironic"),
    ],
)
def test_a_row_has_one_mark_at_most(tone: Tone | None, mark: str) -> None:
    (row,) = present_stream.stream(_facts(), [_row(score=Score(0.9, 0.05, 0.05, tone=tone))], []).rows
    assert row.mark == mark


def test_irony_is_not_read_into_praise_unless_a_person_called_it_negative() -> None:
    praise = Score(0.05, 0.05, 0.9, tone=Tone(offensive=0.1, irony=0.9, anger=0.1))
    rows = (_row(score=praise), _row(score=praise, label=Sentiment.NEGATIVE))
    marks = [present_stream.stream(_facts(), [row], []).rows[0].mark for row in rows]
    assert marks == ["", "may be ironic"]


def test_a_row_says_what_it_counts_for_and_why() -> None:
    (row,) = present_stream.stream(_facts(), [_row(weight=0.1, copy_number=27)], []).rows
    assert (row.counts, row.note, row.faint) == ("counts 0.1", "27th copy of one text", False)
    (row,) = present_stream.stream(_facts(), [_row(weight=0.0)], []).rows
    assert row.faint
    simulated = replace(_row().mention, flags=Flag.SIMULATED | Flag.UNDATED)
    (row,) = present_stream.stream(_facts(), [_row(mention=simulated)], []).rows
    assert (row.simulated, row.note) == (True, "no date given")


def test_a_row_is_short_and_on_the_workspaces_clock() -> None:
    long = replace(_row().mention, text="word " * 5_000)
    (row,) = present_stream.stream(_facts(), [_row(mention=long)], []).rows
    assert len(row.text) == present_stream.TEXT
    assert (row.time, row.source) == ("14:30:00", "hacker-news")


def test_the_rate_is_per_minute_where_that_says_something() -> None:
    def rate(per_minute: int) -> str:
        start = int(NOW.timestamp()) - 3600
        sums = [Rollup("Acme", "news", start + 60 * minute, per_minute) for minute in range(60)]
        return present_stream.stream(_facts(), [], sums).rate

    assert rate(38) == "38 a minute"
    assert rate(0) == "0 an hour"


def test_an_empty_stream_says_who_answered_last() -> None:
    sources = (_source("news", timedelta(minutes=1)), _source("rss", None))
    assert (
        "The last answer came from news at 14:29."
        in present_stream.stream(_facts(sources=sources), [], []).empty
    )
    assert "no source has answered" in present_stream.stream(_facts(), [], []).empty


def test_growth_comes_in_parts() -> None:
    doubling = phrases.growth(Growth(0.8664, 0.52, 1.188))
    assert (doubling.label, doubling.value, doubling.range) == ("Doubles in", "48 min", "(35–80)")
    assert doubling.sentence == "Doubles in 48 min (35–80)."
    assert phrases.growth(Growth(0.1, -0.2, 0.3)).sentence == "Not growing."
    assert phrases.growth(None).sentence == "Growth unknown."
    assert phrases.growth(Growth(-0.26, -0.34, -0.19)).label == "Halves in"


def test_other_days_carry_their_date() -> None:
    assert phrases.time_of_day(NOW, VIENNA, NOW) == "14:30"
    assert phrases.time_of_day(NOW - timedelta(days=2), VIENNA, NOW) == "29 Jun 14:30"
    assert phrases.time_of_day(NOW, VIENNA, NOW + timedelta(days=400)) == "1 Jul 2026 14:30"
