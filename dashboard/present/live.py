"""From records to what Live shows: pure, so that every sentence and order is tested without a browser."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from core import words
from core.records import Growth, Incident, Notification, Outcome, Reason, Signal, SignalPoint, Stage, derive
from core.storm_words import storm_sentence
from dashboard import phrases
from dashboard.facts import Facts
from dashboard.present.pages import mark
from dashboard.spark import spark
from dashboard.viewmodels import Banner, Calm, OpenIncidents, Strip, Tile

LEARNING_HOURS = 24.0
"""Hours of history under which a brand is learning, `docs/design/detection.md`."""
NAMED = 6
"""Brands that are named while there is no tile of any."""
BANNERS = 3
"""Open incidents shown whole; the others are a line and a link, so that the tiles stay in sight."""
PAGED = frozenset({Outcome.SENT, Outcome.PARTIAL, Outcome.REPLAY})
"""Outcomes that are a page, delivered or recorded in its place."""


def count_pages(notifications: Iterable[Notification]) -> int:
    """Return how many of `notifications` were pages, delivered or recorded; tests and drills are none."""
    return sum(
        notification.outcome in PAGED and notification.reason is not Reason.TEST and not notification.drill
        for notification in notifications
    )


def strip(facts: Facts, pages: int, false_alarms: int) -> Strip:
    """Return the line on top: fresh, complete, who would be told.

    `pages` and `false_alarms` are those of the last seven days.
    """
    word, notice = _life(facts)
    return Strip(
        word=word,
        fresh=facts.silent_since is None,
        seeing=facts.silent_since is None and any(_seen(signal) for signal in facts.states),
        updated=f"{facts.now.astimezone(facts.zone):%H:%M:%S}",
        notice=notice,
        meter=facts.meter,
        pages=words.number(pages),
        false_alarms=words.number(false_alarms) if false_alarms else "",
        duty="recorded, never sent" if facts.purpose == "replay" else ", ".join(facts.channels),
    )


def storm(facts: Facts) -> str:
    """Say what storm mode means for the numbers; nothing when all was read in full."""
    if facts.pulse is None or facts.pulse.storm is None or facts.silent_since is not None:
        return ""
    state = facts.pulse.storm
    return storm_sentence(state, facts.time(state.since) if state.since else "")


def _seen(signal: Signal) -> bool:
    return signal.stage is not Stage.UNKNOWN and signal.would_catch is not None


def _life(facts: Facts) -> tuple[str, str]:
    """Say in a word and a notice how the main process lives and where its mentions come from."""
    if facts.silent_since is not None:
        return "Not running", f"since {facts.time(facts.silent_since)}. Start it with {facts.command}"
    if facts.purpose == "replay":
        local = facts.now.astimezone(facts.zone)
        return "Replay", f"times are the archive's, {local.day} {local:%b %Y}"
    if facts.pulse is None or not facts.pulse.demo:
        return "Live", ""
    notice = "simulated mentions"
    if facts.pulse.catching_up:
        wall = phrases.time_of_day(facts.wall, facts.zone, facts.wall)
        notice += f", catching up: {facts.time(facts.now)} of {wall}"
    return "Demo", notice


def tiles(facts: Facts, points: Mapping[str, Sequence[SignalPoint]]) -> tuple[Tile, ...]:
    """Return a tile per brand of `facts`, by risk."""
    incidents = {incident.brand: incident for incident in facts.incidents}
    return tuple(
        _tile(facts, signal, points.get(signal.brand, ()), incidents.get(signal.brand))
        for signal in by_risk(facts.states)
    )


def by_risk(states: Iterable[Signal]) -> list[Signal]:
    """Return the worst first, then by name."""
    return sorted(states, key=lambda signal: (-signal.stage.severity, signal.brand.casefold()))


def further(facts: Facts, shown: int) -> str:
    """Say what is left out when that many brands are shown; nothing when none is."""
    rest = by_risk(facts.states)[shown:]
    if not rest:
        return ""
    worst = words.STAGE_WORDS[rest[0].stage].lower()
    how = f"all {worst}" if rest[-1].stage is rest[0].stage else f"the worst {worst}"
    return f"Show {len(rest)} more {'brand' if len(rest) == 1 else 'brands'}, {how}"


def no_tiles(facts: Facts, brands: Sequence[str]) -> str:
    """Say what is watched while no brand has a number yet, and what is missing."""
    watched = f"Watched: {', '.join(brands[:NAMED])}{_and_more(len(brands) - NAMED)}." if brands else ""
    if not facts.sources:
        missing = "No source is set up, so nothing can be seen. Add a [[source]] to firetower.toml."
    elif all(source.heartbeat_at is None for source in facts.sources):
        missing = "No source has answered so far. Sources says why."
    else:
        missing = "Nothing was counted so far. Numbers come with the first mention."
    return f"{watched} {missing}".strip()


def _and_more(count: int) -> str:
    return f" and {count} more" if count > 0 else ""


def _tile(facts: Facts, signal: Signal, points: Sequence[SignalPoint], incident: Incident | None) -> Tile:
    signal = _unwatched(signal) if facts.silent_since else signal
    blind = signal.stage is Stage.UNKNOWN
    growth = phrases.growth(None if blind else signal.growth)
    return Tile(
        key=derive("tile", signal.brand),
        brand=signal.brand,
        stage=signal.stage,
        word=words.STAGE_WORDS[signal.stage],
        sure=_sure(signal),
        outside=_outside(signal),
        learning=_learning(signal),
        planned=f"{signal.planned:g}x the usual expected: {signal.event}" if signal.event else "",
        seen="?" if blind else words.number(signal.seen),
        expected=_blind_words(facts, signal) if blind else phrases.expected(signal),
        spark=spark([*points, _as_point(signal, facts.now)], facts.now),
        growth_label=growth.label,
        growth=growth.value,
        growth_range=growth.range,
        share="unknown" if blind else words.percent(signal.negative_share),
        usual="" if blind or signal.usual_share is None else f"usual {words.percent(signal.usual_share)}",
        would_catch="nothing" if signal.would_catch is None else f"{words.number(signal.would_catch)}/h",
        coverage=words.percent(signal.coverage),
        meter=facts.meter,
        incident_id=incident.id if incident else "",
    )


def _unwatched(signal: Signal) -> Signal:
    """Return what is left of a brand's signal when nobody watches: what was calm then is unknown now."""
    return replace(signal, stage=Stage.UNKNOWN, coverage=0.0, sure=None, would_catch=None)


