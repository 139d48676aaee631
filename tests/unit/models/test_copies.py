"""Near-duplicate signatures and the weighing of copies."""

import csv
import gzip
import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import copies as module
from models.copies import AUTHOR_LIMIT, MEMORY_SECONDS, Copies, Placed
from models.signature import BYTES, NEAR, normalise, signature, similar

COMPLAINT = "They cancelled my flight the night before and now they refuse to refund a single cent"
T0 = 1_790_000_000


def distinct(letter: str) -> str:
    """Return a text that shares no shingle with that of another letter."""
    return " ".join(letter * length for length in range(3, 10))


def near(a: str, b: str) -> bool:
    return similar(signature(a), signature(b)) >= NEAR


@pytest.mark.parametrize(
    "copy",
    [
        COMPLAINT,
        COMPLAINT.upper() + "!!!",
        f"RT @someone: {COMPLAINT} https://x.example/1",
        f"“{COMPLAINT}” via @other",
        COMPLAINT.replace("single cent", "single euro"),
        COMPLAINT[:70] + "…",
        f"This is so wrong. {COMPLAINT}",
        COMPLAINT.replace("refund", "re\uff46und"),
    ],
)
def test_copies_are_near(copy: str) -> None:
    assert near(COMPLAINT, copy)


@pytest.mark.parametrize(
    "other",
    [
        "My flight was cancelled last night and nobody answers the phone about the refund",
        "Does anybody know whether the lounge in terminal two is open on Sundays?",
        "They refuse to pay. Three weeks, four letters, nothing but form answers from the airline",
    ],
)
def test_independent_complaints_are_not_near(other: str) -> None:
    assert not near(COMPLAINT, other)


def test_short_texts_are_copies_only_when_equal() -> None:
    assert near("@one thanks a lot!", "@two Thanks a lot")
    assert not near("thank you for the help", "thank you for the tip")
    assert not near("thanks", "thanks a lot")


def test_texts_without_words_are_compared_as_written() -> None:
    assert near("https://a.example/1", "https://a.example/1")
    assert not near("https://a.example/1", "https://a.example/2")
    assert not near("", "🔥🔥🔥")


def test_scripts_without_spaces_are_shingled() -> None:
    text = "昨日の飛行機が突然欠航になり払い戻しも拒否されました"
    assert near(text, text[:-2] + "た")
    assert not near(text, "空港のラウンジは日曜日も営業しているでしょうか教えてください")


def test_hostile_text_has_a_signature() -> None:
    for text in (
        "\udc80\udcff broken halves of a pair, four words",
        "a" * 1_000_000,
        "\x00" * 50,
        "@" * 5000,
    ):
        assert len(signature(text)) == BYTES


def test_long_articles_do_not_resemble_each_other() -> None:
    one = " ".join(f"word{n * 7919 % 4001}" for n in range(3000))
    two = " ".join(f"term{n * 104729 % 4001}" for n in range(3000))
    assert similar(signature(one), signature(two)) < 0.2


def test_normalise_keeps_words_and_digits() -> None:
    assert normalise("RT @ann: Don’t fly   #BA412?! www.x.example @bob") == "dont fly ba412"


def test_the_signature_is_the_same_in_another_process() -> None:
    code = f"from models.signature import signature; print(signature({COMPLAINT!r}).hex())"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == signature(COMPLAINT).hex()


@given(st.text(max_size=200), st.text(max_size=200))
def test_similarity_is_symmetric_and_bounded(a: str, b: str) -> None:
    first, second = signature(a), signature(b)
    assert similar(first, second) == similar(second, first)
    assert 0.0 <= similar(first, second) <= similar(first, first) == 1.0


def test_each_copy_counts_for_less() -> None:
    copies = Copies()
    placed = [copies.add(f"m{n}", signature(COMPLAINT), f"a{n}", T0 + n) for n in range(4)]
    assert [p.copy_number for p in placed] == [1, 2, 3, 4]
    assert [p.weight for p in placed] == pytest.approx([1.0, 3 / 4, 3 / 5, 1 / 2])
    assert {p.cluster for p in placed} == {"m0"}


def test_an_author_brings_at_most_three_an_hour() -> None:
    copies = Copies()
    hour = T0 - T0 % 3600
    texts = [distinct(letter) for letter in "abcdefgh"]
    spent = [copies.add(f"m{n}", signature(t), "loud", hour + n).weight for n, t in enumerate(texts)]
    assert sum(spent) == AUTHOR_LIMIT
    assert (
        copies.add("n", signature("A new hour and again the same old trouble"), "loud", hour + 3600).weight
        == 1.0
    )


