"""What the shipped model reads besides sentiment goes through the flow into the store, and stays."""

from pathlib import Path

from core.certainty import angry, named
from core.records import UNSURE, Fetched, Mention, Selection
from storage.integrity import integrity
from tests.unit.pipeline.conftest import NOW, Product

TEXTS = (
    "I am furious, Acme! Worst company ever, you stole my money and nobody answers!!!",
    "Acme va ouvrir un nouveau magasin à Lyon la semaine prochaine",
    "Acmeの荷物がまだ届きません。問い合わせても返事がないので、とても困っています。",
)


def mention(number: int) -> Mention:
    return Mention("feed", str(number), TEXTS[number], NOW, NOW)


async def test_tone_and_language_are_stored_with_the_score(product: Product, tmp_path: Path) -> None:
    mentions = tuple(map(mention, range(len(TEXTS))))
    await product.flow.collect("feed", Fetched(mentions))
    await product.run_until_empty()
    furious, french, japanese = (product.store.mention(one.id)[0].score for one in mentions)
    assert [one.language for one in (furious, french, japanese)] == ["en", "fr", "ja"]
    assert angry(furious.tone)
    assert not angry(french.tone)
    assert named(japanese) == UNSURE
    (row,) = product.store.mentions(9, Selection(angry=True))
    assert row.mention.id == mentions[0].id
    unsure = product.store.mentions(9, Selection(sentiment=UNSURE))
    assert mentions[2].id in {found.mention.id for found in unsure}
    assert integrity(f"sqlite:///{tmp_path}/firetower.db") == []
