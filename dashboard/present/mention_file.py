"""The list of mentions as CSV that a spreadsheet opens and does not run: pure."""

import csv
import io
from collections.abc import Iterable

from core.certainty import named
from core.records import Flag, MentionRow, Tone
from core.spreadsheet import safe_cell

COLUMNS = (
    "time",
    "brand",
    "source",
    "author",
    "title",
    "text",
    "url",
    "negative",
    "neutral",
    "positive",
    "sentiment",
    "label",
    "language",
    "anger",
    "offensive",
    "irony",
    "weight",
    "copy",
    "narrative",
    "flags",
    "id",
)
"""Named as in `firetower export`, whose file has some more."""


def csv_file(rows: Iterable[MentionRow]) -> bytes:
    """Return `rows` as UTF-8 CSV; the mark at its beginning tells spreadsheets the encoding."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(_cells(row) for row in rows)
    return text.getvalue().encode("utf-8-sig", "replace")


def _cells(row: MentionRow) -> list[object]:
    mention, score = row.mention, row.felt
    return [
        mention.event_at.isoformat(),
        safe_cell(row.brand),
        safe_cell(mention.source),
        safe_cell(mention.author),
        safe_cell(mention.title),
        safe_cell(mention.text),
        safe_cell(mention.url),
        round(score.negative, 4),
        round(score.neutral, 4),
        round(score.positive, 4),
        named(score, row.label),
        row.label or "",
        safe_cell(score.language or mention.language),
        *_tone(score.tone),
        round(row.weight, 4),
        row.copy_number,
        row.narrative,
        _flags(mention.flags),
        mention.id,
    ]


def _tone(tone: Tone | None) -> tuple[float | str, ...]:
    return tuple(round(share, 4) for share in (tone.anger, tone.offensive, tone.irony)) if tone else ("",) * 3


def _flags(flags: Flag) -> str:
    return " ".join(str(flag.name).lower() for flag in flags)