def test_an_unknown_author_is_not_limited() -> None:
    copies = Copies()
    texts = [distinct(letter) for letter in "abcdefgh"]
    assert sum(copies.add(f"m{n}", signature(t), "", T0).weight for n, t in enumerate(texts)) == len(texts)


def test_memory_ends_after_48_hours_without_a_copy() -> None:
    copies = Copies()
    text = signature(COMPLAINT)
    copies.add("a", text, "", T0)
    assert copies.add("b", text, "", T0 + MEMORY_SECONDS).cluster == "a"
    assert copies.add("c", text, "", T0 + 2 * MEMORY_SECONDS).cluster == "a"
    assert copies.add("d", text, "", T0 + 3 * MEMORY_SECONDS + 1) == Placed("d", 1, 1.0)


def test_a_late_copy_is_placed_by_its_own_time() -> None:
    copies = Copies()
    text = signature(COMPLAINT)
    copies.add("a", text, "", T0)
    copies.add(
        "unrelated", signature("Quite another matter, posted much later than the rest"), "", T0 + 40 * 3600
    )
    assert copies.add("b", text, "", T0 - 3600).cluster == "a"
    assert copies.add("c", text, "", T0 - MEMORY_SECONDS - 1).copy_number == 1


def test_the_longest_unused_cluster_makes_room_and_what_was_copied_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MAX_ONCE", 2)
    monkeypatch.setattr(module, "MAX_COPIED", 2)
    copies = Copies()
    texts = [signature(distinct(letter)) for letter in "abcdefgh"]
    for n, text in enumerate([texts[0], texts[0], *texts[1:5]]):
        copies.add(f"m{n}", text, "", T0 + n)
    assert copies.add("again", texts[0], "", T0 + 9).cluster == "m0"
    assert copies.add("newest", texts[4], "", T0 + 9).cluster == "m5"
    assert copies.add("forgotten", texts[1], "", T0 + 9).cluster == "forgotten"
    assert copies.add("third", texts[1], "", T0 + 9).cluster == "forgotten"
    assert copies.add("copied longest ago", texts[0], "", T0 + 9).copy_number == 1
    assert len(copies.dump()) < 4 * 200 + 64


