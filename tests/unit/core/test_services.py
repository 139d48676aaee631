"""Clocks, codec, registry, signing, words and masking."""

import asyncio
import doctest
import importlib
from datetime import UTC, datetime, timedelta

import pytest

import core
import monitors
from core import words
from core.clock import CatchUpClock, ManualClock
from core.codec import dumps, loads
from core.records import (
    Entry,
    Explanation,
    Flag,
    Growth,
    Incident,
    Mention,
    Signal,
    Stage,
    StageChange,
    derive,
)
from core.registry import modules, plugins
from core.signing import BadToken, Grant, Signer
from core.telemetry import mask

NOW = datetime(2026, 11, 20, 14, 32, 5, 123456, tzinfo=UTC)


@pytest.mark.parametrize("module", [module.__name__ for module in modules(core)])
def test_examples_in_docstrings_run(module: str) -> None:
    result = doctest.testmod(importlib.import_module(module))
    assert result.failed == 0


def test_records_survive_the_codec() -> None:
    mention = Mention("rss/a", "1", "naïve 😀", NOW, NOW, flags=Flag.FUTURE | Flag.SIMULATED)
    signal = Signal("Acme", NOW, Stage.FIRESTORM, growth=Growth(0.8, 0.1, 1.2))
    explanation = Explanation(signal, "headline", ("one.", "two."), "label")
    change = StageChange(Stage.SPREADING, NOW)
    incident = Incident(
        "i", "Acme", Stage.FIRESTORM, Stage.FIRESTORM, NOW, NOW, NOW, explanation, stages=(change,)
    )
    for value in (Entry(mention, ("Acme",)), incident):
        assert loads(type(value), dumps(value)) == value


def test_ids_depend_on_every_part_and_on_its_place() -> None:
    assert len({derive("a", "bc"), derive("ab", "c"), derive("bc", "a")}) == 3
    assert derive("broken \ud800 text")


def test_a_module_without_plugins_gives_none() -> None:
    assert plugins(core, "kind") == {}
    assert "rss" in plugins(monitors, "kind")


async def test_a_manual_clock_wakes_sleepers_in_its_own_time() -> None:
    clock = ManualClock(NOW)
    sleeper = asyncio.create_task(clock.sleep(60))
    await asyncio.sleep(0)
    clock.move(timedelta(seconds=59))
    await asyncio.sleep(0)
    assert not sleeper.done()
    clock.move(timedelta(seconds=1))
    await asyncio.wait_for(sleeper, 5)


async def test_a_catching_up_clock_never_shows_the_future() -> None:
    clock = CatchUpClock(timedelta(seconds=5), speed=50)
    assert not clock.caught_up
    shown = [clock.now()]
    while not clock.caught_up:
        await clock.sleep(1)
        shown.append(clock.now())
    await clock.sleep(0)
    assert shown == sorted(shown)
    assert shown[-1] <= datetime.now(UTC)


def test_a_clock_that_never_catches_up_is_refused() -> None:
    with pytest.raises(ValueError, match="above 1"):
        CatchUpClock(timedelta(1), 1.0)


def test_a_link_is_good_for_a_week_and_for_nothing_else() -> None:
    signer = Signer("a" * 32)
    token = signer.sign(Grant("incident", "mail"), NOW)
    assert signer.check(token, NOW + timedelta(days=6)) == Grant("incident", "mail")
    with pytest.raises(BadToken, match="expired"):
        signer.check(token, NOW + timedelta(days=8))
    for forged in (token[:-1] + ("A" if token[-1] != "A" else "B"), "", "x.y", token.swapcase(), "é"):
        with pytest.raises(BadToken, match="damaged"):
            signer.check(forged, NOW)
    with pytest.raises(BadToken):
        Signer("b" * 32).check(token, NOW)


@pytest.mark.parametrize(
    ("growth", "says"),
    [
        (None, "unknown"),
        (Growth(0.1, -0.2, 0.4), "not growing"),
        (Growth(0.866, 0.52, 1.19), "doubles in 48 min (35–80)"),
        (Growth(-0.26, -0.4, -0.2), "halves in 2 h 40 (1 h 45 – 3 h 30)"),
    ],
)
def test_growth_in_words(growth: Growth | None, says: str) -> None:
    assert words.growth(growth) == says


def test_secrets_are_masked_wherever_they_stand() -> None:
    text = mask("POST https://user:hunter2@host/x?token=abc&b=1 with s3cr3t-value", ["s3cr3t-value"])
    assert "hunter2" not in text
    assert "abc" not in text
    assert "s3cr3t" not in text
    assert "b=1" in text
