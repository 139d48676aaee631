"""`firetower evaluate replays`: its archives, verdicts and traps, and the way through the real chain."""

import gzip
import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.errors import ConfigError
from core.records import Mention, Probabilities, Score
from models.score import TextScorer, open_scorer
from pipeline.__main__ import app
from pipeline.evaluate import replays
from pipeline.evaluate.kept_scores import KeptScorer
from pipeline.evaluate.replays.archives import ARCHIVES, Archive
from pipeline.evaluate.replays.found import Found, Page, Risen
from pipeline.evaluate.replays.traps import Trap, traps_of
from pipeline.evaluate.replays.verdicts import FILE, Verdict, read_verdicts, verdict_of

AT = datetime(2014, 5, 21, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
ANGRY = (  # distinct texts: sixty copies of one would be a campaign
    "awful broken cheated dangerous disgusting dreadful furious garbage hate horrible insult liars never "
    "nightmare outrageous pathetic poison refund ridiculous robbed rotten rude scam shame sick stolen "
    "terrible thieves trash ugly unacceptable useless vile worst wrecked"
)
HEADER = "archive,brand,since,until,verdict,reason\n"


class Counting:
    """The model that ships, which tells how many texts it was asked for."""

    def __init__(self, scorer: TextScorer) -> None:
        self._scorer = scorer
        self.version = scorer.version
        self.asked = 0

    def score(self, mentions: Sequence[Mention]) -> list[Score]:
        self.asked += len(mentions)
        return self._scorer.score(mentions)

    def towards(self, mentions: Sequence[Mention]) -> list[dict[str, Probabilities]]:
        return [{} for _ in mentions]


@pytest.fixture(scope="module")
def scorer() -> Counting:
    return Counting(open_scorer())


def mention(text: str, number: int = 0) -> Mention:
    return Mention("archive/x", str(number), text, AT, AT)


def page(brand: str, at: datetime, label: str = "words") -> Page:
    return Page(brand, at, "spreading", label)


def test_scores_are_kept_and_come_back_as_they_were(tmp_path: Path, scorer: Counting) -> None:
    texts = [mention("worst service ever, I am furious", 1), mention("the gate opens at nine", 2)]
    first = KeptScorer(tmp_path, lambda: scorer).score([*texts, texts[0]])
    asked = scorer.asked
    again = KeptScorer(tmp_path, lambda: scorer)
    assert again.score([*texts, texts[0]]) == first == scorer.score([*texts, texts[0]])
    assert scorer.asked == asked + 3  # by the line above alone
    assert again.version == scorer.version
    assert b"furious" not in next(tmp_path.iterdir()).read_bytes()


def write_archive(folder: Path) -> Archive:
    """Two brands: quiet days, then sixty angry people within half an hour about one of them."""
    chance, rows = random.Random(1), []
    for number in range(120):
        at = AT + number * HOUR / 4
        rows.append(
            {"id": f"q{number}", "ts": at, "ticker": "Acme", "text": f"acme opens shop number {number}"}
        )
    for number in range(60):
        at = AT + 30 * HOUR + number * HOUR / 120
        text = f"acme: {' '.join(chance.sample(ANGRY.split(), 8))}"
        rows.append({"id": f"a{number}", "ts": at, "ticker": "Acme", "text": text, "user": f"u{number}"})
    rows.append({"id": "z", "ts": AT + 7 * 24 * HOUR, "ticker": "Zenith", "text": "zenith is fine"})
    with gzip.open(folder / "tweets.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row, default=str) + "\n" for row in rows)
    return Archive("own", Path("tweets.jsonl.gz"), brand_column="ticker", left_out=frozenset({"Zenith"}))


def test_an_archive_goes_through_the_real_chain(tmp_path: Path, scorer: Counting) -> None:
    place = tmp_path / "place"
    found = replays.replayed(write_archive(tmp_path), tmp_path, place, KeptScorer(tmp_path, lambda: scorer))
    assert found.brand_weeks == pytest.approx((30 + 59 / 120) / 168)
    assert {each.brand for each in found.incidents} == {"Acme"}
    assert found.pages
    assert all(AT + 30 * HOUR < each.at < AT + 32 * HOUR for each in found.pages)
    assert not place.exists()


def test_an_unjudged_page_counts_as_false() -> None:
    verdicts = [
        Verdict("x", "Acme", AT, AT + HOUR, "true", "a real one"),
        Verdict("x", "Acme", AT + HOUR, AT + 2 * HOUR, "false", "noise"),
    ]
    pages = tuple(page("Acme", AT + hours * HOUR) for hours in (0, 1, 2))
    found = replays.judged("x", Found((*pages, page("Zenith", AT)), (), 6.0), verdicts)
    assert [each["verdict"] for each in found["pages"]] == ["true", "false", "unjudged", "unjudged"]
    assert found["false_pages_per_brand_week"] == 0.5
    assert found["pages"][0] == {
        "brand": "Acme",
        "at": "2014-05-21T10:00:00+00:00",
        "stage": "spreading",
        "label": "words",
        "verdict": "true",
    }
    assert verdict_of("y", pages[0], verdicts) == "unjudged"


def test_traps_are_met_by_silence_or_by_noticing() -> None:
    since, until = AT, AT + 2 * HOUR
    noise = Trap("x", "noise", frozenset({"Acme"}), since, until)
    trouble = Trap("x", "trouble", frozenset({"Acme"}), since, until, noticed=True)
    silent = Found((page("Acme", until), page("Zenith", since)), (), 1.0)
    assert noise.met(silent)
    assert not trouble.met(silent)
    risen = Risen("Acme", since - HOUR, since - HOUR, "smouldering", "words", None)
    noticed = Found((page("Acme", since),), (risen,), 1.0)
    assert not noise.met(noticed)
    assert trouble.met(noticed)
    over = Risen("Acme", since - HOUR, since - HOUR, "smouldering", "words", since)
    assert not trouble.met(Found((), (over,), 1.0))


def test_the_verdicts_that_ship_fit_the_archives() -> None:
    names = {archive.name for archive in ARCHIVES}
    verdicts = read_verdicts()
    assert {each.archive for each in verdicts} <= names
    for name in names:
        traps = [trap for trap in traps_of(name) if not trap.noticed]
        for each in verdicts:
            kept = [trap for trap in traps if each.brand in trap.brands and each.since < trap.until]
            assert not (each.verdict == "true" and [trap for trap in kept if trap.since < each.until]), each


@pytest.mark.parametrize(
    "row",
    [
        "own,Acme,2014-05-21T10:00Z,2014-05-21T11:00Z,maybe,because",
        "own,Acme,2014-05-21T10:00,2014-05-21T11:00Z,true,because",
        "own,Acme,2014-05-21T11:00Z,2014-05-21T10:00Z,true,because",
        "own,Acme,2014-05-21T10:00Z,2014-05-21T11:00Z,true,",
        "own,Acme,soon,2014-05-21T11:00Z,true,because",
        "own,Acme",
    ],
)
def test_a_wrong_verdict_is_named_with_its_line(tmp_path: Path, row: str) -> None:
    path = tmp_path / FILE.name
    path.write_text(HEADER + "own,Acme,2014-05-21T10:00Z,2014-05-21T11:00Z,true,because\n" + row, "utf-8")
    with pytest.raises(ConfigError, match=r"verdicts\.csv, line 3"):
        read_verdicts(path)


def test_absent_data_and_unknown_archives_are_clear_errors(tmp_path: Path) -> None:
    arguments = ["evaluate", "replays", "--data", str(tmp_path), "--work", str(tmp_path / "work")]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert "--data DIR" in result.stderr
    result = CliRunner().invoke(app, [*arguments, "--archive", "nowhere"])
    assert result.exit_code == 2
    assert "stocknet_2014, airline_2015, spotify_2017" in result.stderr


@pytest.mark.slow
def test_no_trap_is_fallen_into_and_pages_keep_their_budget(shared: Path, tmp_path: Path) -> None:
    arguments = ["evaluate", "replays", "--json", "--data", str(shared / "data"), "--work", str(tmp_path)]
    found = json.loads(CliRunner().invoke(app, arguments).stdout)
    assert set(found) == {"stocknet_2014", "airline_2015", "spotify_2017"}
    for each in found.values():
        assert all(trap["met"] for trap in each["traps"])
    for name in ("stocknet_2014", "spotify_2017"):
        assert found[name]["false_pages_per_brand_week"] <= 0.5
