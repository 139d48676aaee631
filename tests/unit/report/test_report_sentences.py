"""Every sentence of the weekly page says what the numbers say: read back out of it, and compared."""

import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.report.sentences import change_words, risk_sentence, tell
from core import words
from core.records import (
    Alarms,
    BrandWeek,
    BrandWords,
    Change,
    Component,
    Coverage,
    DataState,
    Estimate,
    Goal,
    GoalName,
    Growth,
    LinePoint,
    Part,
    Response,
    Risk,
    RiskKind,
    Stage,
    VoiceShare,
    Week,
    WeekEvent,
    WeekWords,
)

ZONE = ZoneInfo("Europe/Paris")
MONDAY = datetime(2026, 11, 15, 23, tzinfo=UTC)
NUMBER = re.compile(r"[−+]?\d+(?:,\d{3})*(?:\.\d+)?(?: k\b)?")
LABELS = re.compile("“[^”]*”")
CONSTANTS = {"50", "4"}
"""Limits that sentences name: the least coverage for a number, the weeks that are enough."""


# ---- random weeks ------------------------------------------------------------------------------------------

share = st.integers(0, 100)
count = st.integers(0, 250_000)
few = st.integers(0, 40)
moment = st.integers(0, 167).map(lambda hour: MONDAY + timedelta(hours=hour))
stage = st.sampled_from(list(Stage))


@st.composite
def estimates(draw: st.DrawFn, least: int, most: int) -> Estimate:
    low, value, high = sorted(draw(st.tuples(*(st.integers(least, most),) * 3)))
    return Estimate(value, low, high)


@st.composite
def changes(draw: st.DrawFn, now: int) -> Change:
    before = draw(share)
    return Change(before, now - before, draw(st.booleans()) and now != before)


@st.composite
def coverages(draw: st.DrawFn) -> Coverage:
    hours = draw(st.integers(0, 169))
    blind = draw(st.integers(0, hours))
    longest = draw(st.integers(1, blind)) if blind else 0
    return Coverage(draw(share), hours, blind, draw(moment) if blind else None, longest)


@st.composite
def accounts(draw: st.DrawFn) -> Alarms:
    needless, real, unreviewed = draw(few), draw(few), draw(few)
    promised = draw(st.sampled_from([0.5, 1.0, 3.0, 10.0, 0.25]))
    return Alarms(needless + real + unreviewed, needless, real, unreviewed, draw(few), promised, draw(few))


@st.composite
def responses(draw: st.DrawFn) -> Response:
    answered = draw(few)
    median, longest = sorted((draw(count), draw(count)))
    return Response(answered, draw(few), *((median, longest) if answered else (None, None)))


def goals() -> st.SearchStrategy[Goal]:
    value = st.none() | share
    return st.builds(
        lambda name, target, value: Goal(name, target, value, None if value is None else value >= target),
        st.sampled_from(list(GoalName)),
        st.sampled_from([10.0, 12.5, 60.0]),
        value,
    )


@st.composite
def brands(draw: st.DrawFn, name: str) -> BrandWeek:
    state = draw(st.sampled_from(list(DataState)))
    shown = state in {DataState.OK, DataState.PROVISIONAL}
    index = draw(estimates(0, 100)) if shown else None
    part = st.builds(
        Component, st.sampled_from(list(Part)), st.integers(-100, 100), st.none() | share, share, share, share
    )
    event = st.builds(
        WeekEvent, st.sampled_from(["2026-W46", "2026-W47"]), moment, st.just("7 refunds, 12"), stage
    )
    voice = st.builds(VoiceShare, st.just(name), share, st.none() | share)
    return BrandWeek(
        brand=name,
        state=state,
        coverage=draw(coverages()),
        mentions=draw(count),
        mentions_before=draw(st.none() | count),
        negative_share=draw(share) if shown else None,
        compared_with=draw(st.integers(1, 52)),
        worst=draw(stage),
        index=index,
        change=draw(st.none() | changes(index.value)) if index else None,
        last_year=draw(st.none() | changes(index.value)) if index else None,
        components=tuple(draw(st.lists(part, max_size=3))) if shown else (),
        line=(LinePoint("2026-W47", state, index),),
        lowest_in=draw(st.integers(0, 13)),
        highest_in=draw(st.integers(0, 13)),
        events=tuple(draw(st.lists(event, max_size=3))),
        voices=tuple(draw(st.lists(voice, max_size=3))) if shown else (),
        alarms=draw(accounts()),
        response=draw(responses()),
        goals=tuple(draw(st.lists(goals(), max_size=3))),
    )


rates = st.floats(-3, 3)
growths = st.none() | st.tuples(rates, rates, rates).map(
    lambda found: Growth(sorted(found)[1], sorted(found)[0], sorted(found)[2])
)
risks = st.builds(
    Risk,
    st.sampled_from(list(RiskKind)),
    st.just("Acme"),
    st.just("refunds"),
    stage,
    moment,
    seen=st.none() | count,
    expected=count,
    growth=growths,
    is_open=st.booleans(),
    learning=st.booleans(),
    coverage=st.none() | coverages(),
)


