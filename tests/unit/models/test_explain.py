"""Why an incident is what it is, in words; hostile and empty input included."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.records import Contribution, Growth, Mention, MentionRow, Score, Signal, Stage
from core.words import headline
from models.caps import AUTHOR_CAP, BURST_CAP, COPY_CAP, MOOD_CAP
from models.explain import explain
from models.signature import signature
from models.smallest import Smallest
from models.terms import label, words

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
ANGRY = [
    "{brand} refused my refund after a cancelled flight, worst service in years",
    "Refund refused again. Cancelled flight from Lyon and nobody at {brand} answers the phone",
    "my flight was cancelled at midnight and the refund refused without a word, shame",
    "cancelled flight, refund refused: three weeks of waiting for money that belongs to me",
    "They left us at the gate with a cancelled flight, then refund refused by e-mail. Unbelievable",
    "So angry: refund refused for the second time, cancelled flight was their own fault",
]
EVERYDAY = ["boarding was smooth", "nice coffee in the lounge", "flight on time", "lovely crew on the flight"]
SIGNAL = Signal(
    brand="Acme Air",
    at=NOW,
    stage=Stage.SPREADING,
    seen=17.0,
    expected=3.1,
    low=0.0,
    high=9.0,
    negative_share=0.62,
    usual_share=0.17,
    growth=Growth(0.87, 0.52, 1.19),
    authors=14,
    sources=3,
    sure=0.98,
    learned_hours=500.0,
    onset=NOW - timedelta(hours=2),
)


def row(
    number: int, text: str, minutes: float, negative: float = 0.9, author: str = "", source: str = "rss"
) -> MentionRow:
    at = NOW - timedelta(minutes=minutes)
    mention = Mention(
        source, str(number), text, at, at, author=author or f"author {number}", url="https://a.example"
    )
    return MentionRow(
        mention, "Acme Air", Score(negative, 1 - negative, 0.0, signature(text)), 1.0, 1, number
    )


def angry(count: int = 6) -> list[MentionRow]:
    return [row(n, ANGRY[n % 6].format(brand="Acme Air"), 100 - n, 0.9 + n / 100) for n in range(count)]


def everyday() -> list[MentionRow]:
    return [row(100 + n, text, 600 - n, 0.05) for n, text in enumerate(EVERYDAY)]


def test_headline_says_what_was_seen_against_what_was_expected() -> None:
    wanted = "17 negative mentions of Acme Air in the last hour, 3 expected (0–9)."
    assert headline(SIGNAL) == wanted


def test_label_is_made_of_peoples_own_words() -> None:
    found = explain(SIGNAL, angry() + everyday(), "Acme Air").label
    assert set(found.replace(",", "").split()) == {"refund", "refused", "cancelled", "flight"}
    assert "acme" not in found.casefold()


def test_sentences_say_growth_people_share_and_coverage() -> None:
    sentences = explain(SIGNAL, angry(), "Acme Air").sentences
    assert "Growth of the excess: doubles in 48 min (35–80)." in sentences
    assert "14 authors on 3 sources." in sentences
    assert "62 % of the mentions are negative, 17 % is usual." in sentences
    assert "Every source was seen." in sentences


def test_says_who_is_new_and_which_sources_joined() -> None:
    rows = [*angry(4), *(row(50 + n, f"a bad day number {n}", 90 - n, source=f"s{n}") for n in range(5))]
    sentences = explain(replace(SIGNAL, new_authors=11), rows, "Acme Air").sentences
    assert "14 authors, 11 of them new, on 3 sources." in sentences
    assert "It began on rss; s0, s1, s2 and 2 more joined." in sentences


def test_one_source_alone_is_joined_by_nobody() -> None:
    assert not any("joined" in sentence for sentence in explain(SIGNAL, angry(), "Acme Air").sentences)


def test_names_the_loudest_evidence_and_what_speaks_against_it() -> None:
    values = {"small": 0.04, "growth": 3.0, "volume": 2.0, "new authors": 0.4, "mix": 0.3, "copies": -1.0}
    signal = replace(SIGNAL, contributions=tuple(map(Contribution, values, values.values())))
    sentences = explain(signal, angry(), "Acme Air").sentences
    assert "What speaks loudest for it: growth, volume and new authors; copies against it." in sentences


def test_without_evidence_nothing_is_said_to_speak() -> None:
    signal = replace(SIGNAL, contributions=(Contribution("copies", -1.0),))
    assert not any("speaks" in sentence for sentence in explain(signal, angry(), "Acme Air").sentences)


def test_the_smallest_set_is_told_where_one_is_known() -> None:
    found = Smallest(("a", "b"), "Without the 2 mentions that weigh most it would not have paged.")
    explanation = explain(SIGNAL, angry(), "Acme Air", fewest=found)
    assert explanation.smallest == ("a", "b")
    assert explanation.counterfactual in explanation.sentences
    unknown = explain(SIGNAL, angry(), "Acme Air", fewest=Smallest((), "It cannot be said."))
    assert unknown.counterfactual == "It cannot be said."
    assert unknown.counterfactual not in unknown.sentences


def test_copies_caps_blind_spots_and_learning_are_told() -> None:
    signal = replace(
        SIGNAL,
        amplification=3.0,
        capped="copy campaign",
        coverage=0.6,
        learned_hours=5.0,
        authors=None,
        sources=1,
    )
    text = " ".join(explain(signal, angry(), "Acme Air", blind=["forum"]).sentences)
    assert "Without copies 17 remain of 51." in text
    assert "Held at smouldering: copy campaign." in text
    assert "Only 60 % of the usual stream was seen, without forum: the true number may be higher." in text
    assert "5 of 24 hours" in text
    assert "authors are not given" in text


def test_blindness_is_not_calm() -> None:
    signal = Signal("Acme Air", NOW, Stage.UNKNOWN, coverage=0.1, learned_hours=100.0)
    explanation = explain(signal, [], "Acme Air")
    assert explanation.headline == "Acme Air cannot be seen: coverage 10 %."
    assert explanation.quotes == ()


def test_quotes_are_different_texts_by_different_people() -> None:
    rows = angry() + [row(50 + n, ANGRY[0].format(brand="Acme Air") + "!" * n, 40 - n) for n in range(10)]
    rows += [
        row(80 + n, f"number {n} of many rants that I write all day long", 30, 0.99, "ranter")
        for n in range(9)
    ]
    quotes = explain(SIGNAL, rows, "Acme Air").quotes
    assert 3 <= len(quotes) <= 5
    assert len({quote.text for quote in quotes}) == len({quote.author for quote in quotes}) == len(quotes)
    assert max(quote.copies for quote in quotes) >= 9


def test_first_are_the_earliest_three_of_the_rise() -> None:
    first = explain(SIGNAL, [*reversed(angry()), *everyday()], "Acme Air").first
    assert [quote.mention_id for quote in first] == [each.mention.id for each in angry()[:3]]


def test_sources_have_parts_and_first_times() -> None:
    rows = [*angry(4), row(9, "another bad day with Acme", 99.5, source="forum")]
    sources = explain(SIGNAL, rows, "Acme Air").sources
    assert [share.source for share in sources] == ["rss", "forum"]
    assert sources[0].negative == pytest.approx(0.9 + 0.91 + 0.92 + 0.93)
    assert sources[1].first_at == NOW - timedelta(minutes=99.5)


def test_a_storm_worded_neutrally_still_has_quotes() -> None:
    rows = [row(n, f"Acme Air recalls fleet, report {n} says", 50 - n, 0.3) for n in range(8)]
    assert explain(SIGNAL, rows, "Acme Air").quotes


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"sources": 0, "authors": None}, "No mention alone is called negative"),
        ({"sources": 1, "authors": None}, "Seen on 1 source; authors are not given there."),
        ({"foreign": 0.45}, "45 % of the mentions are in languages of which it is not known how well"),
        (
            {"stage": Stage.SMOULDERING, "seen": 2.0, "evidence": 5.8, "threshold": 3.8},
            "A page takes five independent negatives in an hour",
        ),
    ],
)
def test_what_the_number_rests_on_is_said(changes: dict[str, object], said: str) -> None:
    plain, told = (
        " ".join(explain(signal, angry(), "Acme Air").sentences)
        for signal in (SIGNAL, replace(SIGNAL, **changes))  # type: ignore[arg-type]  # fields of Signal
    )
    assert said in told
    assert said not in plain


def test_playbook_depends_on_what_it_is() -> None:
    spreading = explain(SIGNAL, angry(), "Acme Air").playbook
    held = {
        cap: explain(replace(SIGNAL, stage=Stage.SMOULDERING, capped=cap), angry(), "Acme Air").playbook
        for cap in (COPY_CAP, AUTHOR_CAP, MOOD_CAP, BURST_CAP)
    }
    assert "apologise" in spreading
    assert "don't answer the copies" in held[COPY_CAP]
    assert held[AUTHOR_CAP] == held[COPY_CAP]
    assert "nothing has to be put right" in held[MOOD_CAP]
    assert "one by one" in held[BURST_CAP]
    assert "Herhausen" in spreading


def test_hostile_text_is_cut_and_loses_what_cannot_be_seen() -> None:
    hostile = "<script>alert(1)</script>\x00\x1b[31m\u202egnp.exe\u2066 " + "x" * 5000
    quote = explain(SIGNAL, [row(1, hostile, 5, author="a\u202eb\n")], "Acme Air").quotes[0]
    assert quote.text.startswith("<script>alert(1)</script>[31mgnp.exe")
    assert len(quote.text) == 500
    assert quote.author == "ab"


def test_same_input_in_any_order_gives_the_same_explanation() -> None:
    rows = angry() + everyday()
    assert explain(SIGNAL, rows, "Acme Air") == explain(SIGNAL, rows[::-1], "Acme Air")


def test_no_mentions_at_all() -> None:
    explanation = explain(SIGNAL, [], "Acme Air")
    assert (explanation.label, explanation.quotes, explanation.first) == ("negative mentions", (), ())


def test_words_leave_out_links_handles_and_small_words() -> None:
    assert words("The @acme site https://x.example/y is DOWN again, can't log-in") == ["site", "log"]


def test_label_falls_back_to_single_words() -> None:
    texts = ["the toaster burns", "burns everything, this toaster", "my toaster smells and burns"]
    assert set(label(texts, ["nice kettle"], "Acme").split(", ")) == {"burns", "toaster"}


def test_everyday_words_are_no_label() -> None:
    assert (
        label(["coffee is cold", "coffee was late"], ["coffee " + text for text in "abcdefgh"], "Acme") == ""
    )
