"""The detector of one brand: event time, late mentions, looking ahead, history, saving."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.clock import from_seconds
from core.ports import Detector
from core.records import Flag, Match, Mention, MentionRow, Score, Scored, Signal, Stage, Window
from models.bar import moved_budget, threshold
from models.bins import Bin
from models.conditions import LASTING
from models.detect import BrandDetector
from models.opening import open_detector
from models.packing import pack
from models.priors import load_priors
from models.signature import BYTES

START = 1_700_006_400
"""2023-11-15 00:00 UTC."""
BIN, HOUR, DAY = 300, 3600, 86400


def mention(
    number: int,
    at: float,
    negative: float = 0.8,
    author: str = "",
    source: str = "rss",
    text: int | None = None,
) -> Scored:
    """A mention of its own text, or of text number `text`."""
    signature = random.Random(number if text is None else -1 - text).randbytes(BYTES)
    when = from_seconds(at)
    body = Mention(source, str(number), "words", when, when + timedelta(seconds=5), author=author)
    return Scored(body, Score(negative, 1.0 - negative, 0.0, signature))


def history(days: int, per_bin: int = 2, share: float = 0.2, start: int = START) -> list[Window]:
    """Steady history with Poisson-like noise."""
    chance = random.Random(7)
    counts = [float(sum(chance.random() < 0.1 for _ in range(10 * per_bin))) for _ in range(288 * days)]
    return [
        Window(start + BIN * place, 1.0, n, share * n, n, share * n, backfill=True)
        for place, n in enumerate(counts)
    ]


def learned(days: int = 15) -> tuple[BrandDetector, int]:
    """A detector with history, and the time at which it ends."""
    detector = open_detector("Acme")
    detector.load(learned_state(days))
    return detector, START + DAY * days


@cache
def learned_state(days: int) -> bytes:
    detector = open_detector("Acme")
    detector.learn(history(days))
    return detector.dump()


def play(
    detector: BrandDetector, mentions: Iterable[Scored], until: int, observable: int = 1
) -> list[Signal]:
    """Count in order of event time, closing each bin when it ends."""
    signals: list[Signal] = []
    for scored in sorted(mentions, key=lambda each: each.mention.event_at):
        signals += detector.advance(scored.mention.event_at, 1.0, observable)
        detector.count(scored)
    for end in range(until - until % BIN, until + 1, BIN):
        signals += detector.advance(from_seconds(end), 1.0, observable)
    return signals


def outrage(start: int, minutes: int, count: int, authors: bool = True) -> list[Scored]:
    return [
        mention(10_000 + each, start + 60 * minutes * each / count, author=f"a{each}" if authors else "")
        for each in range(count)
    ]


def worst(signals: Sequence[Signal]) -> Stage:
    return max((each.stage for each in signals), key=lambda stage: stage.severity)


def test_is_a_detector() -> None:
    detector: Detector = open_detector("Acme")
    assert detector.brand == "Acme"


def test_a_match_says_what_the_mention_counts_for() -> None:
    detector = open_detector("Acme")
    first = detector.count(mention(1, START, text=1))
    second = detector.count(mention(2, START + 10, text=1))
    assert (first.brand, first.weight, first.copy_number, first.cluster) == ("Acme", 1.0, 1, first.mention_id)
    assert (second.copy_number, second.cluster) == (2, first.mention_id)
    assert second.weight == pytest.approx(0.75)
    assert detector.window(START).mentions == 2.0


def test_history_and_what_is_older_than_the_ring_enter_no_window() -> None:
    detector, end = learned()
    detector.advance(from_seconds(end + 3 * DAY), 1.0, 1)
    old = mention(1, end)
    flagged = mention(2, end + 3 * DAY)
    flagged = replace(flagged, mention=replace(flagged.mention, flags=Flag.BACKFILL))
    assert detector.count(old).weight == detector.count(flagged).weight == 1.0
    assert detector.window(end).mentions == detector.window(end + 3 * DAY).mentions == 0.0


def test_closes_only_bins_that_have_ended() -> None:
    detector, end = learned()
    detector.advance(from_seconds(end + HOUR), 1.0, 1)
    detector.count(mention(1, end + HOUR + 10))
    assert detector.advance(from_seconds(end + HOUR + 299), 1.0, 1) == []
    (signal,) = detector.advance(from_seconds(end + HOUR + 300), 1.0, 1)
    assert signal.at == from_seconds(end + HOUR + 300)
    assert signal.seen == pytest.approx(0.8, abs=1e-5)
    assert detector.advance(from_seconds(end + HOUR + 300), 1.0, 1) == []


def test_quiet_bins_give_one_signal_an_hour() -> None:
    detector, end = learned()
    signals = detector.advance(from_seconds(end + 2 * DAY), 1.0, 1)
    assert len(signals) == 48
    assert {signal.stage for signal in signals} == {Stage.CALM}


def test_a_signal_says_what_is_usual_and_how_sure_it_is() -> None:
    detector, end = learned()
    (*_, signal) = detector.advance(from_seconds(end + HOUR), 1.0, 1)
    assert signal.expected == pytest.approx(24 * 0.2, rel=0.4)
    assert signal.low <= signal.expected <= signal.high
    assert signal.usual_share == pytest.approx(0.2, abs=0.03)
    assert signal.sure is not None
    assert signal.sure > 0.99
    smallest = detector.peek(from_seconds(end + HOUR + 60), 1.0, 1).would_catch
    assert smallest is not None
    assert signal.high <= smallest < 100
    assert signal.learned_hours == pytest.approx(15 * 24 + 1)


def test_outrage_pages_within_the_hour_and_names_its_onset() -> None:
    detector, end = learned()
    signals = play(detector, outrage(end + HOUR, 60, 90), end + 2 * HOUR)
    paging = next(each for each in signals if each.stage.severity >= Stage.SPREADING.severity)
    assert paging.at <= from_seconds(end + HOUR + 1800)
    assert paging.evidence >= paging.threshold
    assert paging.conditions
    assert sum(part.value for part in paging.contributions) > 0
    assert paging.onset is not None
    assert abs((paging.onset - from_seconds(end + HOUR)).total_seconds()) <= 600
    assert worst(signals) is Stage.FIRESTORM


def test_a_storm_cools_and_ends() -> None:
    detector, end = learned()
    signals = play(detector, outrage(end + HOUR, 60, 90), end + 12 * HOUR)
    stages = [signal.stage for signal in signals]
    assert Stage.COOLING in stages[stages.index(Stage.FIRESTORM) :]
    assert stages[-1] is Stage.CALM


def test_a_single_burst_never_exceeds_smouldering() -> None:
    detector, end = learned()
    burst = [
        mention(each, end + HOUR + 0.5 * each, author=f"a{each}", source=f"s{each % 4}")
        for each in range(240)
    ]
    signals = play(detector, burst, end + 6 * HOUR, observable=4)
    assert worst(signals) is Stage.SMOULDERING
    assert any("burst" in signal.capped for signal in signals)


def busy(start: int, hours: int, per_hour: int) -> list[Scored]:
    """An evenly angry crowd: three of five mentions are negative, whatever their number."""
    chance = random.Random(11)
    return [
        mention(each, start + chance.uniform(0, hours * HOUR), 0.95 if each % 5 < 3 else 0.05, f"a{each}")
        for each in range(hours * per_hour)
    ]


@pytest.mark.parametrize(("times", "stage"), [(1, Stage.CALM), (2.5, Stage.SMOULDERING)])
def test_a_day_of_many_times_the_usual_complaints_smoulders(times: float, stage: Stage) -> None:
    """Of a brand that is mostly complained about anyway, so that the share of negatives tells nothing."""
    detector, end = open_detector("Acme"), START + 5 * DAY
    detector.learn(history(5, share=0.6))
    usual, more = busy(end, 2, 24), busy(end + 2 * HOUR, 22, int(24 * times))
    signals = play(detector, [*usual, *more], end + DAY)
    assert worst(signals) is stage
    risen = [each for each in signals if each.stage is stage and LASTING in each.conditions]
    assert all(each.onset and each.at - each.onset > timedelta(hours=3) for each in risen)
    assert bool(risen) is (stage is Stage.SMOULDERING)


def test_a_small_brand_s_ordinary_days_hardly_smoulder() -> None:
    """Five mentions an hour by chance, one of five negative: half of its days smouldered on two or three."""
    chance, at, made = random.Random(3), float(START), list[Scored]()
    while at < START + 20 * DAY:
        negative = 0.85 if chance.random() < 0.2 else 0.1
        made.append(mention(len(made), at, negative, f"a{chance.randrange(200)}"))
        at += chance.expovariate(5 / HOUR)
    signals = play(open_detector("Acme"), made, START + 20 * DAY)
    later = [each for each in signals if each.at > from_seconds(START + 7 * DAY)]
    assert sum(each.stage is not Stage.CALM for each in later) < 0.1 * 13 * 288


def test_a_copy_campaign_is_held_at_smouldering_and_says_so() -> None:
    detector, end = learned()
    campaign = [
        mention(each, end + HOUR + 10 * each, author=f"bot{each}", text=1 if each % 10 else 100 + each)
        for each in range(400)
    ]
    signals = play(detector, campaign, end + 3 * HOUR)
    assert worst(signals) is Stage.SMOULDERING
    assert any("copy campaign: one text" in signal.capped for signal in signals)
    assert max(signal.amplification for signal in signals) > 2.0


@pytest.mark.parametrize(
    ("negative", "language", "held"),
    [(0.2, "en", True), (0.2, "", True), (0.2, "ko", False), (0.6, "en", False)],
)
def test_a_crowd_that_does_not_complain_is_held_at_smouldering_and_says_so(
    negative: float, language: str, held: bool
) -> None:
    detector, end = learned()
    crowd = [mention(each, end + HOUR + 9 * each, negative, f"a{each}") for each in range(600)]
    crowd = [replace(each, score=replace(each.score, language=language)) for each in crowd]
    signals = play(detector, crowd, end + 3 * HOUR)
    assert (worst(signals) is Stage.SMOULDERING) is held
    assert any("hardly a third of it is negative" in signal.capped for signal in signals) is held


def test_three_busy_authors_are_held_at_smouldering() -> None:
    detector, end = learned()
    rant = [mention(each, end + HOUR + 40 * each, author=f"a{each % 3}") for each in range(90)]
    assert worst(play(detector, rant, end + 3 * HOUR)).severity <= Stage.SMOULDERING.severity


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000), with_history=st.booleans(), storm=st.booleans())
def test_any_order_of_arrival_leads_to_the_same_state(seed: int, with_history: bool, storm: bool) -> None:
    chance = random.Random(seed)
    straight, end = learned(3) if with_history else (open_detector("Acme"), START)
    shuffled, _ = learned(3) if with_history else (open_detector("Acme"), START)
    events = [mention(each, end + chance.randrange(30 * HOUR), chance.random()) for each in range(60)]
    if storm:
        events += outrage(end + 5 * HOUR, 90, 100)
    until = end + 30 * HOUR
    expected = play(straight, events, until)
    chance.shuffle(events)
    signals: list[Signal] = []
    for scored in events:
        shuffled.count(scored)
        if chance.random() < 0.1:
            signals += shuffled.advance(from_seconds(until - chance.randrange(10 * HOUR)), 1.0, 1)
    signals += shuffled.advance(from_seconds(until), 1.0, 1)
    assert shuffled._evidence.state() == straight._evidence.state()
    assert shuffled._windows.bins == straight._windows.bins
    latest = {signal.at: signal.stage for signal in signals}
    assert all(latest.get(signal.at, signal.stage) == signal.stage for signal in expected)


def _row(scored: Scored, match: Match) -> MentionRow:
    told = (match.weight, match.copy_number, 0)
    return MentionRow(scored.mention, "Acme", scored.score, *told, cluster=match.cluster)


def _named(detector: BrandDetector) -> dict[int, tuple[Bin, dict[str, int]]]:
    """The bins, with the names of their sources: numbers follow the order in which sources were angry."""
    windows = detector._windows
    return {
        start: (replace(content, sources={}), {windows.names[n]: c for n, c in content.sources.items()})
        for start, content in windows.bins.items()
    }


def _guessed(known: list[Scored], chance: random.Random) -> list[Scored]:
    """The same mentions as something quicker reads them."""
    return [replace(each, score=replace(each.score, negative=chance.random())) for each in known]


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10_000), with_history=st.booleans(), storm=st.booleans())
def test_read_late_it_is_as_if_the_score_had_been_known(seed: int, with_history: bool, storm: bool) -> None:
    chance = random.Random(seed)
    known, end = learned(3) if with_history else (open_detector("Acme"), START)
    late, _ = learned(3) if with_history else (open_detector("Acme"), START)
    events = [
        mention(
            each,
            end + chance.randrange(30 * HOUR),
            chance.random(),
            author=f"a{chance.randrange(9)}" if each % 3 else "",
            source=f"s{each % 4}",
            text=each % 40,
        )
        for each in range(60)
    ]
    if storm:
        events += outrage(end + 5 * HOUR, 90, 100)
    events.sort(key=lambda each: each.mention.event_at)
    until = end + 30 * HOUR
    play(known, events, until)
    rows = []
    for guess, full in zip(_guessed(events, chance), events, strict=True):
        late.advance(guess.mention.event_at, 1.0, 1)
        rows.append((_row(guess, late.count(guess)), full.score))
    chance.shuffle(rows)
    for place, (row, score) in enumerate(rows):
        late.reread(row, score)
        if chance.random() < 0.1:
            late.advance(from_seconds(until - HOUR * (len(rows) - place) // len(rows)), 1.0, 1)
    late.advance(from_seconds(until), 1.0, 1)
    assert _named(late) == _named(known)
    assert late._evidence.state() == known._evidence.state()
    assert late.window(until - BIN) == known.window(until - BIN)


def test_a_late_reading_of_what_is_older_than_the_ring_changes_nothing() -> None:
    detector, end = learned()
    detector.advance(from_seconds(end), 1.0, 1)
    old = mention(1, end + HOUR, 0.9)
    row = _row(old, detector.count(old))
    detector.advance(from_seconds(end + 3 * DAY), 1.0, 1)
    before = detector._evidence.state()
    detector.reread(row, Score(0.0, 1.0, 0.0))
    assert detector.advance(from_seconds(end + 3 * DAY), 1.0, 1) == []
    assert detector._evidence.state() == before


def test_late_mentions_return_the_signals_of_all_bins_they_changed() -> None:
    detector, end = learned()
    detector.advance(from_seconds(end + 3 * HOUR), 1.0, 1)
    detector.count(mention(1, end + HOUR + 700))
    signals = detector.advance(from_seconds(end + 3 * HOUR), 1.0, 1)
    assert [signal.at for signal in signals] == [
        from_seconds(end + HOUR + BIN * place) for place in range(3, 25)
    ]


def test_peek_changes_nothing_and_sees_the_open_bin() -> None:
    detector, end = learned()
    play(detector, outrage(end, 60, 60), end + HOUR)
    for scored in outrage(end + HOUR, 3, 12):
        detector.count(scored)
    before = detector.dump()
    signal = detector.peek(from_seconds(end + HOUR + 180), 1.0, 1)
    assert detector.dump() == before
    assert signal.seen > 40
    assert signal.bin_expected < 0.7 * signal.expected / 12
    assert signal.would_catch is not None


def test_peek_alone_never_raises_the_stage() -> None:
    detector, end = learned()
    for scored in outrage(end, 4, 80):
        detector.count(scored)
    assert detector.peek(from_seconds(end + 250), 1.0, 1).stage.severity < Stage.SPREADING.severity


def test_peek_gives_the_second_bin() -> None:
    detector, end = learned()
    storm = outrage(end, 60, 240)
    first = next(
        s.at for s in play(detector, storm, end + HOUR) if s.stage.severity >= Stage.SPREADING.severity
    )
    other, _ = learned()
    for scored in storm:
        if scored.mention.event_at < first:
            other.count(scored)
    other.advance(first - timedelta(seconds=BIN), 1.0, 1)
    assert other.peek(first - timedelta(seconds=20), 1.0, 1).stage.severity >= Stage.SPREADING.severity


def test_blind_bins_are_unknown_and_freeze_what_was_learned() -> None:
    detector, end = learned()
    state = detector._evidence.baseline.state()
    signals = detector.advance(from_seconds(end + HOUR), 0.2, 1)
    assert [signal.stage for signal in signals] == [Stage.UNKNOWN] * 12
    assert {(signal.sure, signal.would_catch) for signal in signals} == {(None, None)}
    assert signals[-1].coverage == 0.2
    assert detector._evidence.baseline.state() == state
    assert detector.peek(from_seconds(end + HOUR + 60), 0.1, 1).stage is Stage.UNKNOWN
    assert detector.advance(from_seconds(end + 2 * HOUR), 1.0, 1)[-1].stage is Stage.CALM


def test_a_new_workspace_pages_for_sixty_angry_items_in_half_an_hour() -> None:
    for authors in (True, False):
        detector = open_detector("New")
        detector.advance(from_seconds(START), 1.0, 1)
        stages = []
        for scored in outrage(START + 60, 30, 60, authors):
            detector.count(scored)
            detector.advance(scored.mention.event_at, 1.0, 1)
            stages.append(detector.peek(scored.mention.event_at + timedelta(seconds=1), 1.0, 1).stage)
        assert Stage.SPREADING in stages
        assert stages.index(Stage.SPREADING) <= 40


def test_a_young_brand_says_that_it_is_learning() -> None:
    detector = open_detector("New")
    signals = detector.advance(from_seconds(START), 1.0, 1)
    signals = detector.advance(from_seconds(START + 23 * HOUR), 1.0, 1)
    assert {signal.sure for signal in signals} == {None}
    assert signals[-1].learned_hours == pytest.approx(23.0)


def test_history_never_alarms_whatever_it_holds() -> None:
    windows = history(4)
    for place in range(600, 700):
        windows[place] = Window(windows[place].start, 1.0, 500.0, 400.0, 500.0, 400.0, backfill=True)
    detector = open_detector("Acme")
    signals = detector.learn(windows[:700])
    assert {signal.stage for signal in signals} == {Stage.CALM}
    after = detector.advance(from_seconds(START + BIN * 700 + 6 * HOUR), 1.0, 1)
    assert {signal.stage for signal in after} == {Stage.CALM}


def test_history_comes_first_and_in_order() -> None:
    detector = open_detector("Acme")
    with pytest.raises(ValueError, match="comes after"):
        detector.learn([Window(START + BIN), Window(START)])
    detector.advance(from_seconds(START + DAY), 1.0, 1)
    with pytest.raises(ValueError, match="before the first live bin"):
        detector.learn(history(1, start=START + 2 * DAY))


@settings(max_examples=10, deadline=None)
@given(cut=st.integers(0, 119))
def test_saved_and_restored_at_any_point_goes_on_as_if_nothing_had_happened(cut: int) -> None:
    chance = random.Random(3)
    whole, end = learned(3)
    events = [mention(each, end + 240 * each + chance.randrange(7200)) for each in range(120)]
    broken, _ = learned(3)
    for place, scored in enumerate(events):
        if place == cut:
            state = broken.dump()
            broken = open_detector("Acme")
            broken.load(state)
            assert broken.dump() == state
        for detector in (whole, broken):
            detector.count(scored)
            detector.advance(from_seconds(end + 240 * place), 1.0, 1)
    assert broken.dump() == whole.dump()


def test_refuses_states_it_cannot_read() -> None:
    detector = open_detector("Acme")
    state = detector.dump()
    for wrong in (b"", b"x" * 40, state[:-9], pack(99, {}, {})):
        with pytest.raises(ValueError, match="state"):
            detector.load(wrong)
    detector.load(state)
    assert detector.dump() == state


def test_memory_does_not_grow_with_history() -> None:
    detector, end = learned(20)
    short = len(detector.dump())
    detector.learn(history(40, start=end))
    assert len(detector.dump()) < 1.1 * short + 2000
    assert short < 150_000
    assert len(detector._windows.bins) <= 620
    assert len(detector._checkpoints.held) <= 50


@pytest.mark.parametrize(
    ("pages", "decades"), [(0.5, 0.0), (5.0, -1.0), (0.05, 1.0), (1e9, None), (1e-9, None)]
)
def test_the_budget_moves_the_threshold_within_its_clamp(pages: float, decades: float | None) -> None:
    priors = load_priors()
    found = threshold(priors, pages)
    if decades is None:
        assert found == (2.5 if pages > 1 else 8.0)
    else:
        assert found == pytest.approx(max(2.5, priors.threshold + decades * priors.per_decade))


def test_a_bar_that_was_moved_is_that_of_another_budget() -> None:
    priors = load_priors()
    budget = moved_budget(priors, 0.5, 0.3)
    assert threshold(priors, budget) == pytest.approx(threshold(priors, 0.5) + 0.3)
    assert moved_budget(priors, 0.5, 0.0) == 0.5


def test_no_needless_page_at_all_is_not_on_offer() -> None:
    with pytest.raises(ValueError, match="above 0"):
        open_detector("Acme", 0.0)


def test_times_are_aware() -> None:
    detector, end = learned(1)
    signal = detector.peek(datetime.fromtimestamp(end + 60, UTC), 1.0, 1)
    assert signal.at.tzinfo is UTC