def test_what_is_forgotten_leaves_the_index(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ONCE", 5)
    copies = Copies()
    for n in range(100):
        copies.add(f"m{n}", signature(f"{n * 7919} {distinct(chr(97 + n % 26))}"), "", T0 + n)
    held = {*copies._once, *copies._copied}
    assert len(held) < 100
    assert set(copies._index.values()) == held


def test_author_hours_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_AUTHOR_HOURS", 10)
    copies = Copies()
    sizes = []
    for n in range(100):
        copies.add(f"m{n}", signature(COMPLAINT), f"author {n}", T0)
        sizes.append(len(copies.dump()))
    assert max(sizes) < 200 + 10 * 24 + 64


def test_a_foreign_state_is_refused() -> None:
    with pytest.raises(ValueError, match="schema"):
        Copies().load(b"something else entirely")


_WORDS = st.sampled_from(
    ["refund", "flight", "cancelled", "again", "never", "waiting", "hours", "phone", "money", "desk", "gone"]
)
_TEXT = st.lists(_WORDS, min_size=1, max_size=9).map(" ".join)
_ADD = st.tuples(_TEXT, st.sampled_from(["", "ann", "bob"]), st.integers(-200_000, 200_000))


@settings(max_examples=150, deadline=None)
@given(st.lists(_ADD, max_size=60), st.integers(0, 60), st.integers(1, 8))
def test_dump_and_load_change_nothing_at_any_point(
    adds: list[tuple[str, str, int]], cut: int, room: int
) -> None:
    before = module.MAX_ONCE, module.MAX_COPIED
    module.MAX_ONCE = module.MAX_COPIED = room
    try:
        whole, resumed = Copies(), Copies()
        for n, (text, author, shift) in enumerate(adds):
            if n == cut:
                resumed, old = Copies(), resumed.dump()
                resumed.load(old)
            arguments = (f"m{n}", signature(text), author, T0 + shift)
            assert resumed.add(*arguments) == whole.add(*arguments)
        assert resumed.dump() == whole.dump()
    finally:
        module.MAX_ONCE, module.MAX_COPIED = before


def test_a_band_that_was_overtaken_and_then_forgotten_stays_so_over_dump_and_load(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MAX_ONCE", 1)
    text = bytes(BYTES)
    other = bytes(6) + bytes([1]) * (BYTES - 6)  # shares the first band with it, and is no copy
    copy = bytes(1 if place > 5 and place % 6 == 0 else 0 for place in range(BYTES))  # so does this one
    copies, restored = Copies(), Copies()
    for n, each in enumerate([text, text, other, bytes([2]) * BYTES]):
        copies.add(f"m{n}", each, "", T0 + n)
    restored.load(copies.dump())
    assert restored.add("copy", copy, "", T0 + 9) == copies.add("copy", copy, "", T0 + 9)


def _stocknet(shared: Path) -> list[dict[str, str]]:
    with gzip.open(shared / "data/stocknet_2014/tweets.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _place(rows: list[dict[str, str]]) -> list[Placed]:
    copies = Copies()
    return [
        copies.add(r["id"], signature(r["text"]), r["user"], int(datetime.fromisoformat(r["ts"]).timestamp()))
        for r in rows
    ]


def test_a_real_bot_storm_shrinks_to_a_few_voices(shared: Path) -> None:
    storm = [r for r in _stocknet(shared) if r["ticker"] == "AMZN" and r["ts"].startswith("2014-05-21")]
    placed = _place(storm)
    retold = sum(p.copy_number > 1 for p in placed)
    print(f"bot storm: {len(storm)} posts, {retold} copies, weight {sum(p.weight for p in placed):.1f}")
    assert retold >= 0.95 * len(storm)
    assert sum(p.weight for p in placed) < 0.1 * len(storm)


def test_real_retweets_are_found(shared: Path) -> None:
    rows = sorted(_stocknet(shared), key=lambda r: r["ts"])
    originals = {normalise(r["text"])[:60] for r in rows if not r["is_rt"]}
    retweets = [
        r for r in rows if r["is_rt"] and normalise(r["text"])[:60] in originals and len(r["text"]) > 100
    ]
    sources = {normalise(r["text"])[:60]: r["text"] for r in rows if not r["is_rt"]}
    found = sum(near(r["text"], sources[normalise(r["text"])[:60]]) for r in retweets)
    print(f"retweets: {found} of {len(retweets)} near their original")
    assert len(retweets) > 100
    assert found >= 0.95 * len(retweets)


def test_real_independent_complaints_are_not_copies(shared: Path) -> None:
    with gzip.open(shared / "data/airline_2015/Tweets.csv.gz", "rt", encoding="utf-8") as lines:
        rows = {r["tweet_id"]: r for r in csv.DictReader(lines) if r["airline_sentiment"] == "negative"}
    ordered = sorted(rows.values(), key=lambda r: r["tweet_created"])
    copies = Copies()
    placed = [
        copies.add(
            r["tweet_id"],
            signature(r["text"]),
            "",
            int(datetime.fromisoformat(r["tweet_created"]).timestamp()),
        )
        for r in ordered
    ]
    share = sum(p.copy_number > 1 for p in placed) / len(placed)
    print(f"independent complaints: {100 * share:.2f} % of {len(placed)} called copies")
    assert share < 0.02


@pytest.mark.parametrize("damaged", [b"", b"\x00", bytes(BYTES + 1)])
def test_a_damaged_signature_is_a_copy_of_nothing_and_stops_nobody(damaged: bytes) -> None:
    copies = Copies()
    assert copies.add("a", damaged, "", T0) == Placed("a", 1, 1.0)
    assert copies.add("b", damaged, "", T0) == Placed("b", 1, 1.0)
    assert copies.add("c", signature(COMPLAINT), "", T0) == Placed("c", 1, 1.0)
    assert copies.add("d", signature(COMPLAINT), "", T0).cluster == "c"
    again = Copies()
    again.load(copies.dump())
    assert again.add("e", damaged, "", T0) == Placed("e", 1, 1.0)


def test_the_limit_of_an_author_holds_for_damaged_signatures_too() -> None:
    copies = Copies()
    assert sum(copies.add(str(n), b"", "ann", T0).weight for n in range(9)) == AUTHOR_LIMIT
