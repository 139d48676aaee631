"""All estimators of one brand over one stream of bins, and the verdict of each bin."""

from math import log1p

from core.records import BIN_SECONDS, Contribution, Neighbours
from models import fuse, stages
from models.baseline import Baseline
from models.bins import Hour
from models.calibrate import Calibration
from models.caps import BURST_CAP, attention, campaign, sustained
from models.conditions import AUTHORS, DOUBLING, JOINING, LASTING, NEWCOMERS
from models.control import NO_NEIGHBOURS, Own, Shared, shared
from models.fuse import Decades
from models.growth import Growth
from models.judged import QUIET, Verdict
from models.mix import Mix
from models.newcomers import Newcomers
from models.priors import Priors
from models.seen import Seen
from models.share import NOTABLE_SHIFT, Share
from models.spike import Spike
from models.topic_shift import TopicShift, with_topics
from models.trend import Trend
from models.windows import HOUR_BINS, Windows

BLIND = 0.3
"""Exposure under which a bin says nothing."""
LEARNING_HOURS = 24.0
_SMOULDERING = 3.6
"""Evidence of what comes twice a month on a calm brand; it pages when its conditions hold as well."""
COLD_NEGATIVES, COLD_AUTHORS, COLD_RATIO = 20.0, 10, 5.0
LEAST_NEGATIVES, _LEAST_MENTIONS = 5.0, 10.0
"""Independent voices in an hour below which evidence says nothing, whatever the ratio: how rare an hour is,
those that could page have taught, and an hour with a negative or two is less rare than that says."""
_PLANNED_SPEED = 0.1
"""A planned event teaches as slowly as a storm: its factor is a guess, and must not become the level."""
_LEAST_FIRE, _FIRE_RATIO = 30.0, 5.0
_LEAST_AUTHORS, _MOSTLY, _UNUSUAL = 5, 0.6, 3.0
"""Fewest authors and least share of new ones for "mostly new authors", standard deviations above usual."""

_NOWHERE: dict[int, int] = {}
_Part = Baseline | Growth | Share | Spike | Trend | Calibration | stages.Stages | Newcomers | Mix | TopicShift


