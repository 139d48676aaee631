"""`explain`: an alarm of a live workspace comes out again from what is stored, with its proof."""

import json
import random
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.errors import ConfigError
from core.ports import Store
from core.records import Incident, Mention, Neighbours, Score, Scored, Selection, Signal, Stage, Step
from models.bar import threshold
from models.control import NO_NEIGHBOURS
from models.priors import load_priors
from models.signature import signature
from pipeline.coverage import FULL, Seen
from pipeline.detection import Detection
from pipeline.explain import explain_incident, find, likely_causes
from pipeline.scoring import Fresh
from pipeline.watch import open_watch
from pipeline.workspace import Purpose, open_workspace

if TYPE_CHECKING:
    from tests.scenarios.conftest import Firetower

START = datetime(2026, 3, 2, tzinfo=UTC)
DAYS = 10
BESIDE = Neighbours(("Bolt",))
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def _mention(number: int, at: datetime, lag: float, author: str, source: str, angry: bool) -> Scored:
    text = f"case {number} of {author} in {random.Random(number).random()}: {'furious' if angry else 'fine'}"
    negative = random.Random(-number).uniform(0.6, 0.95) if angry else 0.1
    seen_at = at + timedelta(minutes=lag)
    mention = Mention(source, str(number), text, at, seen_at, author=author)
    return Scored(mention, Score(negative, 1.0 - negative, 0.0, signature(text)))


def _world() -> list[Scored]:
    """Four an hour by forty regulars for ten days, then ever more strangers; some come late."""
    chance = random.Random(11)
    end = START + timedelta(days=DAYS)
    made = [
        _mention(
            number,
            START + timedelta(seconds=chance.uniform(0, 86_400 * DAYS)),
            chance.choice([0.05, 0.1, 9.0]),
            f"regular{chance.randrange(40)}",
            "forum",
            chance.random() < 0.25,
        )
        for number in range(96 * DAYS)
    ]
    storm = (end + timedelta(hours=3) * chance.random() ** 0.3 for _ in range(90))
    made += [
        _mention(5_000 + n, at, chance.choice([0.05, 2.0]), f"stranger{n}", ("forum", "social")[n % 2], True)
        for n, at in enumerate(storm)
    ]
    return sorted(made, key=lambda each: each.mention.seen_at)


def _of_the_rival() -> list[Scored]:
    """What is said of a rival alone: it rises a little at the same time, and some of it comes late."""
    chance = random.Random(12)
    times = [START + timedelta(seconds=chance.uniform(0, 86_400 * DAYS)) for _ in range(48 * DAYS)]
    times += [START + timedelta(days=DAYS, hours=3 * chance.random()) for _ in range(25)]
    return [
        _mention(
            90_000 + n, at, chance.choice([0.05, 9.0]), f"regular{chance.randrange(40)}", "forum", n % 3 == 0
        )
        for n, at in enumerate(times)
    ]


def _live(folder: Path) -> Store:
    """Let the real chain count and look as in a live workspace, minute by minute while something happens."""
    space = open_workspace(folder, Purpose.LIVE)
    store = space.store
    detection = Detection(
        store,
        lambda brand, now: open_watch(brand, store, 0.5, now, BESIDE if brand == "Acme" else NO_NEIGHBOURS),
        lambda brand, now: replace(FULL, observable=2),
    )
    now = START
    world = [(each, ("Acme",)) for each in _world()] + [(each, ("Bolt",)) for each in _of_the_rival()]
    for each, brands in sorted(world, key=lambda pair: pair[0].mention.seen_at):
        quiet = now + timedelta(minutes=30) < each.mention.seen_at and now < START + timedelta(days=DAYS)
        now = each.mention.seen_at - 2 * MINUTE if quiet else now
        while now < each.mention.seen_at:
            detection.tick(now)
            detection.commit()
            now += MINUTE
        detection.advance(each.mention.seen_at)
        detection.count(Fresh(each, brands), each.mention.seen_at)
    detection.tick(now)
    detection.commit()
    return store


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("live")
    store = _live(folder)
    yield folder
    store.close()


@pytest.fixture(scope="module")
def paged(workspace: Path) -> Incident:
    space = open_workspace(workspace, Purpose.LIVE)
    (incident,) = [each for each in space.store.incidents(brand="Acme") if each.paged_at]
    space.close()
    return incident


def test_a_page_comes_out_again_with_its_whole_explanation(workspace: Path, paged: Incident) -> None:
    explained = explain_incident(workspace, paged.id[:8])
    signal = explained.explanation.signal
    assert explained.differences == ()
    assert explained.again == signal
    assert signal.new_authors is not None
    assert signal.authors is not None
    assert signal.new_authors > 0.5 * signal.authors
    assert signal.control is not None
    assert (signal.control.neighbours, signal.control.rivals) == (BESIDE, 1)
    assert explained.again.control == signal.control
    text = explained.text()
    for said in (
        f"Rivals rose too: {len(signal.control.rivals_rose)} of 1",
        "Reproduced from what is stored, bit for bit.",
        "negative mentions of Acme in the last hour",
        f"{signal.authors} authors, {signal.new_authors} of them new, on 2 sources.",
        "It began on",
        "What speaks loudest for it:",
        "new authors",
        "it would not have paged",
        "First mentions:",
        "Every source was seen.",
        f"  {explained.explanation.first[0].at:%m-%d %H:%M} UTC, {explained.explanation.first[0].source}: ",
    ):
        assert said in text


