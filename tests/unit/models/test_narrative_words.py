"""Labels of narratives: from counts of words, readable, stable, safe to show."""

import pytest

from models.narrative_words import EVERYDAY, Everyday, Words, label, own_names, plain, read, significance

FLIGHTS = (
    "They refused my refund for the cancelled flights!",
    "refund for cancelled flights: refused. again",
    "my refund for cancelled flights was refused?",
    "no refund for cancelled flights, unbelievable",
)
USUAL = (
    "lovely flights to Rome",
    "flights on time today",
    "great crew on our flights",
    "cheap flights to Oslo",
)


def counted(texts: tuple[str, ...], others: tuple[str, ...] = ()) -> tuple[Words, Everyday]:
    words, everyday = Words(), Everyday()
    for text in (*others, *texts):
        everyday.add(read(text)[0])
    for text in texts:
        words.add(*read(text))
    return words, everyday


def test_neighbours_are_linked_by_their_small_words_within_a_clause() -> None:
    words, links = read("No refund for my cancelled flight. Crew was rude")
    assert words == ["refund", "cancelled", "flight", "crew", "rude"]
    assert links == [
        ("no", "", "refund"),
        ("refund", "for", "cancelled"),
        ("cancelled", "", "flight"),
        ("crew", "", "rude"),
    ]


def test_a_label_is_a_phrase_that_stands_out_from_everyday_talk() -> None:
    assert label(*counted(FLIGHTS, USUAL * 10)) == "refund for cancelled flights"


def test_a_negation_stays_with_what_it_turns() -> None:
    texts = ("the app is not working", "app not working since noon", "why is the app not working")
    assert "not working" in label(*counted(texts))


def test_forms_of_one_word_are_not_listed_twice() -> None:
    texts = ("bag lost", "lost: bags", "bags lost", "bag missing", "bag, bags")
    assert label(*counted(texts)) in {"bag lost", "bags lost", "bag, lost", "bags, lost", "lost, bag"}


@pytest.mark.parametrize(
    "hostile",
    [
        "https://evil.example/x www.evil.example evil.example/path",
        "@someone ＠someone mail me: someone@evil.example",
        "<script>1</script> &lt;b&gt; 0x41 12345 ||| \u202e\u200b",
        "👍👍👍 ... !!!",
    ],
)
def test_only_letters_come_out_of_hostile_text(hostile: str) -> None:
    words, links = read(hostile)
    shown = " ".join(words) + " ".join(" ".join(link) for link in links)
    assert all(letter.isalpha() or letter in " '" for letter in shown)
    assert not {"evil", "example", "https", "www", "someone", "lt", "gt"} & set(words)


def test_the_brand_s_own_name_says_nothing() -> None:
    names = own_names("Northwind Air")
    assert names == {"northwind", "air"}
    assert read("Northwind's crew, #northwindair crew", names)[0] == ["crew", "crew"]


def test_a_label_gives_way_only_to_a_clearly_better_one() -> None:
    words, everyday = counted(FLIGHTS, USUAL * 10)
    held = label(words, everyday)
    words.add(*read("a voucher for cancelled flights"))
    words.add(*read("a voucher for cancelled flights"))
    assert label(words, everyday, held) == held
    for _ in range(40):
        words.add(*read("strike of the pilots tomorrow"))
        everyday.add(read("strike of the pilots tomorrow")[0])
    assert "strike" in label(words, everyday, held)


def test_two_narratives_that_become_one_count_together() -> None:
    one, everyday = counted(FLIGHTS[:2])
    other, _ = counted(FLIGHTS[2:])
    one.absorb(other)
    assert one.texts == 4.0
    assert one.words["refund"] == 4.0
    assert significance(one, everyday).keys() <= one.words.keys()


def test_what_is_remembered_is_bounded_and_does_not_depend_on_order() -> None:
    texts = [
        f"{'abcdefghij'[n % 10] * 3}{'klmnopqrst'[n // 10 % 10] * 3} {'uvwxyz'[n % 6] * 4} refund"
        for n in range(240)
    ]
    forwards, backwards = Words(), Words()
    for text in texts:
        forwards.add(*read(text))
    for text in reversed(texts):
        backwards.add(*read(text))
    assert len(forwards.words) <= 192
    assert forwards.words["refund"] == backwards.words["refund"] == 240.0
    everyday = Everyday()
    for number in range(5_000):
        everyday.add(["".join("abcdefghij"[int(digit)] for digit in str(number))])
    assert len(everyday.words) <= 2 * EVERYDAY


def test_old_words_fade() -> None:
    words = Words()
    for _ in range(300):
        words.add(["old"], [])
    for _ in range(600):
        words.add(["new"], [])
    assert words.words["new"] > 2 * words.words["old"]


def test_words_without_meaning_in_common_still_give_a_name() -> None:
    words, everyday = counted(("blue", "green", "red"))
    assert label(words, everyday) == ""
    assert plain(words) == "blue, green, red"
    assert plain(Words()) == ""
