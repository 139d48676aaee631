"""What may be written down, at the place that every mention passes."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from core.config import FILE, Config, PrivacyConfig, ensure_secret, load_config
from core.errors import ConfigError
from core.records import Entry, Fetched, Flag, Mention, MentionRow, Selection
from pipeline.archive import ReplayRequest, replay_files
from pipeline.maintenance import erase_author
from pipeline.privacy import Privacy, Pseudonyms, open_privacy
from pipeline.workspace import database_url
from storage import open_store

if TYPE_CHECKING:
    from tests.unit.pipeline.conftest import Product

NOW = datetime(2026, 11, 20, 14, 2, tzinfo=UTC)
SECRET = "the secret of a workspace"
HIDING = Privacy(PrivacyConfig(pseudonymise_authors=True), SECRET)
NAME = "did:plc:ewvi7nxzyoun6zhxrhs64oiz"


def post(number: int, text: str = "Acme is down", author: str = NAME) -> Mention:
    native_id = f"at://{author}/app.bsky.feed.post/{number}"
    url = f"https://bsky.app/profile/{author}/post/{number}"
    return Mention("feed", native_id, text, NOW, NOW, author=author, url=url)


def edit(number: int, text: str) -> Mention:
    return replace(post(number, text), flags=Flag.EDITED)


def article(url: str, author: str) -> Mention:
    return replace(post(1, author=author), url=url, kind="article")


def hidden(mention: Mention) -> Mention:
    return Pseudonyms(SECRET).mention(mention)


def rows(product: "Product", text: str = "") -> list[MentionRow]:
    return product.store.mentions(100, Selection(search=text))


def written(folder: Path) -> bytes:
    """Return every byte of the database, its log among them."""
    return b"".join(path.read_bytes() for path in folder.glob("firetower.db*"))


# -- contacts ------------------------------------------------------------------------------------------


async def test_contacts_are_masked_before_anything_is_written(product: "Product", tmp_path: Path) -> None:
    call = post(1, "Acme is down, call jane@home.example or +44 20 7946 0958, order 4016688561")
    await product.flow.collect("feed", Fetched((replace(call, title="Tell 020 7946 0959"),), "c"))
    waiting = written(tmp_path)
    await product.run_until_empty()
    [row] = rows(product)
    assert row.mention.text == "Acme is down, call [e-mail] or [phone], order 4016688561"
    assert row.mention.title == "Tell [phone]"
    assert (row.mention.author, row.mention.url) == (call.author, call.url)
    assert rows(product, "home") == []
    for gone in (b"home.example", b"7946"):
        assert gone not in waiting
        assert gone not in written(tmp_path)


async def test_a_brand_named_only_in_an_address_is_matched_all_the_same(product: "Product") -> None:
    await product.flow.collect("feed", Fetched((post(1, "No answer from help@acme.example, ever"),), "c"))
    await product.run_until_empty()
    [row] = rows(product)
    assert (row.brand, row.mention.text) == ("Acme", "No answer from [e-mail], ever")


async def test_an_edit_is_masked_also_when_it_names_no_brand_any_more(
    product: "Product", tmp_path: Path
) -> None:
    await product.flow.collect("feed", Fetched((post(1),), "c"))
    await product.run_until_empty()
    await product.flow.collect("feed", Fetched((edit(1, "write to jane@home.example"),), "d"))
    await product.run_until_empty()
    assert [row.mention.text for row in rows(product)] == ["write to [e-mail]"]
    assert b"home.example" not in written(tmp_path)


def test_nothing_changes_where_there_is_nothing_to_mask() -> None:
    entry = Entry(post(1), ("Acme",))
    assert Privacy(PrivacyConfig(), "").entry(entry) is entry
    told = Entry(post(1, "jane@home.example"), ("Acme",))
    assert Privacy(PrivacyConfig(mask_contacts=False), "").entry(told) is told


# -- authors -------------------------------------------------------------------------------------------


class TestPseudonyms:
    """Everything here runs with the setting switched on."""

    @pytest.fixture
    def privacy(self) -> Privacy:
        return HIDING

    async def test_no_byte_of_the_database_names_an_author(self, product: "Product", tmp_path: Path) -> None:
        await product.flow.collect("feed", Fetched((post(1), post(2)), "c"))
        waiting = written(tmp_path)
        await product.run_until_empty()
        stored = {row.mention.native_id: row.mention for row in rows(product)}
        assert stored == {each.native_id: each for each in map(hidden, (post(1), post(2)))}
        assert NAME.encode() not in waiting
        assert NAME.encode() not in written(tmp_path)

    async def test_authors_can_still_be_told_apart(self, product: "Product") -> None:
        await product.flow.collect("feed", Fetched((post(1), post(2), post(3, author="other")), "c"))
        await product.run_until_empty()
        assert len({row.mention.author for row in rows(product)}) == 2

    async def test_a_deletion_and_an_edit_find_what_they_mean(self, product: "Product") -> None:
        await product.flow.collect("feed", Fetched((post(1), post(2)), "c"))
        await product.run_until_empty()
        await product.flow.collect(
            "feed", Fetched((edit(2, "Acme is back"),), "d", deleted=(post(1).native_id,))
        )
        await product.run_until_empty()
        assert sorted(row.mention.text for row in rows(product)) == ["", "Acme is back"]

    async def test_a_deletion_of_what_is_older_than_the_setting_is_honoured(
        self, product: "Product", tmp_path: Path
    ) -> None:
        product.log.append("feed", [Entry(post(1), ("Acme",))], "c")  # as without the setting
        await product.run_until_empty()
        await product.flow.collect("feed", Fetched(cursor="d", deleted=(post(1).native_id,)))
        assert [row.mention.text for row in rows(product)] == [""]

    async def test_a_closed_account_is_known_by_both_of_its_names(self, product: "Product") -> None:
        product.log.append("feed", [Entry(post(1), ("Acme",))], "c")  # as without the setting
        await product.flow.collect("feed", Fetched((post(2), post(3, author="other")), "d"))
        await product.run_until_empty()
        await product.flow.collect("feed", Fetched((post(4),), "e", closed=(NAME,)))
        await product.run_until_empty()
        assert sorted(row.mention.text for row in rows(product)) == ["", "", "", "Acme is down"]

    async def test_an_author_is_erased_by_name_on_both_sides_of_the_setting(
        self, product: "Product", tmp_path: Path
    ) -> None:
        (tmp_path / "secret").write_text(SECRET, encoding="utf-8")
        product.log.append("feed", [Entry(post(1), ("Acme",))], "c")  # as without the setting
        await product.flow.collect("feed", Fetched((post(2), post(3, author="other")), "d"))
        await product.run_until_empty()
        assert erase_author(tmp_path, "somebody", "") == 0
        assert erase_author(tmp_path, NAME, "feed") == 2
        assert sorted(row.mention.text for row in rows(product)) == ["", "", "Acme is down"]


def test_a_pseudonym_depends_on_the_name_and_on_the_secret_alone() -> None:
    one, other = Pseudonyms(SECRET), Pseudonyms("another secret of 16")
    assert one.author(NAME) == Pseudonyms(SECRET).author(NAME)
    assert len({one.author(NAME), one.author("other"), other.author(NAME)}) == 3
    assert one.author("") == ""
    assert one.native_id("feed", "1") != one.native_id("other", "1"), "an id is one of its source"
    assert one.author("\ud800").isascii()


def test_links_that_lead_to_an_author_go() -> None:
    assert hidden(post(1)).url == ""
    assert hidden(replace(post(1), url="https://forum.example/item?id=1", kind="comment")).url == ""
    for url, author in [
        ("https://blog.example/@jane/1", "jane@blog.example"),
        ("https://blog.example/authors/J%61ne-Doe", "Jane Doe"),
        ("https://jane.blog.example/1", "/u/jane"),
    ]:
        assert hidden(article(url, author)).url == ""


def test_the_link_of_an_article_stays_where_it_names_nobody() -> None:
    for author in ("Jane Doe", ""):
        assert hidden(article("https://news.example/1", author)).url == "https://news.example/1"


# -- configuration and replay --------------------------------------------------------------------------


def test_the_configuration_says_what_is_hidden(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(
        '[privacy]\nphone_regions = ["ch"]\npseudonymise_authors = true\n', encoding="utf-8"
    )
    config = load_config(tmp_path, {})
    entry = open_privacy(config).entry(Entry(post(1, "044 668 18 00, 020 7946 0958"), ("Acme",)))
    assert entry.mention.text == "[phone], 020 7946 0958"
    assert entry.mention.author == Pseudonyms(ensure_secret(tmp_path)).author(NAME)
    assert entry.brands == ("Acme",)


def test_by_default_contacts_are_masked_and_authors_stay() -> None:
    config = Config(secret=SecretStr(SECRET))
    mention = open_privacy(config).entry(Entry(post(1, "jane@home.example"), ())).mention
    assert mention == post(1, "[e-mail]")


def test_a_country_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('[privacy]\nphone_regions = ["UK"]\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="'UK' is no country with phone numbers"):
        load_config(tmp_path, {})


def test_a_replay_passes_the_same_place(tmp_path: Path) -> None:
    row = {"id": "1", "created_at": NOW.isoformat(), "text": "Acme, call +44 20 7946 0958", "author": NAME}
    archive, folder = tmp_path / "archive.jsonl", tmp_path / "replay"
    archive.write_text(json.dumps(row) + "\n", encoding="utf-8")
    folder.mkdir()
    (folder / FILE).write_text("[privacy]\npseudonymise_authors = true\n", encoding="utf-8")
    replay_files(ReplayRequest((archive,), folder, brand="Acme"), lambda line: None)
    store = open_store(database_url(folder))
    [found] = store.mentions(10)
    store.close()
    assert found.mention.text == "Acme, call [phone]"
    assert found.mention.author == Pseudonyms(ensure_secret(folder)).author(NAME)
    assert b"7946" not in written(folder)
    assert NAME.encode() not in written(folder)
