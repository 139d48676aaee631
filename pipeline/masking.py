"""Replaces e-mail addresses and phone numbers in texts; what was decided: `docs/design/privacy.md`.

Texts are hostile: every step takes time linear in their length, and the library is asked a bounded number
of times.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

EMAIL, PHONE = "[e-mail]", "[phone]"

_LETTER = "A-Za-z0-9\u00c0-\u024f\u0370-\u052f"
"""Latin, Greek, Cyrillic and digits. Scripts without spaces run into an address, and are no part of it."""
_ADDRESS = re.compile(
    rf"(?<![{_LETTER}_@])"  # behind an @ it is a handle such as @name@server.example
    rf"[{_LETTER}_][{_LETTER}_.%&'+-]{{0,63}}+(?<!\.)@(?![1-9]x\.)"  # icon@2x.png is a picture
    rf"(?:[{_LETTER}](?:[{_LETTER}-]{{0,61}}[{_LETTER}])?\.){{1,8}}"
    rf"(?:xn--[A-Za-z0-9-]{{1,59}}|(?![0-9_])[{_LETTER}]{{2,63}})(?![{_LETTER}])"
)
"""The `valid e-mail address` of HTML (https://html.spec.whatwg.org/#valid-e-mail-address), with the lengths
of RFC 5321, section 4.5.3.1, and a dot in the domain. Signs that in running text are rather a link's or a
bracket (`/ = ? # ! * | { }`) end it."""

_GAP = "[-\u2010-\u2015\u2212 \u00a0\u3000()./~]"
"""What may stand between the digits of a phone number; the library knows the same."""
_LEAST = 7
"""Digits. Shorter numbers are known to a town or are services; longer ones are everything else too."""
_MAYBE = re.compile(rf"\d(?:{_GAP}{{0,4}}\d){{{_LEAST - 1}}}")
_RUN = re.compile(rf"(?:\+[ (]?|\()?(?<!\d)\d{{1,15}}+(?!\d)(?:{_GAP}{{1,4}}+\d{{1,15}}+(?!\d)){{0,14}}")
"""Blocks of digits that stand together. The longest number has 15 (E.164); ids of tweets have more."""
_GAP_WITHIN = re.compile(rf"\d{_GAP}+\d")
_DATE = re.compile(
    rf"(?:\d{{4}}([-./])\d\d?\1\d\d?|\d\d?([-./])\d\d?\2\d{{4}})(?:{_GAP}{{1,3}}\d\d?(?:\.\d\d)?)?"
)
"""`2026-11-22` or `22.11.2026`, perhaps with an hour."""
_THOUSANDS = re.compile(r"\D{0,2}\d{1,3}(?:[ \u00a0.]\d{3})+\D?")
"""`612 345 678` may be an amount, and a Spanish phone number."""
_AMERICAN = re.compile(r"(?:\+?1[-. ])?\(?\d{3}\)?[-. ]{1,2}\d{3}[-. ]\d{4}")
"""`555-123-4567`: a phone number for every reader, also where that one is not in service."""
_CALL = re.compile(
    r"(?:\b(?<!\[)(?:call(?:ed|ing)?|dial|ring|phone|telephone|tel|mobile|cell|text|sms|fax|whats ?app"
    r"|tél|téléphone|appel\w{0,6}|telefon\w{0,6}|handy|(?:an)?ruf\w{0,6}|teléfono|móvil|celular|ll[aá]m\w{0,6}"
    r"|cellulare|chiam\w{0,6}|ligue|liga)"
    r"\b|wa\.me/|[☎✆📞📱])[^\w+]{0,3}(?:(?:\w{1,4}|number|numéro|número|numero|nummer)[^\w+]{1,3}){0,2}\Z",
    re.IGNORECASE,
)
"""What asks to call, in the languages of the default regions, and at most two small words behind it."""
_BEFORE = 40
"""Characters in which it is looked for."""
_MOST_ASKED = 20
"""Runs of one text about which the library is asked, each at some 2 ms. A text with more is a list of numbers
or an attack: what looks like a number behind them is masked unasked."""
_TRIES = 6
"""Ways in which the library may split one run for each region."""
_BEHIND = 3
"""Characters behind a run that are shown to the library: the minutes of a time of day."""
_ROUNDS = 8
"""A number that is gone may let another one show. Of 60,000 made-up heaps of digits one took four rounds."""

Span = tuple[int, int]
"""Start and end of a piece of text."""
Found = dict[tuple[str, int], list[Span]]
"""What the library found in a run, by what it was shown and how it was asked."""


class Masker:
    """Replaces e-mail addresses and phone numbers.

    >>> Masker(["US", "GB"]).mask("Call 020 7946 0958 or +1 212-555-0123, jo@acme.example; order 4016688561")
    'Call [phone] or [phone], [e-mail]; order 4016688561'
    """

    def __init__(self, regions: Iterable[str]) -> None:
        """Know national numbers of `regions` (ISO 3166 codes); with `+` those of all countries are known."""
        self._regions = tuple(regions)

    def mask(self, text: str) -> str:
        """Return `text` without addresses and numbers; everything else stays, and so does a masked text."""
        if "@" in text:
            text = _ADDRESS.sub(EMAIL, text)
        known: Found = {}
        for _ in range(_ROUNDS if _MAYBE.search(text) else 0):
            before, text = text, _replaced(text, self._numbers(text, known))
            if text == before:
                break
        return text

    def _numbers(self, text: str, known: Found) -> Iterator[Span]:
        """Yield where phone numbers are, in order; `known` is what was asked about this text before."""
        for run in _RUN.finditer(text):
            leniency = _leniency(text, run)
            if leniency is None:
                continue
            yield from self._inside(text, run, leniency, known)

    def _inside(self, text: str, run: re.Match[str], leniency: int, known: Found) -> list[Span]:
        """Return the numbers in a run, as any of the regions reads it."""
        first = max(0, run.start() - 1)
        shown = text[first : run.end() + _BEHIND]  # with the letters beside it
        if (shown, leniency) not in known:
            if len(known) == _MOST_ASKED:
                return [run.span()]
            regions: Sequence[str | None] = [None] if "+" in run[0] else self._regions
            known[shown, leniency] = _read(shown, regions, leniency, len(run[0]))
        return [(first + start, min(first + end, run.end())) for start, end in known[shown, leniency]]


def _leniency(text: str, run: re.Match[str]) -> int | None:
    """Return how well a run has to be written to be a number (`phonenumbers.Leniency`), None if it is none.

    An amount, and digits without a gap, are a number only behind a `+` or what asks to call.
    """
    from phonenumbers import Leniency

    if sum(map(str.isdigit, run[0])) < _LEAST or _DATE.fullmatch(run[0]):
        return None
    asked = "+" in run[0] or _CALL.search(text[max(0, run.start() - _BEFORE) : run.start()])
    if not _grouped(run[0]):
        return Leniency.VALID if asked else None
    if "+" in run[0] or _AMERICAN.fullmatch(run[0]):
        return Leniency.POSSIBLE
    return Leniency.VALID if asked else Leniency.EXACT_GROUPING


def _read(shown: str, regions: Sequence[str | None], leniency: int, length: int) -> list[Span]:
    """Return what the regions find; no other is asked once one takes all `length` characters of the run."""
    found: list[Span] = []
    for region in regions:
        found = _merged([*found, *_read_one(shown, region, leniency)])
        if found and found[0][1] - found[0][0] >= length:
            break
    return found


def _read_one(shown: str, region: str | None, leniency: int) -> Iterator[Span]:
    from phonenumbers import Leniency, PhoneNumberMatcher

    for match in PhoneNumberMatcher(shown, region, leniency, _TRIES):
        if leniency != Leniency.EXACT_GROUPING or _grouped(match.raw_string):
            yield match.start, match.end


def _grouped(written: str) -> bool:
    """Tell whether digits are written in groups, and not in those of an amount."""
    return bool(_GAP_WITHIN.search(written)) and not _THOUSANDS.fullmatch(written)


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Return spans in order, those that overlap as one."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _replaced(text: str, spans: Iterable[Span]) -> str:
    pieces, at = [], 0
    for start, end in spans:
        pieces += [text[at:start], PHONE]
        at = end
    return "".join([*pieces, text[at:]])