class Evidence:
    """The statistical state of one brand; `close` takes one bin in a few dozen microseconds."""

    def __init__(self, priors: Priors, threshold: float, neighbours: Neighbours = NO_NEIGHBOURS) -> None:
        self.threshold = threshold
        self.neighbours = neighbours
        self._prior_negative = priors.mentions_per_hour * priors.negative_share
        self.baseline = Baseline(priors)
        self.growth = Growth()
        self.share = Share(priors)
        self.spike = Spike()
        self.trend = Trend()
        self.volume = Trend(volume=True)
        self.calibration = Calibration(priors)
        self.stages = stages.Stages()
        self.newcomers = Newcomers()
        self.mix = Mix()
        self.topics = TopicShift()
        self.seen = Seen()
        self.exposure = 1.0
        self.observable = 1
        self.verdict = QUIET

    def close(self, start: int, windows: Windows) -> None:
        """Take in and learn the bin that starts at `start`; its exposure must be recorded."""
        stormy = self.stages.storm
        self.seen.planned = windows.planned(start)
        self._watch(start, windows, windows.exposure(start), 1.0, windows.observable(start))
        if self.stages.storm and not stormy:
            self.calibration.withdraw()
        if self.exposure >= BLIND:
            self._learn(with_topics(self.seen, windows.topics))
        if (start + BIN_SECONDS) % 3600 == 0:
            self.baseline.close_hour(start)
            self.calibration.refresh(self.baseline, start // 3600)

    def glance(self, start: int, windows: Windows, exposure: float, observable: int, elapsed: float) -> None:
        """Take in a bin of which the part `elapsed` has passed, learning nothing; `restore` undoes it."""
        self._watch(start, windows, exposure, elapsed, observable)

    def stand_after(self, start: int, windows: Windows) -> None:
        """Stand behind a closed bin, as `close` leaves it: a restored state does not tell which it was."""
        self.seen.start, self.exposure = start, windows.exposure(start)
        self.seen.planned = windows.planned(start)

    def _watch(self, start: int, windows: Windows, exposure: float, elapsed: float, observable: int) -> None:
        seen, content = self.seen, windows.bins.get(start)
        self.exposure, self.observable = exposure, observable
        seen.start, seen.exposure = start, exposure * elapsed
        if content is None:
            seen.mentions = seen.negative = seen.authors = seen.new_authors = 0.0
            seen.places = _NOWHERE
        else:
            seen.authors, seen.new_authors = windows.newcomers(start)
            seen.places = content.places
            seen.mentions, seen.negative = content.independent, content.independent_negative
        self.spike.learn_one(seen)
        if exposure < BLIND:
            self.verdict = QUIET
            self.stages.close_blind()
        else:
            self._weigh(seen, windows, observable)

    def _weigh(self, seen: Seen, windows: Windows, observable: int) -> None:
        seen.speed = self.stages.speed if seen.planned == 1.0 else min(_PLANNED_SPEED, self.stages.speed)
        self.baseline.prepare(seen)
        self.growth.learn_one(seen)
        self.share.learn_one(seen)
        self.trend.learn_one(seen)
        self.volume.learn_one(seen)
        decades = self._decades(seen)
        quiet = decades.quiet and seen.share < NOTABLE_SHIFT
        if quiet if self.learned else seen.hour_negative < COLD_NEGATIVES:
            seen.fused, seen.pageable, self.verdict = 0.0, 0.0, self.topics.verdict if self.learned else QUIET
            self.stages.close_quiet(self.verdict.target)
            return
        self.verdict = self._judge(seen, decades, windows, observable)
        self.stages.close(self.verdict.target, falling=self.trend.per_hour < 0.0)

    def _learn(self, seen: Seen) -> None:
        self.stages.settle(seen.growth > self.calibration.growth.level or seen.share > NOTABLE_SHIFT)
        self.calibration.learn_one(seen, calm=not self.stages.excluded)
        self.baseline.learn_one(seen)
        self.newcomers.learn_one(seen)
        self.mix.learn_one(seen)
        self.topics.learn_one(seen)

    @property
    def learned(self) -> bool:
        """True once a day of history stands behind the baseline."""
        return self.baseline.hours >= LEARNING_HOURS

    @property
    def evidence(self) -> float:
        """-log10 of the calibrated tail probability of the last bin."""
        return self.calibration.score_one(self.seen)

    @property
    def volume_evidence(self) -> float:
        """The same of volume of any mood alone, in the hour that ends with the last bin."""
        return self.calibration.all.evidence(log1p(self.seen.hour_mentions / self.seen.lift))

    def _decades(self, seen: Seen) -> Decades:
        tails = self.calibration
        return Decades(
            tails.growth.decades(seen.growth),
            tails.negative.decades(log1p(seen.hour_negative / seen.lift)),
            tails.all.decades(log1p(seen.hour_mentions / seen.lift)),
        )

    def _judge(self, seen: Seen, decades: Decades, windows: Windows, observable: int) -> Verdict:
        hour = windows.hour(seen.start)
        usual = self.usual_hour_negative()
        outcry = self.share.outcry(seen.hour_negative, usual, seen.hour_mentions)
        parts = fuse.contributions(
            decades,
            max(seen.share, outcry),
            max(0.0, self.trend.per_hour),
            hour.sources,
            fuse.amplification(hour),
            self._newcomers(hour),
            self.mix.surprise(hour.places, self.exposure),
            self.topics.deviations,
        )
        elsewhere = self._elsewhere(hour, windows)
        alone, parts = parts, parts + fuse.common(parts, elsewhere.negatives, elsewhere.mentions)
        seen.fused = fuse.fused(parts)
        conditions, enough = self._conditions(hour, decades, observable)
        loud = self._loud(decades)
        enough = enough and loud
        cap = self._cap(hour, parts) if enough or not self.learned else ""
        seen.pageable = seen.fused if enough and not cap else 0.0
        target = self._target(hour, conditions, enough, loud) if self.learned else self._cold(hour)
        capped = cap if target >= stages.SPREADING else ""
        told = LASTING in conditions or self.topics.told
        if self.learned and not target and (told or (loud and self._beyond(fuse.fused(alone)))):
            target = stages.SMOULDERING  # what lasts, turns or is common pages nobody and is still no calm
        return Verdict(stages.SMOULDERING if capped else target, parts, conditions, capped, elsewhere.control)

    def _elsewhere(self, hour: Hour, windows: Windows) -> Shared:
        own = Own(hour, self.usual_hour_negative(), self.usual_hour())
        return shared(windows, self.neighbours, own, self.seen.start, self.baseline, self.exposure)

    def _loud(self, decades: Decades) -> bool:
        """True when enough independent voices are heard."""
        volume = decades.all > 0.0 and self.spike.hour_mentions >= _LEAST_MENTIONS
        return volume or self.spike.hour_negative >= LEAST_NEGATIVES

    def _conditions(self, hour: Hour, decades: Decades, observable: int) -> tuple[tuple[str, ...], bool]:
        """Return which conditions of "spreading" hold, and whether they are enough."""
        usual = self.usual_hour_negative()
        fast = self.trend.fast or self.volume.fast
        held = {DOUBLING: fast}
        if observable >= 2:
            held[JOINING] = hour.sources >= 2
        if hour.authors is not None:
            held[AUTHORS] = hour.authors >= max(3.0, 3.0 * usual)
        spreading = sum(held.values()) >= (2 if len(held) == 3 else 1)
        # Who is new is told but not counted: counting it paged more often without need and no storm earlier.
        held[NEWCOMERS] = self._mostly_new(hour)
        held[LASTING] = self.growth.lasting(self.seen.start, decades.growth)
        return tuple(name for name, holds in held.items() if holds), spreading

    def _newcomers(self, hour: Hour) -> float:
        if hour.authors is None or hour.new_authors is None:
            return 0.0
        return self.newcomers.surprise(hour.new_authors, hour.authors)

    def _mostly_new(self, hour: Hour) -> bool:
        """True when most authors are new, by far more than usual for this brand."""
        if hour.new_authors is None or not hour.authors or hour.authors < _LEAST_AUTHORS:
            return False
        return hour.new_authors > _MOSTLY * hour.authors and self._newcomers(hour) >= _UNUSUAL

    def usual_hour_negative(self) -> float:
        """Return the independent negatives expected in the hour that ends with the last bin."""
        return self.baseline.negative.rate * self._hour_factor()

    def usual_hour(self) -> float:
        """Return the independent mentions expected in that hour."""
        return self.baseline.all.rate * self._hour_factor()

    def _hour_factor(self) -> float:
        """Season, exposure (both approximated by those of the last bin) and what is planned for the hour."""
        return HOUR_BINS * self.exposure * self.seen.lift * self.baseline.factor(self.seen.start)

    def _target(self, hour: Hour, conditions: tuple[str, ...], enough: bool, loud: bool) -> int:
        evidence = self.evidence
        if evidence >= self.threshold and enough:
            return stages.FIRESTORM if self._fierce(hour, conditions) else stages.SPREADING
        return stages.SMOULDERING if loud and self._beyond(self.seen.fused) else stages.CALM

    def _beyond(self, fused: float) -> bool:
        """True when the figure `fused` of all evidence is enough for smouldering."""
        return self.calibration.fused.evidence(fused) >= min(_SMOULDERING, self.threshold)

    def _fierce(self, hour: Hour, conditions: tuple[str, ...]) -> bool:
        least = max(_FIRE_RATIO * self.usual_hour_negative(), _LEAST_FIRE)
        return self.spike.hour_negative >= least and (DOUBLING in conditions or hour.sources >= 3)

    def _cold(self, hour: Hour) -> int:
        """The absolute rule of a brand's first day."""
        negatives = self.spike.hour_negative
        usual = max(self._prior_negative, self.usual_hour_negative())
        many = hour.authors is None or hour.authors >= COLD_AUTHORS
        loud = negatives >= COLD_NEGATIVES and negatives > COLD_RATIO * usual
        return stages.SPREADING if loud and many else 0

    def _cap(self, hour: Hour, parts: tuple[Contribution, ...]) -> str:
        usual = (self.usual_hour_negative(), self.usual_hour())
        return campaign(hour, parts) or attention(hour, *usual) or ("" if self._lasting(hour) else BURST_CAP)

    def _lasting(self, hour: Hour) -> bool:
        """True when what is unusual is no single burst."""
        negative = (self.usual_hour_negative(), self.baseline.negative.hour_kappa)
        every = (self.usual_hour(), self.baseline.all.hour_kappa)
        return self.seen.share >= NOTABLE_SHIFT or sustained(hour, negative, every)

    CALIBRATION = 6
    """Place of the calibration in `state`."""

    def rest(self) -> None:
        """End of history: what piled up is forgotten, what was learned stays."""
        for part in self._parts():
            part.rest()
        self.verdict, self.seen = QUIET, Seen()

    def _parts(self) -> tuple[_Part, ...]:
        return (
            self.baseline,
            self.growth,
            self.share,
            self.spike,
            self.trend,
            self.volume,
            self.calibration,
            self.stages,
            self.newcomers,
            self.mix,
            self.topics,
        )

    def state(self) -> tuple[tuple[float, ...], ...]:
        """Return the state of every part; see `restore`."""
        return tuple(part.state() for part in self._parts())

    def restore(self, state: tuple[tuple[float, ...], ...]) -> None:
        """Go back to an earlier `state` of this object, at most two days and two hours ago."""
        for part, held in zip(self._parts(), state, strict=True):
            part.restore(held)

    def reload(self, state: tuple[tuple[float, ...], ...], tails: bytes) -> None:
        """Take back a dumped state together with its reference tails."""
        self.calibration.load(tails, state[self.CALIBRATION])
        self.restore(state)
