"""The scorer: one score per mention, the same in every batch, copies at no cost."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from core.ports import Scorer
from core.records import Mention
from core.vectors import pack_vector, unpack_vector
from models import score
from models.adaptation import Adaptation, read_version
from models.embed import PLAIN, open_encoder
from models.features import canonical
from models.signature import signature
from models.student import Read, Student

AT = datetime(2015, 2, 17, tzinfo=UTC)


class Counting(Student):
    """The real model, and how many texts it was given."""

    def __init__(self) -> None:
        self.texts = 0
        super().__init__(threads=1)
        self.texts = 0

    def read(self, texts: Sequence[str]) -> Read:
        self.texts += len(texts)
        return super().read(texts)


@pytest.fixture
def student() -> Counting:
    return Counting()


@pytest.fixture
def scorer(student: Counting) -> score.TextScorer:
    return score.TextScorer(student)


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


def test_every_score_carries_the_embedding_also_the_remembered_one(scorer: Scorer, student: Counting) -> None:
    bag = mention("they lost my bag again @DHL")
    (vector,) = student.encoder.encode([canonical(bag.body)])
    first, *_ = scorer.score([bag])
    again, copy = scorer.score([bag, mention("RT @jo: they lost my bag again @DHL")])
    assert first.embedding == again.embedding == copy.embedding == pack_vector(vector)
    assert len(first.embedding) == student.encoder.dimensions
    assert float(unpack_vector(first.embedding) @ vector) > 0.99


def learned(number: int, strength: float, dimensions: int) -> Adaptation:
    weights = np.random.default_rng(number).normal(scale=strength, size=(dimensions, 3))
    return Adaptation(number, weights, np.array([strength, 0.0, -strength]))


def test_what_was_learned_is_used_and_taken_back_exactly(scorer: score.TextScorer) -> None:
    batch = mentions(40)
    shipped = scorer.score(batch)
    scorer.adapt(score.InUse(learned(3, 0.5, scorer.dimensions)))
    adapted = scorer.score(batch)
    assert scorer.version == adapted[0].version
    assert {read_version(scorer.base, row.version) for row in adapted} == {3}
    assert all(a.negative != s.negative for a, s in zip(adapted, shipped, strict=True))
    assert [a.embedding for a in adapted] == [s.embedding for s in shipped]
    scorer.adapt(score.InUse())
    assert scorer.score(batch) == shipped


def test_a_version_that_learned_nothing_gives_the_shipped_numbers(scorer: score.TextScorer) -> None:
    batch = mentions(40)
    shipped = scorer.probabilities([each.body for each in batch]).tolist()
    scorer.adapt(score.InUse(learned(1, 0.0, scorer.dimensions)))
    assert [[row.negative, row.neutral, row.positive] for row in scorer.score(batch)] == shipped


def test_the_time_of_the_mention_decides_which_version_scores_it(scorer: score.TextScorer) -> None:
    """A mention that comes late belongs to a bin of the former version, and gets that version's score."""
    new, old = learned(2, 0.5, scorer.dimensions), learned(1, 0.5, scorer.dimensions)
    text = "my parcel is late"
    late, due = (Mention("rss/news", str(at), text, at, AT) for at in (AT - timedelta(seconds=1), AT))
    scorer.adapt(score.InUse(new, old, AT))
    mixed = scorer.score([due, late, due])
    assert [read_version(scorer.base, row.version) for row in mixed] == [2, 1, 2]
    scorer.adapt(score.InUse(new))
    assert scorer.score([due])[0] == mixed[0]
    scorer.adapt(score.InUse(old))
    assert scorer.score([late])[0] == mixed[1]


def test_the_version_names_encoder_and_head(scorer: Scorer, student: Counting) -> None:
    assert scorer.version == student.name


def test_batches_change_no_score() -> None:
    """A replay that was killed and went on in other batches must give the same sums."""
    batch = mentions(150)
    whole = score.open_scorer().score(batch)
    again = score.open_scorer()
    parts = [row for start in range(0, 150, 7) for row in again.score(batch[start : start + 7])]
    differences = [abs(one.negative - other.negative) for one, other in zip(whole, parts, strict=True)]
    assert max(differences) < 1e-6


def test_copies_are_encoded_once(scorer: Scorer, student: Counting) -> None:
    first = scorer.score([mention("they lost my bag again"), mention("RT @jo: they lost my bag again")])
    assert student.texts == 1
    second = scorer.score([mention("they lost my bag again")])
    assert student.texts == 1
    assert first[0].negative == first[1].negative == second[0].negative


def test_memory_of_texts_is_bounded_and_keeps_the_recent(
    scorer: score.TextScorer, student: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scorer._recent, "_capacity", 3)
    for text in ("a", "b", "c", "a", "d"):
        scorer.probabilities([text])
    assert student.texts == 4
    scorer.probabilities(["a", "d", "c"])
    assert student.texts == 4
    scorer.probabilities(["b"])
    assert student.texts == 5


def test_more_texts_than_are_remembered(
    scorer: score.TextScorer, student: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scorer._recent, "_capacity", 2)
    assert scorer.probabilities(["a", "b", "c", "d", "a"]).shape == (5, 3)
    assert student.texts == 4


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


def test_another_encoder_gives_the_embeddings_and_changes_no_sentiment(scorer: score.TextScorer) -> None:
    other = score.open_scorer(PLAIN)
    batch = mentions(3)
    shipped, plain = scorer.score(batch), other.score(batch)
    assert other.base == f"{scorer.base}+{PLAIN}"
    assert [row.negative for row in plain] == [row.negative for row in shipped]
    (vector,) = open_encoder(PLAIN).encode([canonical(batch[0].body)])
    assert plain[0].embedding == pack_vector(vector) != shipped[0].embedding


def test_every_score_carries_the_tone(scorer: Scorer) -> None:
    calm, angry = scorer.score(
        [mention("the shop opens at nine"), mention("I am furious, this makes me rage")]
    )
    assert calm.tone is not None
    assert angry.tone is not None
    assert angry.tone.anger > calm.tone.anger + 0.2
