"""Addresses and numbers go, whatever looks like them stays, and no text takes long."""

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.config import PrivacyConfig
from models.narrative_words import read
from pipeline.masking import EMAIL, PHONE, Masker

MASKER = Masker(PrivacyConfig().phone_regions)
LARGEST = 20_000
"""Characters of a text that a monitor lets through (`monitors.normalize.MAX_TEXT`)."""

NUMBERS = [
    "+44 20 7946 0958",
    "+442079460958",
    "+1 (212) 555-0123",
    "+1 555 123 4567",
    "+49 (0)30 123456",
    "0049 30 123456",
    "(212) 555-0123",
    "212.555.0123",
    "1-800-433-7300",
    "555-123-4567",
    "020 7946 0958",
    "07911 123456",
    "06 12 34 56 78",
    "0171 1234567",
    "612 34 56 78",
    "(11) 91234-5678",
    "098765 43210",
    "٠٥٥ ٦٢١ ٢٢٩٧",
]
BEHIND_A_CALL = [
    "call me at {2025550123}",
    "please ring {07911123456}",
    "Phone number: {2025550123}",
    "llámame al {612 345 678}",
    "https://wa.me/{447911123456}",
    "📞{01273276865}",
    "tel:{+442079460958}",
]
ADDRESSES = [
    "jo@acme.example",
    "jo.doe+news@mail.acme.co.uk",
    "o'brien@acme.example",
    "müller@exämple.de",
    "иван@почта.example",
    "jo_doe%x@a-b.example",
    "JO@ACME.EXAMPLE",
    "jo@acme.xn--p1ai",
]
NEITHER = [
    # order and other numbers
    *("order 4016688561", "case 00-12345678", "ticket 037-2389047497", "ref 1234 5678", "BA2490 2026-11-22"),
    *("id 1234567890123456789", "https://x.example/i/status/1234567890123456789", "AC12345678"),
    *("call about order 2025550123", "1 2 3 4 5 6 7 8 9 10", "ISBN 978-3-16-148410-0"),
    # money and amounts
    *("£1,234,567.89", "EUR 250 000 000", "2.500.000", "1.234.567.890", "612 345 678 people"),
    *("called 2 500 000 times", "+250 000 000 users", "+1000000 points", "3.141592653589"),
    # times and dates
    *("2026 11 22", "22.11.2026 14:30", "2026-11-22 08:00", "20261122", "call on 22.11.2026", "06 12 2026"),
    *("1999-2003 2004", "10:30-12:45 13:00-14:30", "pp. 211-227 (2003)", "21-19 21-17 21-15"),
    # accounts, cards, addresses of machines, places
    *("DE89 3704 0044 0532 0130 00", "GB29 NWBK 6016 1331 9268 19", "FR76 3000 6000 0112 3456 7890 189"),
    *("4111 1111 1111 1111", "192.168.100.200", "40.7128, -74.0060"),
    # handles, links, packages, pictures
    *(
        "@acme",
        "@jo.acme.example",
        "@jo@server.example",
        "https://x.example/@jo.doe/video/1",
        "a @ b.example",
    ),
    *("react@18.2.0", "icon@2x.png", "jo@localhost", "jo@acme", "#100@acme"),
]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_phone_number_is_masked(number: str) -> None:
    assert MASKER.mask(f"Acme, {number}!") == f"Acme, {PHONE}!"
    assert MASKER.mask(number) == PHONE


@pytest.mark.parametrize("text", BEHIND_A_CALL)
def test_digits_without_gaps_are_a_number_where_somebody_asks_to_call(text: str) -> None:
    before, _, rest = text.partition("{")
    number, _, after = rest.partition("}")
    assert MASKER.mask(f"{before}{number}{after} now") == f"{before}{PHONE}{after} now"


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_is_masked(address: str) -> None:
    assert MASKER.mask(f"Acme: <{address}>, or '{address}'.") == f"Acme: <{EMAIL}>, or '{EMAIL}'."
    assert MASKER.mask(f"mailto:{address}?subject=acme") == f"mailto:{EMAIL}?subject=acme"


@pytest.mark.parametrize("text", NEITHER)
def test_what_only_looks_like_one_stays(text: str) -> None:
    assert MASKER.mask(text) == text
    assert MASKER.mask(f"Acme {text}, 5 of 7") == f"Acme {text}, 5 of 7"


def test_a_script_without_spaces_keeps_its_words() -> None:
    assert MASKER.mask("请联系jo@acme.example谢谢") == f"请联系{EMAIL}谢谢"


