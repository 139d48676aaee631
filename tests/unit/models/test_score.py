"""The scorer: one score per mention, the same in every batch, copies at no cost."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import numpy as np
import pytest
from numpy.typing import NDArray

from core.errors import ConfigError
from core.ports import Encoder, Scorer
from core.records import Mention
from models import score
from models.embed import open_encoder
from models.sentiment import SentimentHead
from models.signature import signature

AT = datetime(2015, 2, 17, tzinfo=UTC)


class Counting:
    """The real encoder, and how many texts it was given."""

    def __init__(self) -> None:
        self._inner: Encoder = open_encoder(threads=1)
        self.name, self.dimensions = self._inner.name, self._inner.dimensions
        self.texts = 0

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.texts += len(texts)
        return self._inner.encode(texts)


@pytest.fixture
def encoder() -> Counting:
    return Counting()


@pytest.fixture
def scorer(encoder: Counting) -> score.TextScorer:
    return score.TextScorer(encoder, SentimentHead.load())


def mention(text: str, title: str = "") -> Mention:
    return Mention("rss/news", text[:40] + title, text, AT, AT, title=title)


def mentions(count: int) -> list[Mention]:
    return [
        mention(f"order {n} is {'late, this is awful' if n % 3 else 'here, thanks'}") for n in range(count)
    ]


def test_one_score_per_mention_in_order(scorer: Scorer) -> None:
    bad, good = scorer.score([mention("I hate this, worst airline ever"), mention("lovely crew, thank you!")])
    assert bad.negative > 0.6 > good.negative
    assert good.positive > 0.6 > bad.positive
    assert bad.negative + bad.neutral + bad.positive == pytest.approx(1.0, abs=1e-6)
    assert bad.version == good.version == scorer.version
    assert scorer.score([]) == []


def test_signature_is_that_of_title_and_text(scorer: Scorer) -> None:
    one = mention("The refund never came and nobody answers the phone at all", title="Angry customers")
    assert scorer.score([one])[0].signature == signature(one.body)


def test_the_version_names_encoder_and_head(scorer: Scorer, encoder: Counting) -> None:
    assert scorer.version == f"{encoder.name}+sentiment-{SentimentHead.load().version}"


def test_batches_change_no_score() -> None:
    """A replay that was killed and went on in other batches must give the same sums."""
    batch = mentions(150)
    whole = score.open_scorer().score(batch)
    again = score.open_scorer()
    parts = [row for start in range(0, 150, 7) for row in again.score(batch[start : start + 7])]
    differences = [abs(one.negative - other.negative) for one, other in zip(whole, parts, strict=True)]
    assert max(differences) < 1e-6


def test_copies_are_encoded_once(scorer: Scorer, encoder: Counting) -> None:
    first = scorer.score([mention("they lost my bag again"), mention("RT @jo: they lost my bag again")])
    assert encoder.texts == 1
    second = scorer.score([mention("they lost my bag again")])
    assert encoder.texts == 1
    assert first[0].negative == first[1].negative == second[0].negative


def test_memory_of_texts_is_bounded_and_keeps_the_recent(
    scorer: score.TextScorer, encoder: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scorer._recent, "_capacity", 3)
    for text in ("a", "b", "c", "a", "d"):
        scorer.probabilities([text])
    assert encoder.texts == 4
    scorer.probabilities(["a", "d", "c"])
    assert encoder.texts == 4
    scorer.probabilities(["b"])
    assert encoder.texts == 5


def test_more_texts_than_are_remembered(
    scorer: score.TextScorer, encoder: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scorer._recent, "_capacity", 2)
    assert scorer.probabilities(["a", "b", "c", "d", "a"]).shape == (5, 3)
    assert encoder.texts == 4


def test_threads_share_a_scorer(scorer: Scorer) -> None:
    batch = mentions(60)
    expected = scorer.score(batch)
    fresh = score.open_scorer()
    with ThreadPoolExecutor(4) as threads:
        for found in threads.map(fresh.score, [batch] * 4):
            assert [row.negative for row in found] == pytest.approx([row.negative for row in expected])


@pytest.mark.parametrize("text", ["", "\x00", "\udfff", "<script>alert(1)</script>", "a " * 500_000])
def test_hostile_texts_are_scored(scorer: Scorer, text: str) -> None:
    (row,) = scorer.score([mention(text)])
    assert 0.0 <= row.negative <= 1.0


def test_a_head_for_another_encoder_is_refused(encoder: Counting) -> None:
    encoder.name = "another"
    with pytest.raises(ConfigError, match="was trained on the embeddings of"):
        score.TextScorer(encoder, SentimentHead.load())