def _blind_words(facts: Facts, signal: Signal) -> str:
    if facts.silent_since is not None:
        return f"nobody watches since {facts.time(facts.silent_since)}"
    if not signal.mentions and not signal.coverage:
        return "nothing can be seen"
    return f"{words.number(signal.seen)} seen, too little to judge"


def _sure(signal: Signal) -> str:
    """Say how sure the state is; outside its band a calm brand says that in a line of its own."""
    return "" if _outside(signal) else words.sure(signal)


def _outside(signal: Signal) -> str:
    """Say that a calm brand's count lies outside its band: once in twenty hours it does without any storm.

    The state is decided by more than this count. How sure it is isn't said here: beside a count that climbs
    out of its band "99 % sure" would be read as a promise about the next hour.
    """
    seen, low, high = (
        round(value) for value in (signal.seen, signal.low, signal.high)
    )  # as they are written
    if signal.stage is not Stage.CALM or low <= seen <= high:
        return ""
    return "above the band, no storm so far" if seen > high else "below the band"


def _learning(signal: Signal) -> str:
    if signal.learned_hours >= LEARNING_HOURS:
        return ""
    return f"learning, {int(signal.learned_hours)} h of {LEARNING_HOURS:.0f}"


def _as_point(signal: Signal, now: datetime) -> SignalPoint:
    """Return the newest signal as the line's last point, at "now": a quiet brand's is up to 30 s old."""
    return SignalPoint(
        at=now,
        stage=signal.stage,
        seen=signal.seen,
        expected=signal.expected,
        low=signal.low,
        high=signal.high,
        bin_seen=signal.bin_seen,
        bin_expected=signal.bin_expected,
        bin_low=signal.bin_low,
        bin_high=signal.bin_high,
        coverage=signal.coverage,
        planned=signal.planned,
        event=signal.event,
    )