def test_what_is_not_known_is_said_with_the_reason(workspace: Path, paged: Incident) -> None:
    explained = explain_incident(workspace, paged.id)
    assert json.loads(explained.json())["not_known"] == {}
    young = replace(explained.explanation.signal, new_authors=None)
    nameless = replace(young, authors=None)
    for signal, names, why in (
        (young, ["new_authors"], "before authors were watched for 7 days; of imported history only counts"),
        (nameless, ["authors", "new_authors"], "no source names authors"),
    ):
        told = replace(explained, explanation=replace(explained.explanation, signal=signal))
        assert sorted(json.loads(told.json())["not_known"]) == names
        assert why in told.text()


def test_the_smallest_set_is_kept_and_its_texts_are_shown(workspace: Path, paged: Incident) -> None:
    explained = explain_incident(workspace, paged.id)
    smallest = explained.explanation.smallest
    assert paged.explanation.smallest
    assert 0 < len(smallest) < explained.explanation.signal.mentions
    assert [quote.mention_id for quote in explained.smallest] == list(smallest)
    assert all("case" in quote.text for quote in explained.smallest)
    assert explained.smallest[0].text in explained.text()


def test_the_table_adds_up(workspace: Path, paged: Incident) -> None:
    explained = explain_incident(workspace, paged.id)
    total = sum(part.value for part in explained.explanation.signal.contributions)
    assert f"together{total:+25.1f}" in explained.text()
    assert f"above the bar of 10^{explained.explanation.signal.threshold:.1f}" in explained.text()


def test_an_unknown_or_ambiguous_incident_is_told_with_the_nearest(workspace: Path, paged: Incident) -> None:
    wrong = ("0" if paged.id[0] != "0" else "1") + paged.id[1:]
    with pytest.raises(ConfigError, match=f"the nearest: {paged.id}"):
        explain_incident(workspace, wrong)
    with pytest.raises(ConfigError, match="the newest"):
        explain_incident(workspace, "no such thing")
    space = open_workspace(workspace, Purpose.LIVE)
    try:
        with pytest.raises(ConfigError, match="no incident has the id ''"):
            find(space.store, "")
    finally:
        space.close()


def test_several_incidents_that_begin_alike_are_named(tmp_path: Path, paged: Incident) -> None:
    space = open_workspace(tmp_path / "two", Purpose.LIVE)
    try:
        with pytest.raises(ConfigError, match="no incident yet"):
            find(space.store, "abc")
        twins = tuple(replace(paged, id=f"abc{number}") for number in range(2))
        space.store.commit(Step(incidents=twins))
        with pytest.raises(ConfigError, match="several incidents begin like that: abc"):
            find(space.store, "abc")
        assert find(space.store, "abc1").id == "abc1"
    finally:
        space.close()


def test_the_command_prints_one_json_object_also_while_the_workspace_is_open(
    firetower: "Firetower", workspace: Path, paged: Incident
) -> None:
    told = firetower.json("explain", paged.id[:10], "--workspace", str(workspace))
    assert told["reproduced"] is True
    assert told["bit_for_bit"] is True
    assert told["incident"] == paged.id
    assert len(told["smallest"]) == len(told["explanation"]["smallest"])
    assert "it would not have paged" in told["explanation"]["counterfactual"]
    done = firetower.run("explain", "nothing", "--workspace", str(workspace))
    assert done.returncode == 2
    assert paged.id in done.stderr
    assert done.stdout == ""
    json.dumps(told)


def test_what_was_changed_since_is_named(tmp_path: Path) -> None:
    """People correct scores: the alarm no longer comes out as it was, and it says in what."""
    store = _live(tmp_path / "changed")
    try:
        (incident,) = [each for each in store.incidents(brand="Acme") if each.paged_at]
        since = incident.started_at
        rows = store.mentions(20, Selection(brand="Acme", since=since, min_negative=0.5), oldest_first=True)
        store.rescore({row.mention.id: replace(row.score, negative=0.0, neutral=1.0) for row in rows})
        explained = explain_incident(tmp_path / "changed", incident.id)
    finally:
        store.close()
    assert not explained.reproduced
    assert "negative mentions in the hour" in {each.what for each in explained.differences}
    assert "Not reproduced from what is stored now:" in explained.text()
    assert "Likely because scores changed since: labels were corrected" in explained.text()


