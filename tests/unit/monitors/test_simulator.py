"""The simulated world: the same in any slices, with the rates, moods and events that it promises."""

import doctest
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.clock import ManualClock
from core.errors import ConfigError, Permanent
from core.query import Matcher, parse
from core.records import Flag, Mention
from monitors.catalog import Context, catalog
from monitors.http import HttpClient
from monitors.simulation import grammar
from monitors.simulation.brands import BRANDS, CHANNELS, TONES, Brand, brand
from monitors.simulation.drafts import REGULARS, Drafts, drafts, rhythm
from monitors.simulation.history import READ_AS, history, source_name
from monitors.simulation.noise import minute_of, poisson, uniform, wander
from monitors.simulation.scenario import CATCH_UP, HISTORY, Burst, Campaign, Scenario, Storm, demo_scenario
from monitors.simulation.wording import Writer
from monitors.simulator import Simulator

NOW = datetime(2026, 3, 12, 14, 0, 17, tzinfo=UTC)
DEMO = demo_scenario(NOW)
MINUTE = minute_of(NOW)
WEEKS = 3 * 7 * 1440


def simulator(channel: str = "social", at: datetime = NOW, **options: object) -> Simulator:
    clock = ManualClock(at)
    context = Context(brands=(), http=HttpClient(clock), clock=clock)
    chosen = Simulator.Options.model_validate({"channel": channel, "now": NOW, **options})
    return Simulator(f"simulated-{channel}", 15.0, chosen, context)


async def collect(channel: str, cuts: list[datetime]) -> list[Mention]:
    """Fetch up to each of `cuts` in turn, by a new process each time."""
    cursor = ""
    found: list[Mention] = []
    for cut in cuts:
        fetched = await simulator(channel, at=cut).fetch(cursor)
        cursor = fetched.cursor
        found.extend(fetched.mentions)
    return found


def plain(mentions: list[Mention]) -> list[tuple[str, str, datetime]]:
    return [(m.native_id, m.text, m.event_at) for m in mentions]


def lone(event: Storm | Burst | Campaign, first: int, last: int) -> Drafts:
    """Return the drafts of one event."""
    world = Scenario(7, BRANDS, (event,), NOW)
    found = drafts(world, brand(event.brand), first, last)
    return found.only(found.component == 1)


def per_hour(found: Drafts, start: int, end: int) -> float:
    inside = (found.at >= start * 60) & (found.at < end * 60)
    return float(inside.sum()) / (end - start) * 60


# -- identity and cursors ---------------------------------------------------------------------------------


@settings(max_examples=8, deadline=None)
@given(st.lists(st.floats(-3600, 0), max_size=4), st.sampled_from(CHANNELS))
async def test_any_cutting_of_time_gives_the_same_mentions(seconds: list[float], channel: str) -> None:
    start, end = DEMO.begins_at + timedelta(hours=1), DEMO.begins_at + timedelta(hours=2)
    cuts = [start, *(end + timedelta(seconds=s) for s in sorted(seconds)), end]
    whole = await collect(channel, [start, end])
    assert plain(await collect(channel, cuts)) == plain(whole)
    assert len({m.native_id for m in whole}) == len(whole) > 5


async def test_a_long_pause_is_made_up_in_steps() -> None:
    late = DEMO.begins_at + timedelta(hours=7)
    source = simulator(at=late)
    cursor = ""
    found: list[Mention] = []
    for _ in range(4):
        fetched = await source.fetch(cursor)
        found.extend(fetched.mentions)
        cursor = fetched.cursor
    assert datetime.fromisoformat(cursor) == late
    steps = [DEMO.begins_at + timedelta(hours=h) for h in (2, 4, 6, 7)]
    assert plain(found) == plain(await collect("social", steps))


async def test_nothing_lies_in_the_future_or_before_the_first_text() -> None:
    fetched = await simulator(at=DEMO.begins_at + timedelta(minutes=90)).fetch("")
    times = [m.event_at for m in fetched.mentions]
    assert DEMO.begins_at <= min(times)
    assert max(times) < DEMO.begins_at + timedelta(minutes=90)
    assert times == sorted(times)


async def test_a_clock_behind_the_cursor_gives_nothing_and_keeps_it() -> None:
    cursor = NOW.isoformat()
    fetched = await simulator(at=NOW - timedelta(hours=1)).fetch(cursor)
    assert fetched.mentions == ()
    assert fetched.cursor == cursor


async def test_a_cursor_that_is_no_time_is_told() -> None:
    with pytest.raises(Permanent, match=r"simulated-social: .* is no time"):
        await simulator().fetch("page 3")


