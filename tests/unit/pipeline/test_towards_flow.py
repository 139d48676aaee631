"""A text that names two brands counts for each with what it says of that one."""

from pathlib import Path

import pytest

from core.config import BrandConfig
from core.records import Entry, Fetched, Mention, Selection, Sentiment
from models.score import TextScorer
from pipeline.scoring import BrandScorer, score_fresh
from storage import open_store
from storage.integrity import integrity
from tests.unit.pipeline.conftest import NOW, Product

BRANDS = (BrandConfig(name="Acme", rivals=("Zenith",)), BrandConfig(name="Zenith"))
LEFT = "left Acme for Zenith, never happier"


def mention(number: int, text: str) -> Mention:
    return Mention("feed", str(number), text, NOW, NOW)


@pytest.fixture(scope="module")
def scorer(text_scorer: TextScorer) -> BrandScorer:
    return BrandScorer(text_scorer, BRANDS)


async def test_each_brand_counts_what_is_said_of_it(product: Product, tmp_path: Path) -> None:
    plain = "Acme lost my parcel, I am furious"
    await product.flow.collect("feed", Fetched((mention(0, LEFT), mention(1, plain))))
    await product.run_until_empty()
    left, lost = mention(0, LEFT).id, mention(1, plain).id
    acme, zenith = product.store.mention(left)
    assert acme.felt.negative > 0.5 > acme.felt.positive
    assert zenith.felt.positive > 0.5 > zenith.felt.negative
    assert acme.score == zenith.score
    (alone,) = product.store.mention(lost)
    assert alone.towards is None
    found = product.store.mentions(9, Selection(brand="Zenith", sentiment=Sentiment.POSITIVE))
    assert [row.mention.id for row in found] == [left]
    assert integrity(f"sqlite:///{tmp_path}/firetower.db") == []


def test_a_batch_does_not_change_a_reading(scorer: BrandScorer, tmp_path: Path) -> None:
    texts = (LEFT, "Acme is slow but Zenith answered at once, lovely people", "Zenith opens in May")
    entries = [Entry(mention(number, text), ("Acme", "Zenith")) for number, text in enumerate(texts)]
    store = open_store(f"memory://{tmp_path}")
    together = [fresh.towards for fresh in score_fresh(entries, store, scorer)]
    alone = [score_fresh([entry], store, scorer)[0].towards for entry in entries]
    assert together == alone
    assert [sorted(each) for each in together] == [["Acme", "Zenith"], ["Acme", "Zenith"], []]