@st.composite
def weeks(draw: st.DrawFn) -> Week:
    names = draw(st.lists(st.sampled_from(["Acme", "Zenith", "Halden", "Orchard", "Kestrel"]), unique=True))
    return Week(
        week="2026-W47",
        since=MONDAY,
        until=MONDAY + timedelta(weeks=1),
        zone="Europe/Paris",
        made_at=MONDAY + timedelta(weeks=1),
        complete=draw(st.booleans()),
        purpose=draw(st.sampled_from(["live", "demo", "replay"])),
        brands=tuple(draw(brands(name)) for name in names),
        risks=tuple(draw(st.lists(risks, max_size=3))),
        alarms=draw(accounts()),
        response=draw(responses()),
        hindsight=draw(st.booleans()),
    )


# ---- reading back ------------------------------------------------------------------------------------------


def values(thing: object) -> Iterator[object]:
    """Yield every value of a record but its sentences."""
    if isinstance(thing, BrandWords | WeekWords):
        return
    if is_dataclass(thing):
        for each in fields(thing):
            if each.name != "words":
                yield from values(getattr(thing, each.name))
    elif isinstance(thing, tuple):
        for each in thing:
            yield from values(each)
    else:
        yield thing


def written(thing: object) -> set[str]:
    """Return every way in which the numbers and times of a record may be written."""
    found = set(CONSTANTS)
    for value in values(thing):
        if isinstance(value, Growth):
            found |= set(NUMBER.findall(words.growth(value)))
        elif isinstance(value, datetime):
            local = value.astimezone(ZONE)
            found |= {f"{local:%H}", f"{local:%M}", str(local.day), str(local.year)}
        elif isinstance(value, int | float) and not isinstance(value, bool):
            found |= {words.number(value), words.number(abs(value)), f"{value:g}"}
    return found


def growth_numbers(risk: Risk) -> set[str]:
    return set(NUMBER.findall(words.growth(risk.growth)))


def numbers(sentence: str) -> set[str]:
    return set(NUMBER.findall(LABELS.sub("", sentence)))


def brand_sentences(brand: BrandWeek) -> list[str]:
    told = brand.words
    parts = (getattr(told, each.name) for each in fields(told) if each.name != "goals")
    return [*parts, *told.goals]


@given(weeks())
def test_no_sentence_has_a_number_that_is_not_in_the_record(week: Week) -> None:
    told = tell(week)
    for brand in told.brands:
        for sentence in brand_sentences(brand):
            assert numbers(sentence) <= written(brand), sentence
    counted = {str(n) for n in range(len(told.brands) + 1)} | {
        str(n) for n in range(1 + sum(len(brand.goals) for brand in told.brands))
    }
    allowed = written(told) | counted | {"47", "16", "22", "2026"}
    for each in fields(told.words):
        sentence = getattr(told.words, each.name)
        assert numbers(sentence) <= allowed, sentence
    for risk in told.risks:
        assert numbers(risk.words) <= written(risk) | growth_numbers(risk), risk.words


@given(weeks())
def test_a_sentence_never_says_nan_none_or_two_blanks(week: Week) -> None:
    told = tell(week)
    every = [sentence for brand in told.brands for sentence in brand_sentences(brand)]
    every += [getattr(told.words, each.name) for each in fields(told.words)] + [r.words for r in told.risks]
    for sentence in every:
        assert not re.search(r"nan|None|inf\b|  |\.\.", sentence), sentence


@given(weeks())
def test_the_direction_in_words_is_the_sign_of_the_change(week: Week) -> None:
    for brand in tell(week).brands:
        told, change = brand.words, brand.change
        fell, rose = "fell by" in told.headline, "rose by" in told.headline
        certain = change is not None and change.certain and brand.index is not None
        assert (fell or rose) == certain
        if change is not None and certain:
            assert fell == (change.by < 0)
            assert ("below last week" in told.change) == (change.by < 0)
            assert ("above last week" in told.change) == (change.by > 0)
            assert ("lowest" in told.headline) <= (change.by < 0)
            assert ("highest" in told.headline) <= (change.by > 0)


@given(weeks())
def test_no_change_is_said_exactly_when_there_is_none(week: Week) -> None:
    for brand in tell(week).brands:
        uncertain = brand.change is not None and not brand.change.certain
        assert ("no change" in brand.words.headline.lower()) == (uncertain and brand.index is not None)
        assert ("no change" in brand.words.change) == uncertain


@given(weeks())
def test_a_number_stands_in_the_headline_only_when_it_may(week: Week) -> None:
    for brand in tell(week).brands:
        line = brand.words.headline
        assert line.startswith("Provisional: ") == (brand.state is DataState.PROVISIONAL)
        if brand.state is DataState.HIDDEN:
            assert line.startswith("No number: only ")
            assert f"{brand.coverage.share} %" in line
        if brand.state in {DataState.EMPTY, DataState.FIRST}:
            assert not numbers(line)
        if brand.index is not None:
            assert words.number(brand.index.value) in numbers(line)


