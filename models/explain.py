"""Why an incident is what it is, as data and words. The same input gives the same explanation."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from core import words
from core.records import Explanation, MentionRow, Signal, SourceShare, Stage
from models.caps import AUTHOR_CAP, COPY_CAP, FOREIGN, MOOD_CAP
from models.evidence import LEAST_NEGATIVES
from models.fuse import COMMON
from models.quotes import NAME, QUOTES, clean, quote, representative
from models.smallest import NOTHING, Smallest
from models.terms import label

_NEGATIVE = 0.5
_FIRST = 3
_LEARNING_HOURS = 24.0
_AMPLIFIED = 1.2
_LOUD, _AUDIBLE = 3, 0.05
"""Pieces of evidence named, and the log-odds below which one would be written as 0.0."""
_JOINED = 3
_LAST = datetime.max.replace(tzinfo=UTC)

_WATCH = "Suggested: answer the first posts one by one, with empathy and an offer to continue in private."
_ANSWER = (
    "Suggested: answer early with empathy, explain what happened, and apologise where it was your fault; "
    "vary the wording, and leave compensation out of public replies."
)
_CAMPAIGN = "Suggested: don't answer the copies; find out where they come from before you say anything."
_ATTENTION = (
    "Suggested: read what they came for, and answer what is asked; so far nothing has to be put right."
)
_CAVEAT = (
    " (Herhausen et al. 2019, 89 firms' Facebook pages: compensation in public fed the fire; "
    "your case may differ.)"
)


def explain(
    incident_signal: Signal,
    mentions: Sequence[MentionRow],
    brand: str,
    blind: Sequence[str] = (),
    fewest: Smallest = NOTHING,
    about: Sequence[MentionRow] = (),
) -> Explanation:
    """Explain a signal with the brand's recent mentions, in any order.

    `mentions` should hold the rise and some everyday mentions before it, from which the
    label's words are told apart; `blind` names the sources that could not be seen; `fewest` are the
    mentions that made the difference, where it paged; `about` are those that are about something
    else than usual, where complaints have moved there.
    """
    rows = sorted(mentions, key=lambda row: (row.mention.event_at, row.mention.id))
    since = _since(incident_signal)
    rise = [row for row in rows if row.mention.event_at >= since]
    negatives = _of_topic(incident_signal, about) or _negatives(rise)
    chosen = {row.mention.id for row in negatives}
    everyday = [row.mention.body for row in rows if row.mention.id not in chosen]
    sources = _sources(negatives)
    originals = [row.mention.body for row in negatives if row.copy_number == 1] or [
        row.mention.body for row in negatives
    ]
    return Explanation(
        signal=incident_signal,
        headline=words.headline(incident_signal),
        sentences=(
            *_topic(incident_signal, about, rows, brand),
            *_sentences(incident_signal, sources, blind, fewest),
        ),
        label=clean(label(originals, everyday, brand), NAME) or "negative mentions",
        quotes=representative(negatives),
        first=tuple(quote(row, negatives) for row in negatives[:_FIRST]),
        sources=sources,
        playbook=_playbook(incident_signal),
        smallest=fewest.ids,
        counterfactual=fewest.sentence,
    )


def _since(signal: Signal) -> datetime:
    """Start of the rise: its onset, else the last hour."""
    return signal.onset or signal.at - timedelta(hours=1)


def _of_topic(signal: Signal, about: Sequence[MentionRow]) -> list[MentionRow]:
    """Return the complaints that are about something else, where nothing but that may be unusual yet."""
    if signal.stage.severity > Stage.SMOULDERING.severity or len(about) < _FIRST:
        return []
    return sorted(about, key=lambda row: (row.mention.event_at, row.mention.id))


def _topic(
    signal: Signal, about: Sequence[MentionRow], rows: Sequence[MentionRow], brand: str
) -> Iterable[str]:
    """Say what complaints are about instead of the usual, in their own words where some stand out."""
    change = signal.topics
    if change is None:
        return
    chosen = {row.mention.id for row in about}
    others = [row.mention.body for row in rows if row.mention.id not in chosen]
    terms = clean(label([row.mention.body for row in about], others, brand), NAME)
    about_what = f": {terms}" if terms else ""
    yield (
        f"Complaints are about something else than usual{about_what} "
        f"(the last {words.number(change.complaints)} against those of weeks)."
    )


def _negatives(rise: Sequence[MentionRow]) -> list[MentionRow]:
    """Return the negative mentions of the rise; the most negative ones when all are worded neutrally."""
    negatives = [row for row in rise if row.felt.negative > _NEGATIVE]
    if len(negatives) >= _FIRST:
        return negatives
    kept = sorted(rise, key=lambda row: (-row.felt.negative, row.mention.id))[: QUOTES * 2]
    return sorted(kept, key=lambda row: (row.mention.event_at, row.mention.id))


def _sentences(
    signal: Signal, sources: Sequence[SourceShare], blind: Sequence[str], fewest: Smallest
) -> Iterable[str]:
    if signal.stage is not Stage.UNKNOWN:
        yield f"Growth of the excess: {words.growth(signal.growth)}."
        yield _who(signal)
        yield from _joined(sources)
        yield from _what(signal)
        yield from _loudest(signal)
        yield from _elsewhere(signal)
        yield from _planned(signal)
        if fewest.ids:
            yield fewest.sentence
    yield _coverage(signal, blind)
    if signal.learned_hours < _LEARNING_HOURS:
        hours = words.number(signal.learned_hours)
        yield f"Still learning: {hours} of 24 hours are known, so only plain rules hold."


def _who(signal: Signal) -> str:
    sources = f"{signal.sources} source{'' if signal.sources == 1 else 's'}"
    if not signal.sources:
        return "No mention alone is called negative: the number adds up small chances."
    if signal.authors is None:
        return f"Seen on {sources}; authors are not given there."
    people = f"{signal.authors} author{'' if signal.authors == 1 else 's'}"
    if signal.new_authors is None:
        return f"{people} on {sources}."
    return f"{people}, {signal.new_authors} of them new, on {sources}."


def _joined(sources: Sequence[SourceShare]) -> Iterable[str]:
    """Say where the rise began and which sources came later."""
    order = sorted(sources, key=lambda share: (share.first_at or _LAST, share.source))
    if len(order) < 2:
        return
    names = [clean(share.source, NAME) for share in order[1 : 1 + _JOINED]]
    rest = len(order) - 1 - len(names)
    more = [f"{rest} more"] if rest else []
    yield f"It began on {clean(order[0].source, NAME)}; {_and([*names, *more])} joined."


def _what(signal: Signal) -> Iterable[str]:
    if signal.negative_share is not None:
        yield (
            f"{words.percent(signal.negative_share)} of the mentions are negative, "
            f"{words.percent(signal.usual_share)} is usual."
        )
    if signal.amplification > _AMPLIFIED:
        raw = words.number(signal.seen * signal.amplification)
        yield f"Without copies {words.number(signal.seen)} remain of {raw}."
    if signal.foreign > FOREIGN:
        yield (
            f"{words.percent(signal.foreign)} of the mentions are in languages of which it is not known "
            "how well they are read: the number of negatives is a guess."
        )
    if signal.capped:
        yield f"Held at smouldering: {signal.capped}."
    elif signal.stage is Stage.SMOULDERING and signal.seen < LEAST_NEGATIVES and _beyond_bar(signal):
        yield "A page takes five independent negatives in an hour, or ten mentions where volume speaks."


def _beyond_bar(signal: Signal) -> bool:
    return signal.evidence >= signal.threshold > 0.0


def _loudest(signal: Signal) -> Iterable[str]:
    """Name the evidence that speaks for an alarm, the loudest first, and what speaks against it."""
    audible = [part for part in signal.contributions if abs(part.value) >= _AUDIBLE]
    order = sorted(audible, key=lambda part: (-part.value, part.name))
    loud = [part.name for part in order if part.value > 0.0][:_LOUD]
    against = [part.name for part in order if part.value < 0.0]
    if loud:
        but = f"; {_and(against)} against it" if against else ""
        yield f"What speaks loudest for it: {_and(loud)}{but}."


def _elsewhere(signal: Signal) -> Iterable[str]:
    """Say whether it is just us: how many neighbours rose too, and what of it does not count."""
    control = signal.control
    if control is None or not control.rivals + control.others:
        return
    groups = (
        ("rivals", control.rivals_rose, control.rivals),
        ("other brands", control.others_rose, control.others),
    )
    told = "; ".join(f"{name} rose too: {len(rose)} of {count}" for name, rose, count in groups if count)
    lowered = any(part.name == COMMON for part in signal.contributions)
    less = f". What is common, a factor of {control.factor:.1f}, counts for less" if lowered else ""
    yield f"{told[:1].upper()}{told[1:]}{less}."


def _planned(signal: Signal) -> Iterable[str]:
    """Say what was expected, and that the mix counts all the same."""
    if signal.event:
        yield (
            f"Expected because of {clean(signal.event, NAME)}: {signal.planned:g} times the usual volume. "
            "What counts is what goes beyond that, and a larger negative share."
        )


def _and(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def _coverage(signal: Signal, blind: Sequence[str]) -> str:
    if signal.coverage >= 0.995 and not blind:
        return "Every source was seen."
    missing = f", without {', '.join(clean(name, NAME) for name in blind)}" if blind else ""
    return (
        f"Only {words.percent(signal.coverage)} of the usual stream was seen{missing}: "
        "the true number may be higher."
    )


def _sources(negatives: Sequence[MentionRow]) -> tuple[SourceShare, ...]:
    """Return the sources by their part, each with the time of its first negative mention."""
    names = {row.mention.source for row in negatives}
    shares = [_source(name, [row for row in negatives if row.mention.source == name]) for name in names]
    return tuple(sorted(shares, key=lambda share: (-share.negative, share.source)))


def _source(name: str, rows: Sequence[MentionRow]) -> SourceShare:
    return SourceShare(name, sum(row.felt.negative for row in rows), rows[0].mention.event_at)


def _playbook(signal: Signal) -> str:
    if signal.capped == MOOD_CAP:
        return _ATTENTION
    if signal.capped in {COPY_CAP, AUTHOR_CAP}:
        return _CAMPAIGN + _CAVEAT
    return (_ANSWER if signal.stage.severity >= Stage.SPREADING.severity else _WATCH) + _CAVEAT