async def test_channels_share_one_world_and_no_mention() -> None:
    cuts = [DEMO.begins_at + timedelta(hours=2)]
    found = [m for channel in CHANNELS for m in await collect(channel, cuts)]
    assert len({m.native_id for m in found}) == len(found)
    everything = sum(len(drafts(DEMO, b, MINUTE - 180, MINUTE - 60).at) for b in DEMO.brands)
    assert len(found) == everything


# -- marks ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", CHANNELS)
async def test_everything_is_marked_as_simulated(channel: str) -> None:
    found = await collect(channel, [DEMO.begins_at + timedelta(hours=2)])
    assert found
    for mention in found:
        assert mention.flags & Flag.SIMULATED
        assert mention.source.startswith("simulated")
        assert mention.author.startswith("sim_") or mention.author.endswith("(simulated)")
        assert mention.url.startswith("https://simulated.example/")
        assert mention.text.strip()
        assert bool(mention.title) == (channel == "news")


async def test_every_mention_meets_the_query_of_its_brand() -> None:
    matcher = Matcher({b.name: parse(b.query) for b in DEMO.brands})
    found = [m for c in CHANNELS for m in await collect(c, [DEMO.begins_at + timedelta(hours=2)])]
    assert all(len(matcher.match(m.body)) == 1 for m in found)


def test_a_source_without_the_mark_in_its_name_is_refused() -> None:
    clock = ManualClock(NOW)
    context = Context(brands=(), http=HttpClient(clock), clock=clock)
    with pytest.raises(ConfigError, match="has to begin with 'simulated'"):
        Simulator("social", 15.0, Simulator.Options(now=NOW), context)


def test_it_is_in_the_catalogue() -> None:
    assert catalog()["simulator"] is Simulator


# -- storms on command ------------------------------------------------------------------------------------

DRILL = {
    "brand": "Kestrel Sports",
    "starts_at": "2026-03-12T13:00:00Z",
    "doubling_minutes": 15,
    "peak_per_hour": 200,
    "plateau_minutes": 30,
    "theme": "delivery",
}


async def test_a_storm_can_be_ordered_and_changes_nothing_else() -> None:
    since = (NOW - timedelta(hours=1)).isoformat()
    usual = await simulator().fetch(since)
    stormy = await simulator(storms=[DRILL]).fetch(since)
    extra = {m.native_id for m in stormy.mentions} - {m.native_id for m in usual.mentions}
    assert {m.native_id for m in usual.mentions} <= {m.native_id for m in stormy.mentions}
    assert len(extra) > 10
    assert all("kestrel" in m.text.lower() for m in stormy.mentions if m.native_id in extra)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"brand": "Kestrel Sprots"}, "did you mean 'Kestrel Sports'"),
        ({"theme": "delivry"}, "did you mean 'delivery'"),
        ({"doubling_minutes": 0}, "doubling_minutes > 0"),
        ({"first_per_hour": 500}, "first_per_hour <= peak_per_hour"),
        ({"starts_at": "2026-03-12T13:00:00"}, "time zone"),
    ],
)
def test_an_impossible_storm_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        simulator(storms=[DRILL | change])


# -- how much, when, by whom ------------------------------------------------------------------------------


@pytest.mark.parametrize("each", BRANDS, ids=lambda b: b.name)
def test_ordinary_rates_moods_and_channels_are_as_told(each: Brand) -> None:
    found = drafts(DEMO, each, MINUTE - WEEKS, MINUTE)
    usual = found.only(found.component == 0)
    assert per_hour(usual, MINUTE - WEEKS, MINUTE) == pytest.approx(each.per_hour, rel=0.12)
    tones = np.bincount(usual.tone, minlength=3) / len(usual.tone)
    assert tones[TONES.index("negative")] == pytest.approx(each.negative, abs=0.02)
    assert 0.10 <= tones[0] <= 0.22
    assert np.bincount(usual.channel, minlength=4) / len(usual.at) == pytest.approx(each.channels, abs=0.02)
    assert 0.2 < (usual.author >= REGULARS).mean() < 0.3


@pytest.mark.parametrize("each", BRANDS, ids=lambda b: b.name)
def test_counts_are_over_dispersed(each: Brand) -> None:
    minutes = np.arange(MINUTE - WEEKS, MINUTE)
    found = drafts(DEMO, each, MINUTE - WEEKS, MINUTE)
    at = found.at[found.component == 0] // 60 - minutes[0]
    seen = np.bincount(at, minlength=WEEKS).reshape(-1, 5).sum(axis=1)
    expected = (rhythm(each, minutes) * each.per_hour / 60).reshape(-1, 5).sum(axis=1)
    kappa = ((seen - expected) ** 2 - expected).mean() / (expected**2).mean()
    print(f"{each.name}: dispersion {kappa:.2f}")
    assert 0.15 < kappa < 0.6  # 0 would be Poisson


