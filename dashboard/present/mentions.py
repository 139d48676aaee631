"""From stored mentions to the list that can be searched and corrected: pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from core import words
from core.records import Flag, MentionRow, Narrative, Sentiment
from core.relevance import NOT_US_BELOW
from dashboard.facts import Facts
from dashboard.languages import language_name
from dashboard.present.learning import Standing
from dashboard.present.manner import doubt
from dashboard.present.stream import about, stream_row
from dashboard.viewmodels import Choices, MentionLine, MentionList, MentionsHead, NarrativeChoice

FULL = 4_000
"""Characters of a text that are shown when somebody asks for all of it; the models read no more."""
MOVED = 0.01
"""Change of a probability that the two decimals shown can tell."""

US, NOT_US = "us", "not us"
"""What a mention is about."""

_MARKS = (
    (Flag.DRILL, "DRILL"),
    (Flag.SIMULATED, "simulated"),
    (Flag.EDITED, "edited"),
    (Flag.DELETED, "deleted"),
    (Flag.BACKFILL, "history"),
    (Flag.FUTURE, "dated in the future"),
)

_WITHDRAWN: Mapping[Standing | None, str] = {
    Standing.WITHDRAWN: "label withdrawn",
    Standing.STILL_IN_USE: "label withdrawn, still in the model in use",
}
_AGAIN = {
    Standing.COUNTS: "press it again to withdraw it",
    Standing.TAKEN_BACK: "press it again to teach it again",
}


def choices(facts: Facts, sources: Sequence[str], narratives: Sequence[Narrative]) -> Choices:
    """Return what the filters offer, each in the order in which people look for it."""
    offered = sorted(narratives, key=lambda one: (-one.mentions, one.label.casefold()))
    return Choices(
        brands=tuple(sorted((signal.brand for signal in facts.states), key=str.casefold)),
        sources=tuple(sorted({*sources, *(source.name for source in facts.sources)})),
        narratives=tuple(NarrativeChoice(one.id, one.label) for one in offered),
    )


def listed(
    facts: Facts,
    rows: Sequence[MentionRow],
    more: bool,
    labels: Mapping[str, str],
    before: Mapping[str, float | None],
    standings: Mapping[str, Standing],
    empty: str,
) -> MentionList:
    """Return the list of `rows`, one line for each mention however many brands it counts for.

    `more` says that older ones may follow. `labels` names narratives by id. `before` has, by mention id, the
    probability of the class that somebody gave it in this view, as it was then; None of what was withdrawn
    there. `standings` has those of
    which somebody said anything.
    """
    brands: dict[str, list[str]] = {}
    first: dict[str, MentionRow] = {}
    for row in rows:
        brands.setdefault(row.mention.id, []).append(about(row))
        first.setdefault(row.mention.id, row)
    lines = tuple(
        _line(facts, row, brands[key], labels, before.get(key), standings.get(key))
        for key, row in first.items()
    )
    oldest_at = rows[-1].mention.event_at if rows else None
    oldest = facts.time(oldest_at) if oldest_at else ""
    return MentionList(lines, "" if lines else empty, more, oldest, oldest_at)


def together(found: Sequence[MentionRow], gone: Sequence[MentionRow], brand: str) -> list[MentionRow]:
    """Return the rows that were found and those of `brand`, or of all, that left the list, newest first."""
    mine = [row for row in gone if not brand or row.brand == brand]
    return sorted([*found, *mine], key=lambda row: (row.mention.event_at, row.seq), reverse=True)


def _line(
    facts: Facts,
    row: MentionRow,
    brands: Sequence[str],
    labels: Mapping[str, str],
    before: float | None,
    standing: Standing | None,
) -> MentionLine:
    mention = row.mention
    deleted = Flag.DELETED in mention.flags
    return MentionLine(
        id=mention.id,
        row=stream_row(facts, row, brands),
        said=row.label,
        said_words=_said(row, before, standing),
        withdraws=standing is not Standing.TAKEN_BACK,
        correctable=not deleted,
        brand=row.brand if len(brands) == 1 else "",
        said_ours=row.said_ours,
        ours_words=_ours(row),
        narrative=labels.get(row.narrative, ""),
        url=safe_url(mention.url),
        marks=tuple(word for flag, word in _MARKS if flag in mention.flags),
        full=mention.body[:FULL] if not deleted else "Taken back at the source, or erased. It still counts.",
        details=_details(facts, row, standing),
    )


def safe_url(url: str) -> str:
    """Return `url` when it is a web address, else nothing: what a feed gives may be a script.

    >>> safe_url("https://news.example/1"), safe_url("javascript:alert(1)")
    ('https://news.example/1', '')
    """
    try:
        parts = urlsplit(url)
    except ValueError:  # such as a broken IPv6 address
        return ""
    return url if parts.scheme in {"http", "https"} and parts.netloc else ""


def probability(row: MentionRow, sentiment: Sentiment) -> float:
    """Return what the model gives a class."""
    return {
        Sentiment.NEGATIVE: row.score.negative,
        Sentiment.NEUTRAL: row.score.neutral,
        Sentiment.POSITIVE: row.score.positive,
    }[sentiment]


def _said(row: MentionRow, before: float | None, standing: Standing | None) -> str:
    """Say what somebody said it is, whether it is learned from, and what came of it."""
    if row.label is None:
        return _WITHDRAWN.get(standing, "")
    said = f"you said: {row.label}"
    if Flag.NO_TRAINING in row.mention.flags:
        return f"{said}, not learned: its source forbids that"
    if standing is Standing.TAKEN_BACK:
        return f"{said}, not in the model in use"
    now = probability(row, row.label)
    if before is not None and abs(now - before) >= MOVED:
        return f"{said}, learned: was {before:.2f}, is {now:.2f}"
    return said


def _ours(row: MentionRow) -> str:
    """Say that it is about a namesake, and who says so."""
    if row.said_ours is not None:
        forbidden = ", not learned: its source forbids that" if Flag.NO_TRAINING in row.mention.flags else ""
        return f"you said: {US if row.said_ours else NOT_US}{forbidden}"
    return f"{NOT_US}: {row.ours:.2f}" if row.not_us and row.ours is not None else ""


def _details(facts: Facts, row: MentionRow, standing: Standing | None) -> tuple[tuple[str, str], ...]:
    mention, score = row.mention, row.score
    given = (
        ("Your label", f"{row.label}; {_AGAIN[standing]}" if row.label and standing in _AGAIN else ""),
        ("Written", _moment(facts, mention.event_at)),
        ("Seen", _moment(facts, mention.seen_at)),
        ("Probabilities", _probabilities(score.negative, score.neutral, score.positive)),
        (f"About {row.brand}", _probabilities(*row.towards) if row.towards else ""),
        ("About us", f"{row.ours:.2f}, counts from {NOT_US_BELOW:.2f}" if row.ours is not None else ""),
        ("Kind", mention.kind),
        ("Unsure", doubt(score) if row.label is None else ""),
        ("Language", language_name(score.language or mention.language)),
        ("Read by", score.version),
        ("Number", mention.id),
    )
    return tuple((name, value) for name, value in given if value)


def _probabilities(negative: float, neutral: float, positive: float) -> str:
    return f"negative {negative:.2f}, neutral {neutral:.2f}, positive {positive:.2f}"


def _moment(facts: Facts, at: datetime) -> str:
    local = at.astimezone(facts.zone)
    return f"{local.day} {local:%b %Y %H:%M:%S}"


def empty(facts: Facts, filtered: bool, span: str) -> str:
    """Say why a list is empty and what to do."""
    if filtered:
        within = f" within the last {span}" if span else ""
        return f"No mention meets these filters{within}. Take one away, or search for fewer words."
    if facts.silent_since is not None:
        return f"No mentions yet. Firetower is not running: start it with {facts.command}"
    return "No mentions yet. Sources says which feeds answered and what each brand's query finds."


def head(facts: Facts, anchor: datetime, newer: int, bound: int) -> MentionsHead:
    """Say how fresh the list is and how many mentions came after it, counted up to `bound`."""
    local = anchor.astimezone(facts.zone)
    today = local.date() == facts.now.astimezone(facts.zone).date()
    count = f"{bound} or more" if newer >= bound else words.number(newer)
    return MentionsHead(
        fresh=f"as of {f'{local:%H:%M:%S}' if today else facts.time(anchor)}",
        newer=f"{count} newer" if newer else "",
        seen=facts.meter.words,
        blind=_blind(facts),
    )


def _blind(facts: Facts) -> str:
    if facts.silent_since is not None:
        return f"nobody watches since {facts.time(facts.silent_since)}: newer ones are missing"
    return f"{facts.meter.blind}: what they would show is missing" if facts.meter.blind else ""