def test_all_in_a_text_are_masked_and_nothing_else() -> None:
    text = "Call (202) 225-2915 (202) 225-3031, or 020 7946 0958; a@b.example,c@d.example: flight 2490 at 10"
    assert MASKER.mask(text) == (f"Call {PHONE} {PHONE}, or {PHONE}; {EMAIL},{EMAIL}: flight 2490 at 10")


def test_national_numbers_are_those_of_the_named_regions() -> None:
    assert Masker(["GB"]).mask("06 12 34 56 78, 020 7946 0958") == f"06 12 34 56 78, {PHONE}"
    assert Masker([]).mask("020 7946 0958, +44 20 7946 0958") == f"020 7946 0958, {PHONE}"


def test_what_was_masked_is_no_word_of_a_narrative() -> None:
    words, _ = read(MASKER.mask("The refund line 020 7946 0958 and help@acme.example never answer"))
    assert words == ["refund", "line", "answer"]


class Counted(phonenumbers.PhoneNumberMatcher):
    """The library, counting the pieces that it tries to read."""

    tried = 0

    def _parse_and_verify(self, candidate: str, offset: int) -> phonenumbers.PhoneNumberMatch | None:
        Counted.tried += 1
        found: phonenumbers.PhoneNumberMatch | None = super()._parse_and_verify(candidate, offset)
        return found


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> type[Counted]:
    monkeypatch.setattr(phonenumbers, "PhoneNumberMatcher", Counted)
    monkeypatch.setattr(Counted, "tried", 0)
    return Counted


HOSTILE = [
    *("1", "1 ", "1.", "-1", "((1", "1/1/1/", "12 34 ", "1234567a", "123 4567a", "+1234567", "+12 34 567,"),
    *("020 7946 0958 ", "020 7946 0958,", "555-123-4567,", "call 1234567,", "2012-01-02 08 ", "٠٥٥٦٦٢١٢٩٧ /"),
    *("a@", "a@a.", "a@a.a.a.", "a.", "a'", "@", "call ", "123 4567 ext. 12345,", "999999999999999 "),
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hostile_text_costs_a_bounded_number_of_questions(piece: str, counted: type[Counted]) -> None:
    """Ten times the largest text: what took the square of its length would not end within the hour."""
    text = (piece * LARGEST * 10)[: LARGEST * 10]
    masked = MASKER.mask(text)
    assert counted.tried <= 20 * 9 * (6 + 15), "runs, regions, tries and what one run can hold"
    assert len(masked) <= 3 * len(text)


def test_numbers_behind_many_others_are_masked_unasked(counted: type[Counted]) -> None:
    masked = MASKER.mask("020 7946 0958, " * 500)
    assert masked == f"{PHONE}, " * 500
    assert counted.tried < 200


def test_an_ordinary_text_never_asks_the_library(counted: type[Counted]) -> None:
    for text in ("Acme is down", "order 4016688561, 2 of 3, £1,200", "2026-11-22 10:30", "@acme #fail 24/7"):
        assert MASKER.mask(text) == text
    assert counted.tried == 0


PIECES = st.one_of(
    st.sampled_from(
        [*NUMBERS, *ADDRESSES, *NEITHER, EMAIL, PHONE, " ", ", ", "/", "-", "@", "+", "(", "call "]
    ),
    st.text(max_size=8),
    st.text("0123456789 -.()+/", max_size=24),
    st.from_regex(r"[a-z.@+-]{1,12}", fullmatch=True),
)


@given(st.lists(PIECES, max_size=8).map("".join))
@example("12 34 +44 20 7946 0958 020 7946 0958 2025550123")
@example("a@b.example@c.example")
def test_masking_twice_is_masking_once(text: str) -> None:
    once = MASKER.mask(text)
    assert MASKER.mask(once) == once


@given(st.text(st.characters(exclude_categories=["Nd"], exclude_characters="@")))
def test_a_text_without_digits_and_at_signs_never_changes(text: str) -> None:
    assert MASKER.mask(text) == text


@given(st.text(st.characters(exclude_characters="0123456789@+[]")), st.sampled_from(ADDRESSES + NUMBERS))
def test_what_stands_around_stays(around: str, contact: str) -> None:
    masked = MASKER.mask(f"{around} | {contact} | {around}")
    assert masked in {f"{around} | {EMAIL} | {around}", f"{around} | {PHONE} | {around}"}