@given(weeks())
def test_the_account_of_the_alarms_adds_up(week: Week) -> None:
    for brand in tell(week).brands:
        found = re.match(r"([\d,]+) pages?: (\d+) real, (\d+) needless, (\d+) without", brand.words.alarms)
        assert (found is None) == (brand.alarms.pages == 0)
        if found:
            pages, *verdicts = (int(each.replace(",", "")) for each in found.groups())
            assert pages == sum(verdicts) == brand.alarms.pages
        assert "Promised: at most" in brand.words.alarms


@given(weeks())
def test_a_goal_is_reached_as_the_record_says(week: Week) -> None:
    for brand in tell(week).brands:
        for goal, sentence in zip(brand.goals, brand.words.goals, strict=True):
            expected = {True: ": reached, ", False: ": not reached, ", None: ": not known this week"}
            assert expected[goal.reached] in sentence


@given(weeks())
def test_the_headline_of_the_week_counts_every_brand_once(week: Week) -> None:
    told = tell(week)
    if len(told.brands) < 2 or told.empty:
        return
    total = 0
    for group in told.words.headline.rstrip(".").split(". "):
        _, _, said = group.partition(": ")
        found = re.fullmatch(r"(\d+) brands?", said)
        total += int(found[1]) if found else len(said.split(", "))
    assert total == len(told.brands)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (None, "last week unknown"),
        (Change(50, 0, False), "no change on last week"),
        (Change(61, -7, True), "7 points below last week"),
        (Change(61, 1, True), "1 point above last week"),
        (Change(61, -7, False), "no change on last week"),
    ],
)
def test_a_change_in_words(change: Change | None, said: str) -> None:
    assert change_words(change, "last week") == said


def test_the_headline_of_a_storm(brand: BrandWeek, week_of: Callable[..., Week]) -> None:
    told = tell(week_of(brand))
    assert told.words.headline == (
        "Health fell by 7 points to 54, its lowest in 13 weeks; a firestorm broke out over “Refund refused”."
    )
    assert told.words.title == "Week 47, 16 to 22 November 2026"


def test_without_a_storm_the_part_that_moved_is_named(brand: BrandWeek, week_of: Callable[..., Week]) -> None:
    quiet = replace(brand, events=(), lowest_in=0)
    assert tell(week_of(quiet)).words.headline == "Health fell by 7 points to 54; calm moved most."


def test_labels_from_strangers_are_made_safe(brand: BrandWeek, week_of: Callable[..., Week]) -> None:
    nasty = "x\u202e\r\nBcc: y" + "z" * 100
    event = replace(brand.events[-1], label=nasty)
    told = tell(week_of(replace(brand, events=(event,))))
    assert not re.search("[\u202e\r\n]", told.words.headline)
    assert len(told.brands[0].events[0].label) <= 60


def test_a_risk_says_since_when_and_how_large(week_of: Callable[..., Week]) -> None:
    incident, blind = week_of("Acme").risks
    assert risk_sentence(incident, ZONE) == (
        "Since Monday 16 November, 01:00: 369 negative an hour, 13 expected, growth unknown."
    )
    assert risk_sentence(blind, ZONE).startswith("Shows nothing since Monday 16 November, 01:00")


def test_a_risk_that_is_being_learnt_has_no_expected_number(week_of: Callable[..., Week]) -> None:
    narrative = replace(week_of("Acme").risks[0], kind=RiskKind.NARRATIVE, expected=None, learning=True)
    assert risk_sentence(narrative, ZONE) == (
        "Since Monday 16 November, 01:00: 369 negative an hour, usual not known yet, growth unknown."
    )


def test_a_size_that_is_not_kept_is_no_number(week_of: Callable[..., Week]) -> None:
    lost = replace(week_of("Acme").risks[0], seen=None, expected=None)
    assert risk_sentence(lost, ZONE) == "Since Monday 16 November, 01:00: size not kept, growth unknown."


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (Coverage(0, 168, 168, MONDAY, 168), "Nothing was seen in 168 of 168 hours"),
        (Coverage(0, 167, 167, MONDAY, 167), "Nothing was seen in 167 of 167 hours"),  # clocks went forward
        (Coverage(0, 161, 161, MONDAY, 161), "Nothing was seen in 161 of the 161 whole hours so far"),
        (Coverage(40, 168, 100, MONDAY, 9), "Blind in 100 of 168 hours, 40 % of the usual stream was seen"),
        (Coverage(40, 168, 0), "Only 40 % of the usual stream was seen"),
    ],
)
def test_a_week_that_was_not_seen_says_how_much_of_it(seen: Coverage, said: str) -> None:
    risk = Risk(RiskKind.BLIND, "Acme", "Most of the week was not seen", Stage.UNKNOWN, MONDAY, coverage=seen)
    assert risk_sentence(risk, ZONE) == f"{said}: what happened meanwhile is not known."


def test_a_week_long_past_does_not_say_that_nothing_grew(week_of: Callable[..., Week]) -> None:
    quiet = replace(week_of("Acme"), risks=())
    assert "no growing narrative" in tell(quiet).words.risks
    late = tell(replace(quiet, hindsight=True)).words.risks
    assert late == "No incident was open at the end; how narratives and sources stood then is not kept."
