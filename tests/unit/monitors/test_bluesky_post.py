"""What of a Bluesky record becomes text. All records here are synthetic, in the documented shapes."""

from typing import Any

import pytest

from monitors.bluesky_post import languages, post_text

LINK = "app.bsky.richtext.facet#link"


def link(start: object, end: object, uri: object, kind: str = LINK) -> dict[str, Any]:
    return {"index": {"byteStart": start, "byteEnd": end}, "features": [{"$type": kind, "uri": uri}]}


def test_a_plain_text_stays_as_it_is() -> None:
    assert post_text({"text": "acme is down"}) == "acme is down"
    assert post_text({}) == ""


def test_a_shortened_link_is_written_out_at_its_place() -> None:
    record = {
        "text": "see shop.example/ord... now",
        "facets": [link(4, 23, "https://shop.example/orders/acme")],
    }
    assert post_text(record) == "see https://shop.example/orders/acme now"


def test_places_are_counted_in_bytes_of_utf_8() -> None:
    text = "größer 🔥 a.example/x… jetzt"
    start = len("größer 🔥 ".encode())
    end = start + len("a.example/x…".encode())
    record = {"text": text, "facets": [link(start, end, "https://a.example/xyz")]}
    assert post_text(record) == "größer 🔥 https://a.example/xyz jetzt"


def test_a_word_with_a_link_behind_it_keeps_both() -> None:
    record = {"text": "read this!", "facets": [link(5, 9, "https://acme.example/a")]}
    assert post_text(record) == "read this https://acme.example/a!"


def test_several_links_in_any_order() -> None:
    record = {
        "text": "a.example b.example",
        "facets": [link(10, 19, "https://b.example/2"), link(0, 9, "https://a.example/1")],
    }
    assert post_text(record) == "https://a.example/1 https://b.example/2"


@pytest.mark.parametrize(
    ("start", "end"), [(-3, 2), (2, 2), (5, 3), (0, 99), ("0", 4), (None, None), (True, 4), (10**30, 10**31)]
)
def test_a_place_that_cannot_be_costs_neither_the_text_nor_the_address(start: object, end: object) -> None:
    text = post_text({"text": "four words are here", "facets": [link(start, end, "https://acme.example")]})
    assert "https://acme.example" in text
    assert "four words are here" in text


def test_a_facet_in_the_middle_of_a_character_does_no_harm() -> None:
    assert "https://a.example" in post_text({"text": "öööö", "facets": [link(1, 3, "https://a.example")]})


def test_mentions_and_tags_are_no_links() -> None:
    facets = [link(0, 4, "https://x.example", "app.bsky.richtext.facet#tag")]
    assert post_text({"text": "#tag", "facets": facets}) == "#tag"


def test_a_link_card_counts_and_repeats_nothing() -> None:
    card = {"uri": "https://news.example/a", "title": "Acme recalls", "description": "Kettles burn"}
    record = {"text": "oh no https://news.example/a", "embed": {"external": card}}
    assert post_text(record) == "oh no https://news.example/a Acme recalls Kettles burn"


def test_descriptions_of_pictures_and_films_count() -> None:
    pictures = {"images": [{"alt": "an acme kettle on fire"}, {"alt": ""}, {"image": {}}]}
    assert post_text({"text": "look", "embed": pictures}) == "look an acme kettle on fire"
    assert post_text({"text": "look", "embed": {"alt": "a film of it"}}) == "look a film of it"


def test_media_beside_a_quoted_post_count() -> None:
    embed = {"record": {"uri": "at://x"}, "media": {"external": {"uri": "https://a.example", "title": "T"}}}
    assert post_text({"text": "", "embed": embed}) == "T https://a.example"


@pytest.mark.parametrize("wrong", [None, 7, "x", [], [1], {"a": 1}, [{"features": 3}], [{"features": [{}]}]])
def test_wrong_types_are_left_out(wrong: object) -> None:
    for field in ("facets", "embed", "langs"):
        assert post_text({"text": "acme", field: wrong}) == "acme"
    assert post_text({"text": "acme", "embed": {"external": wrong, "images": wrong}}) == "acme"
    assert languages({"langs": {"a": 1}}) == ()


def test_a_text_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="no text"):
        post_text({"text": ["a"]})


def test_languages_come_in_the_authors_order() -> None:
    assert languages({"langs": ["pt-BR", 3, "en"]}) == ("pt-BR", "en")


def test_very_many_links_cost_little() -> None:
    record = {"text": "x" * 1000, "facets": [link(0, 1, "https://a.example")] * 100_000}
    assert len(post_text(record)) < 5_000
