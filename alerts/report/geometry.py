"""The line of weeks as points in a unit square, the same for HTML and PDF: x to the right, y downwards."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from core.records import BrandWeek, DataState, Estimate, LinePoint, Stage, WeekEvent

LEAST_SLOTS = 5
"""Weeks that a line has room for at least: two points from edge to edge would look like a trend."""
PADDING = 4
"""Index points between the band and the edge."""
LEAST_HEIGHT = 24
"""Index points that the scale spans at least: a quiet quarter has to look quiet."""
STEPS = (5, 10, 20, 25)
"""Distances of the horizontal lines; the first that gives at most four."""
LABELS = 3
"""Events with a name: more would not fit above the line."""
LETTERS = 22
"""Characters of such a name."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis with its label."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A storm on the line."""

    at: float
    label: str
    stage: Stage
    anchor: str
    """`start`, `middle` or `end`: how the label stands to its place."""


@dataclass(frozen=True, slots=True)
class Dot:
    """A week's point; hollow when it is provisional."""

    x: float
    y: float
    hollow: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """A line of weeks, ready to draw."""

    bands: tuple[tuple[Point, ...], ...]
    """Closed outlines of the 95 % band, one for each run of weeks without a gap."""
    lines: tuple[tuple[Point, ...], ...]
    dots: tuple[Dot, ...]
    """Weeks that stand alone or are provisional."""
    gaps: tuple[Point, ...]
    """Left and right ends of weeks that were seen too little."""
    rows: tuple[Tick, ...]
    weeks: tuple[Tick, ...]
    marks: tuple[Mark, ...]
    last: Dot | None
    weeks_shown: int


def chart(brand: BrandWeek) -> Chart | None:
    """Return a brand's line, None when no week has a number."""
    line = _trimmed(brand.line)
    known = [(i, point.index) for i, point in enumerate(line) if point.index is not None]
    if not known:
        return None
    low, high = _domain([index for _, index in known])
    scale = _Scale(len(line), low, high)
    runs = [list(run) for run in _runs(known)]
    last = _dot(scale, line, len(line) - 1)
    return Chart(
        bands=tuple(_outline(scale, run) for run in runs if len(run) > 1),
        lines=tuple(tuple(scale.point(i, index.value) for i, index in run) for run in runs if len(run) > 1),
        dots=tuple(_single(scale, line, runs)),
        gaps=tuple(scale.slot(i) for i, point in enumerate(line) if point.state is DataState.HIDDEN),
        rows=tuple(Tick(scale.y(value), str(value)) for value in _steps(low, high)),
        weeks=tuple(_week_ticks(scale, line)),
        marks=tuple(_marks(scale, line, brand)),
        last=last,
        weeks_shown=sum(point.state is not DataState.EMPTY for point in line),
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    slots: int
    low: int
    high: int

    def x(self, place: int) -> float:
        return round(place / max(1, self.slots - 1), 4)

    def y(self, value: float) -> float:
        return round((self.high - value) / (self.high - self.low), 4)

    def point(self, place: int, value: float) -> Point:
        return self.x(place), self.y(value)

    def slot(self, place: int) -> Point:
        half = 0.5 / max(1, self.slots - 1)
        return round(max(0.0, self.x(place) - half), 4), round(min(1.0, self.x(place) + half), 4)


def _trimmed(line: Sequence[LinePoint]) -> list[LinePoint]:
    """Leave out the weeks before anything was watched, but for so many that a line has room."""
    first = next((i for i, point in enumerate(line) if point.state is not DataState.EMPTY), len(line))
    return list(line[min(first, max(0, len(line) - LEAST_SLOTS)) :])


def _domain(estimates: Sequence[Estimate]) -> tuple[int, int]:
    low = min(each.low for each in estimates) - PADDING
    high = max(each.high for each in estimates) + PADDING
    missing = max(0, LEAST_HEIGHT - (high - low))
    low, high = low - missing // 2, high + missing - missing // 2
    return max(0, low), min(100, max(high, LEAST_HEIGHT))


def _steps(low: int, high: int) -> list[int]:
    for step in STEPS:
        found = list(range(-(-low // step) * step, high + 1, step))
        if len(found) <= 4:
            return found
    return [0, 50, 100]


def _runs(known: Sequence[tuple[int, Estimate]]) -> Iterator[list[tuple[int, Estimate]]]:
    """Split at weeks without a number: a line across a gap would claim what nobody saw."""
    for _, run in groupby(enumerate(known), key=lambda pair: pair[1][0] - pair[0]):
        yield [point for _, point in run]


def _outline(scale: _Scale, run: Sequence[tuple[int, Estimate]]) -> tuple[Point, ...]:
    top = [scale.point(i, index.high) for i, index in run]
    bottom = [scale.point(i, index.low) for i, index in reversed(run)]
    return (*top, *bottom)


def _single(
    scale: _Scale, line: Sequence[LinePoint], runs: Sequence[list[tuple[int, Estimate]]]
) -> Iterator[Dot]:
    """Yield the points that a line alone would not show."""
    alone = {run[0][0] for run in runs if len(run) == 1}
    for i, point in enumerate(line[:-1]):
        dot = _dot(scale, line, i)
        if dot is not None and (i in alone or point.state is DataState.PROVISIONAL):
            yield dot


def _dot(scale: _Scale, line: Sequence[LinePoint], place: int) -> Dot | None:
    index = line[place].index
    if index is None:
        return None
    return Dot(*scale.point(place, index.value), line[place].state is DataState.PROVISIONAL)


def _week_ticks(scale: _Scale, line: Sequence[LinePoint]) -> Iterator[Tick]:
    """Label every week, or every second one where there are many, counted from the last."""
    every = 1 if len(line) <= 7 else 2
    for i, point in enumerate(line):
        if (len(line) - 1 - i) % every == 0:
            yield Tick(scale.x(i), point.week[-3:])


def _marks(scale: _Scale, line: Sequence[LinePoint], brand: BrandWeek) -> Iterator[Mark]:
    """Yield the worst storm of each week; the worst and newest few are named."""
    places = {point.week: i for i, point in enumerate(line)}
    worst: dict[str, WeekEvent] = {}
    for event in brand.events:
        held = worst.get(event.week)
        if event.week in places and (held is None or event.stage.severity >= held.stage.severity):
            worst[event.week] = event
    named = set(_spaced(sorted(worst, key=lambda week: (-worst[week].stage.severity, -places[week])), places))
    for week, event in sorted(worst.items()):
        x = scale.x(places[week])
        label = _cut(event.label) if week in named else ""
        yield Mark(x, label, event.stage, _anchor(x))


def _spaced(weeks: Sequence[str], places: dict[str, int]) -> list[str]:
    """Return the weeks whose names do not run into each other."""
    chosen: list[str] = []
    for week in weeks:
        free = all(abs(places[week] - places[other]) >= len(places) / LABELS for other in chosen)
        if free and len(chosen) < LABELS:
            chosen.append(week)
    return chosen


def _cut(label: str) -> str:
    return label if len(label) <= LETTERS else f"{label[: LETTERS - 1].rstrip()}…"


def _anchor(x: float) -> str:
    if x < 0.15:
        return "start"
    return "end" if x > 0.85 else "middle"