def test_the_day_and_the_week_have_a_rhythm() -> None:
    each = brand("Zenith Bank")
    found = drafts(DEMO, each, MINUTE - WEEKS, MINUTE)
    at = found.at[found.component == 0]
    hours = np.bincount(at // 3600 % 24, minlength=24)
    assert hours[10:13].sum() > 3 * hours[22:25].sum()
    weekday = (at // 86400 + 3) % 7
    assert (weekday >= 5).mean() < 0.22  # 0.29 without a weekend
    assert rhythm(each, np.arange(7 * 1440)).mean() == pytest.approx(1.0)


def test_a_storm_doubles_peaks_stays_and_fades() -> None:
    storm = Storm(
        "Zenith Bank", NOW, doubling_minutes=30, peak_per_hour=400, plateau_minutes=120, theme="balances"
    )
    rise = round(storm.rise_minutes)
    found = lone(storm, MINUTE - 60, MINUTE + round(storm.minutes) + 60)
    assert found.at.min() >= MINUTE * 60
    early, late = (per_hour(found, MINUTE + m, MINUTE + m + 30) for m in (rise - 90, rise - 30))
    assert late / early == pytest.approx(4.0, rel=0.5)
    assert per_hour(found, MINUTE + rise, MINUTE + rise + 120) == pytest.approx(400, rel=0.2)
    fall = MINUTE + rise + 120
    assert per_hour(found, fall + 90, fall + 180) < 0.65 * per_hour(found, fall, fall + 90)
    assert per_hour(found, MINUTE + round(storm.minutes) + 1, MINUTE + round(storm.minutes) + 60) == 0.0


def test_a_storm_is_negative_new_and_spreads_over_the_channels() -> None:
    storm = Storm(
        "Zenith Bank", NOW, doubling_minutes=30, peak_per_hour=400, plateau_minutes=120, theme="balances"
    )
    found = lone(storm, MINUTE, MINUTE + round(storm.minutes))
    assert (found.tone == 0).mean() == pytest.approx(0.85, abs=0.04)
    assert (found.author >= REGULARS).mean() == pytest.approx(0.75, abs=0.04)
    joined = [int(found.at[found.channel == c].min() // 60 - MINUTE) for c in range(len(CHANNELS))]
    assert joined[0] < joined[1] < joined[3] < joined[2]
    assert (found.copy_of >= 0).sum() == 0


def test_a_burst_is_as_merry_as_any_day() -> None:
    burst = Burst("Orchard Mobile", NOW, minutes=40, times=6, topic="launch")
    found = lone(burst, MINUTE - 10, MINUTE + 60)
    assert len(found.at) > 100
    assert found.at.min() >= MINUTE * 60
    assert found.at.max() < (MINUTE + 40) * 60
    assert (found.tone == 0).mean() < 0.28


def test_a_campaign_is_one_text_from_many_accounts() -> None:
    campaign = Campaign("Zenith Bank", NOW, minutes=60, per_hour=120, theme="balances")
    found = lone(campaign, MINUTE, MINUTE + 60)
    assert len(found.at) == pytest.approx(120, rel=0.3)
    assert set(found.copy_of) == {0}
    assert len(set(found.author)) > 0.7 * len(found.at)


# -- history ----------------------------------------------------------------------------------------------


def test_history_is_the_sum_of_what_the_texts_would_be() -> None:
    since, until = DEMO.begins_at - timedelta(days=2), DEMO.begins_at
    rolled = list(history(DEMO, since, until))
    for each in DEMO.brands:
        drawn = drafts(DEMO, each, minute_of(since), minute_of(until))
        mine = [r for r in rolled if r.brand == each.name]
        cells = Counter(
            zip(drawn.at // 60 * 60, (source_name(CHANNELS[c]) for c in drawn.channel), strict=True)
        )
        assert {(r.minute, r.source): r.mentions for r in mine} == cells
        assert sum(r.negative for r in mine) == pytest.approx(
            sum(READ_AS[each.name][tone][0] for tone in drawn.tone)
        )
        assert [r.minute for r in mine] == sorted(r.minute for r in mine)
    assert all(r.negative + r.neutral + r.positive == pytest.approx(r.mentions) for r in rolled)
    assert all(since.timestamp() <= r.minute < until.timestamp() for r in rolled)


def test_history_and_texts_meet_without_gap_or_overlap() -> None:
    last = max(r.minute for r in history(DEMO, DEMO.begins_at - timedelta(hours=2), DEMO.begins_at))
    assert 0 < DEMO.begins_at.timestamp() - last <= 120


def test_copies_weigh_less_in_history() -> None:
    campaign = Campaign("Zenith Bank", NOW, minutes=60, per_hour=120, theme="balances")
    world = Scenario(7, (brand("Zenith Bank"),), (campaign,), NOW)
    rolled = list(history(world, NOW, NOW + timedelta(hours=1)))
    calm = list(history(Scenario(7, world.brands, (), NOW), NOW, NOW + timedelta(hours=1)))
    extra = sum(r.mentions for r in rolled) - sum(r.mentions for r in calm)
    weight = sum(r.independent for r in rolled) - sum(r.independent for r in calm)
    assert weight == pytest.approx(sum(1 / (1 + c / 3) for c in range(extra)))


def test_the_demo_tells_its_stories_at_the_right_time() -> None:
    rolled = list(history(DEMO, DEMO.begins_at - HISTORY, DEMO.begins_at))
    assert DEMO.begins_at == NOW.replace(second=0) - CATCH_UP
    halden = Counter[int]()
    for r in (r for r in rolled if r.brand == "Halden Energy"):
        halden[r.minute // 3600] += r.mentions
    assert max(halden, key=lambda hour: halden[hour]) * 3600 > (NOW - timedelta(hours=30)).timestamp()
    northwind = drafts(DEMO, brand("Northwind Air"), MINUTE - 180, MINUTE + 30)
    storm = northwind.only(northwind.component == 1)
    assert storm.at.min() > (MINUTE - 166) * 60
    assert per_hour(storm, MINUTE - 30, MINUTE) > 90
    assert per_hour(storm, MINUTE - 30, MINUTE) > 3 * per_hour(storm, MINUTE - 120, MINUTE - 90)
    assert per_hour(storm, MINUTE, MINUTE + 30) > 300, "still burning when the demo has caught up"


# -- words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("each", BRANDS, ids=lambda b: b.name)
def test_no_phrase_misses_a_rule_or_leaves_a_bracket(each: Brand) -> None:
    writer = Writer(each)
    storms = [Storm(each.name, NOW, 30, 100, 60, theme) for theme in each.trade.storms]
    bursts = [Burst(each.name, NOW, 30, 4, "launch"), Burst(each.name, NOW, 30, 4, "joke")]
    texts = [
        writer.post(tone, event, seed)
        for seed in range(250)
        for tone in TONES
        for event in [None, *storms, *bursts]
    ]
    texts += [" ".join(writer.article(event, seed)) for seed in range(100) for event in [None, *storms]]
    assert not any(set("[]{}|") & set(text) for text in texts)
    assert all(15 < len(text) < 600 for text in texts)


def test_words_are_the_same_for_the_same_seed() -> None:
    one, two = Writer(BRANDS[0]), Writer(BRANDS[0])
    assert [one.post("negative", None, s) for s in range(50)] == [
        two.post("negative", None, s) for s in range(50)
    ]


@pytest.mark.parametrize("phrase", ["[a|b", "a]", "[a|[b]"])
def test_a_broken_phrase_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match="bracket"):
        grammar.parse(phrase)


def test_the_grammar_nests() -> None:
    assert doctest.testmod(grammar).failed == 0
    rules = grammar.Grammar({"x": ["[1|2][a|{y}]"], "y": ["[b|c]"]})
    assert {rules.pick("x", Random(n)) for n in range(200)} == {"1a", "1b", "1c", "2a", "2b", "2c"}


# -- chance by address ------------------------------------------------------------------------------------


def test_chance_is_the_same_alone_and_in_a_crowd() -> None:
    many = np.arange(1000, dtype=np.int64)
    assert uniform(3, 5, many)[617] == uniform(3, 5, np.array([617]))[0]
    assert wander(many, 15, 0.4, 9)[617] == wander(np.array([617]), 15, 0.4, 9)[0]


def test_chance_is_even_and_poisson_counts_are_poisson() -> None:
    chance = uniform(11, np.arange(200_000))
    assert np.histogram(chance, 10, (0, 1))[0] / 200_000 == pytest.approx([0.1] * 10, abs=0.004)
    for mean in (0.3, 4.0, 250.0):
        counts = poisson(np.full(200_000, mean), chance)
        assert counts.mean() == pytest.approx(mean, rel=0.01)
        assert counts.var() == pytest.approx(mean, rel=0.02)


def test_noise_has_mean_one_and_its_spread() -> None:
    factor = wander(np.arange(500_000), 15, 0.4, 21)
    assert factor.mean() == pytest.approx(1.0, abs=0.02)
    assert np.log(factor).std() == pytest.approx(0.4, rel=0.05)