def test_what_differs_gets_a_likely_cause_in_words() -> None:
    paged = Signal("Acme", START, Stage.SPREADING, seen=143.1, expected=1.0, mentions=170.0)
    later = replace(paged, seen=150.2, expected=1.6, mentions=179.0)
    counted, usual = likely_causes(paged, later, hidden=True)
    assert counted == "mentions had arrived that were counted only after the alarm"
    assert usual.startswith("not all was seen in the hour before, and what is usual was learnt")
    (gone,) = likely_causes(paged, replace(paged, seen=120.0, mentions=140.0), hidden=False)
    assert gone.startswith("mentions were deleted or erased since")
    assert not [*likely_causes(paged, paged, hidden=True)]


class Backlog:
    """A live workspace on a slow machine: it counts some mentions long after they arrived, and restarts."""

    STORM = START + timedelta(days=3)
    BLIND = (STORM - timedelta(hours=5), STORM - timedelta(hours=2))

    def __init__(self, folder: Path) -> None:
        self.space = open_workspace(folder, Purpose.LIVE)
        self.detection = self._start(0.5)

    def _start(self, budget: float) -> Detection:
        store = self.space.store
        return Detection(store, lambda brand, now: open_watch(brand, store, budget, now), self._see)

    def _see(self, _brand: str, now: datetime) -> Seen:
        return Seen(0.4, 1) if self.BLIND[0] <= now < self.BLIND[1] else Seen(1.0, 2)

    def restart(self, budget: float = 0.37) -> None:
        """Forget everything that is not stored; page at another bar from now on, as after a verdict."""
        self.detection = self._start(budget)

    def run(self, arrivals: list[tuple[datetime, Scored]]) -> None:
        """Count each mention at its time; look each minute from an hour before the storm on."""
        arrivals = sorted(arrivals, key=lambda each: each[0])
        now = self.STORM - timedelta(hours=1)
        for at, scored in arrivals:
            while now <= at:
                self._look(now)
                now += MINUTE
            self.detection.advance(at)
            self.detection.count(Fresh(scored, ("Acme",)), at)
        self._look(now)

    def _look(self, now: datetime) -> None:
        if now == self.STORM + timedelta(minutes=30):
            self.restart()
        self.detection.tick(now)
        self.detection.commit()


def _arrivals() -> list[tuple[datetime, Scored]]:
    """Three days of everyday, an outage of one source that it makes up for at once, and a storm.

    In the storm each third mention is counted a quarter of an hour after it arrived.
    """
    chance, found = random.Random(3), list[tuple[datetime, Scored]]()
    for number in range(288):
        at = START + timedelta(seconds=chance.uniform(0, 3 * 86_400))
        hidden = Backlog.BLIND[0] <= at < Backlog.BLIND[1] and number % 2 == 0
        lag = (Backlog.BLIND[1] - at) / MINUTE if hidden else chance.choice([0.05, 9.0, 75.0])
        scored = _mention(number, at, lag, f"regular{number % 40}", "forum", chance.random() < 0.25)
        found.append((scored.mention.seen_at, scored))
    for number in range(90):
        at = Backlog.STORM + timedelta(hours=2) * chance.random() ** 0.4
        scored = _mention(9_000 + number, at, 0.5, f"stranger{number}", ("forum", "social")[number % 2], True)
        found.append((scored.mention.seen_at + number % 3 // 2 * 15 * MINUTE, scored))
    return found


def test_late_mentions_a_catch_up_a_backlog_and_restarts_change_no_bit(tmp_path: Path) -> None:
    world = Backlog(tmp_path)
    world.run(_arrivals())
    world.restart(0.5)
    store = world.space.store
    (incident,) = [each for each in store.incidents() if each.paged_at]
    explained = explain_incident(tmp_path, incident.id)
    signal, counted = explained.explanation.signal, explained.explanation.counted
    rows = store.matches_since("Acme", 0, 1_000)
    assert counted is not None
    assert [row for row in rows if row.seq > counted and row.mention.seen_at < signal.at]
    assert [row for row in rows if row.seq <= counted and row.mention.seen_at - row.mention.event_at > HOUR]
    assert signal.threshold == threshold(load_priors(), 0.37)
    assert signal.at > Backlog.STORM + timedelta(minutes=30)
    assert explained.exact
    for part, again in zip(signal.contributions, explained.again.contributions, strict=True):
        assert (part.name, part.value.hex()) == (again.name, again.value.hex())
    assert signal.evidence.hex() == explained.again.evidence.hex()
    assert '"bit_for_bit":true' in explained.json()
    world.space.close()


def test_a_page_of_a_former_version_comes_out_again_without_the_state_and_number(tmp_path: Path) -> None:
    world = Backlog(tmp_path)
    world.run([(scored.mention.seen_at, scored) for _, scored in _arrivals()])
    (incident,) = [each for each in world.space.store.incidents() if each.paged_at]
    world.space.close()
    with sqlite3.connect(tmp_path / "firetower.db") as database:
        database.execute("DELETE FROM snapshot WHERE key LIKE 'page/%'")
        for table in ("incident", "notification"):
            database.execute(f"UPDATE {table} SET payload = json_remove(payload, '$.explanation.counted')")
    explained = explain_incident(tmp_path, incident.id)
    assert explained.explanation.counted is None
    assert explained.reproduced
