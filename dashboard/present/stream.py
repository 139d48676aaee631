"""From stored mentions to the rows that stream in: pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from core import words
from core.records import Flag, Mention, MentionRow, Rollup, Score
from dashboard.facts import Facts
from dashboard.viewmodels import Stream, StreamRow

SURE = 0.5
"""A tone is named when its probability has the majority; otherwise people read "unsure"."""
FAINT = 0.05
"""Weight under which a mention counts for nothing that anybody would notice."""
TEXT = 400
"""Characters of a mention that are sent to the browser: two lines show about 120."""


def stream(facts: Facts, rows: Sequence[MentionRow], last_hour: Sequence[Rollup]) -> Stream:
    """Return the newest mentions, one row each however many brands it counts for."""
    brands: dict[str, list[str]] = {}
    first: dict[str, MentionRow] = {}
    for row in rows:
        brands.setdefault(row.mention.id, []).append(row.brand)
        first.setdefault(row.mention.id, row)
    shown = tuple(stream_row(facts, row, brands[mention_id]) for mention_id, row in first.items())
    return Stream(shown, _rate(last_hour, facts.now), "" if shown else _no_mentions(facts))


def stream_row(facts: Facts, row: MentionRow, brands: Iterable[str]) -> StreamRow:
    """Return one mention as a row of a list."""
    mention = row.mention
    tone, probability = _tone(row.score)
    return StreamRow(
        time=_seconds(mention.event_at, facts),
        source=mention.source,
        author=mention.author,
        tone=tone,
        probability=f"{probability:.2f}" if tone in {"negative", "positive"} else "",
        width=f"{100 * probability:.0f}%",
        text=_one_line(mention),
        counts=f"counts {row.weight:.1f}",
        note=_note(row),
        brands=", ".join(brands),
        simulated=Flag.SIMULATED in mention.flags,
        faint=row.weight < FAINT,
    )


def _one_line(mention: Mention) -> str:
    """Write title and text as one line."""
    parts = (" ".join(part.split()) for part in mention.body.split("\n", 1 if mention.title else 0))
    return " · ".join(part for part in parts if part)[:TEXT]


def _tone(score: Score) -> tuple[str, float]:
    tone, probability = max(
        (("negative", score.negative), ("neutral", score.neutral), ("positive", score.positive)),
        key=lambda pair: pair[1],
    )
    return (tone, probability) if probability > SURE else ("unsure", probability)


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