def open_incidents(facts: Facts) -> OpenIncidents:
    """Return the open incidents, the worst first, and what to read while there is none."""
    ordered = sorted(facts.incidents, key=lambda incident: (-incident.stage.severity, incident.opened_at))
    banners = tuple(_banner(facts, incident) for incident in ordered[:BANNERS])
    watched = () if facts.silent_since else facts.states
    return OpenIncidents(banners, max(0, len(ordered) - BANNERS), _calm(watched))


def _calm(states: Collection[Signal]) -> Calm:
    """Say what no open incident means: calm only where brands are seen."""
    seen = [signal for signal in states if _seen(signal)]
    unseen = len(states) - len(seen)
    if not seen:
        text = "No brand can be seen: a storm would go unnoticed. No open incident."
        return Calm(text, Stage.UNKNOWN)
    if not unseen:
        return Calm(f"No open incident. {_would_catch(seen)}", Stage.CALM)
    text = f"{unseen} of {len(states)} brands cannot be seen: a storm there would go unnoticed."
    return Calm(f"{text} No open incident among the others. {_would_catch(seen)}", Stage.UNKNOWN)


def _would_catch(seen: Iterable[Signal]) -> str:
    """Say from what size on a storm would be caught, and for which brand."""
    sizes = sorted((signal.would_catch or 0.0, signal.brand) for signal in seen)
    (_, least), (_, most) = sizes[0], sizes[-1]
    low, high = (f"{words.number(size)}/h" for size, _ in (sizes[0], sizes[-1]))
    span = f"{low} ({least})" if low == high else f"between {low} ({least}) and {high} ({most})"
    return f"Smallest storm we would catch within an hour: {span}."


def _banner(facts: Facts, incident: Incident) -> Banner:
    newest = {signal.brand: signal for signal in facts.states}
    signal = newest.get(incident.brand, incident.explanation.signal)
    answers = facts.answers.get(incident.id, {})
    third_label, third = _third(facts)
    return Banner(
        id=incident.id,
        stage=incident.stage,
        word=words.STAGE_WORDS[incident.stage],
        brand=incident.brand,
        since=since(incident, signal.growth, facts.zone, facts.now),
        owner=facts.owner(incident, answers),
        label=phrases.capital(incident.label),
        seen=f"{words.number(signal.seen)} negative mentions",
        expected=phrases.expected(signal),
        growth=phrases.growth(signal.growth).sentence,
        belief=_belief(signal),
        third_label=third_label,
        third=third,
        answered=phrases.answered(answers, facts.zone, facts.now),
        answerable=phrases.answerable(incident, answers),
        simulated=mark(incident),
    )


def since(incident: Incident, growth: Growth | None, zone: ZoneInfo, now: datetime) -> str:
    """Say since when an incident is there, cools or is over; that it grows only when that is certain."""
    if incident.closed_at is not None:
        return f"closed {phrases.time_of_day(incident.closed_at, zone, now)}"
    if incident.stage.severity >= Stage.SMOULDERING.severity:
        grows = growth is not None and growth.certain and growth.per_hour > 0
        return (
            f"{'growing since' if grows else 'since'} {phrases.time_of_day(incident.started_at, zone, now)}"
        )
    word = words.STAGE_WORDS[incident.stage].lower()
    return f"{word} since {phrases.time_of_day(incident.stages[-1].at, zone, now)}"


def _belief(signal: Signal) -> str:
    places = f"{signal.sources} {'source' if signal.sources == 1 else 'sources'}"
    who = f"{places}." if signal.authors is None else f"{words.number(signal.authors)} authors in {places}."
    raw = signal.seen * signal.amplification
    copied = round(raw) > round(signal.seen)
    copies = (
        f"Copies are weighted down: {words.number(raw)} with them." if copied else "No copies among them."
    )
    held = f"Held at smouldering: {signal.capped}." if signal.capped else ""
    return " ".join(filter(None, (who, copies, held)))


def _third(facts: Facts) -> tuple[str, str]:
    if facts.unseen:
        return "What we do not see", f"{facts.unseen}."
    return "What we see", f"{facts.meter.words.capitalize()}."
