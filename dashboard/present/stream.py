"""From stored mentions to the rows that stream in: pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from core import words
from core.certainty import named
from core.records import UNSURE, Flag, Mention, MentionRow, Rollup, Sentiment, Word
from dashboard.facts import Facts
from dashboard.present import manner
from dashboard.viewmodels import Stream, StreamRow

FAINT = 0.05
"""Weight under which a mention counts for nothing that anybody would notice."""
TEXT = 400
"""Characters of a mention that are sent to the browser: two lines show about 120."""
_SHOWN = {Sentiment.NEGATIVE, Sentiment.POSITIVE}
"""Classes whose probability is written out."""


def stream(facts: Facts, rows: Sequence[MentionRow], last_hour: Sequence[Rollup]) -> Stream:
    """Return the newest mentions, one row each however many brands it counts for."""
    brands: dict[str, list[str]] = {}
    first: dict[str, MentionRow] = {}
    for row in rows:
        brands.setdefault(row.mention.id, []).append(about(row))
        first.setdefault(row.mention.id, row)
    shown = tuple(stream_row(facts, row, brands[mention_id]) for mention_id, row in first.items())
    return Stream(shown, _rate(last_hour, facts.now), "" if shown else _no_mentions(facts))


def stream_row(facts: Facts, row: MentionRow, brands: Iterable[str]) -> StreamRow:
    """Return one mention as a row of a list."""
    mention = row.mention
    tone, probability = _called(row)
    return StreamRow(
        time=_seconds(mention.event_at, facts),
        source=mention.source,
        author=mention.author,
        tone=tone,
        doubt=manner.doubt(row.score) if tone == UNSURE else "",
        mark=manner.mark(row.score.tone, tone),
        probability=f"{probability:.2f}" if row.label is None and tone in _SHOWN else "",
        width=f"{100 * probability:.0f}%",
        text=_one_line(mention),
        counts="does not count" if row.not_us else f"counts {row.weight:.1f}",
        note=_note(row),
        brands=", ".join(brands),
        simulated=Flag.SIMULATED in mention.flags,
        faint=row.not_us or row.weight < FAINT,
    )


def about(row: MentionRow) -> str:
    """Name the brand, and what the text says of it where that isn't what the text says as a whole."""
    tone = named(row.felt, row.label)
    return row.brand if tone == named(row.score, row.label) else f"about {row.brand}: {tone}"


def _one_line(mention: Mention) -> str:
    """Write title and text as one line."""
    parts = (" ".join(part.split()) for part in mention.body.split("\n", 1 if mention.title else 0))
    return " · ".join(part for part in parts if part)[:TEXT]


def _called(row: MentionRow) -> tuple[Word, float]:
    """Return what a text is called and how likely that is; what a person said is certain."""
    if row.label is not None:
        return row.label, 1.0
    score = row.score
    return named(score), max(score.negative, score.neutral, score.positive)


def _seconds(at: datetime, facts: Facts) -> str:
    local = at.astimezone(facts.zone)
    today = local.date() == facts.now.astimezone(facts.zone).date()
    return f"{local:%H:%M:%S}" if today else facts.time(at)


def _note(row: MentionRow) -> str:
    if row.copy_number > 1:
        return f"{words.ordinal(row.copy_number)} copy of one text"
    if row.weight < FAINT:
        return "this author was counted enough this hour"
    if Flag.BACKFILL in row.mention.flags:
        return "history"
    return "no date given" if Flag.UNDATED in row.mention.flags else ""


def _rate(last_hour: Iterable[Rollup], now: datetime) -> str:
    """Write mentions a minute over the last ten, or an hour where that is less than one."""
    since_ten = (now - timedelta(minutes=10)).timestamp()
    rollups = list(last_hour)
    ten = sum(rollup.mentions for rollup in rollups if rollup.minute >= since_ten)
    if ten >= 10:
        return f"{words.number(ten / 10)} a minute"
    return f"{words.number(sum(rollup.mentions for rollup in rollups))} an hour"


def _no_mentions(facts: Facts) -> str:
    answered = max(
        (source for source in facts.sources if source.heartbeat_at is not None),
        key=lambda source: source.heartbeat_at or facts.now,
        default=None,
    )
    if answered is None or answered.heartbeat_at is None:
        return "No mentions yet, and no source has answered so far."
    name, at = answered.name, facts.time(answered.heartbeat_at)
    return f"No mentions yet. The last answer came from {name} at {at}. Check the brands' queries."
