"""What was learned from people, in words: pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core import words
from core.records import (
    ClassShares,
    Correction,
    Drift,
    Job,
    ModelState,
    ModelVersion,
    Relevance,
    Stretch,
    TextDrift,
    Trait,
    lessons,
)
from dashboard.facts import Facts
from dashboard.present import asked as present_asked
from dashboard.present.namesakes import namesakes, note
from dashboard.viewmodels import LearningPanel, VersionRow

_STATES = {
    ModelState.SHADOW: "in shadow",
    ModelState.PROMOTED: "in use",
    ModelState.RETIRED: "retired",
}


class Standing(StrEnum):
    """What became of the label that somebody gave a mention."""

    COUNTS = "counts"
    """It is in the model in use, or will be in the next one."""
    TAKEN_BACK = "taken back"
    """Only versions know it that were rolled back: it has to be given again to count."""
    WITHDRAWN = "withdrawn"
    STILL_IN_USE = "still in use"
    """Withdrawn, but the model in use knows it until the next one replaces it."""


@dataclass(frozen=True, slots=True)
class Taught:
    """Positions of the corrections that are in the model in use, in the one that learns, and in any."""

    in_use: frozenset[int]
    next: frozenset[int]
    ever: frozenset[int]


def taught(versions: Sequence[ModelVersion]) -> Taught:
    """Return what is in which model; `versions` are all that are kept, newest first."""
    known = {version.number: version for version in versions}
    return Taught(
        in_use=frozenset(lessons(_newest(versions, ModelState.PROMOTED), known)),
        next=frozenset(lessons(_newest(versions, ModelState.SHADOW), known)),
        ever=frozenset(position for version in versions for position in version.learned or ()),
    )


def standing(said: Sequence[tuple[int, Correction]], found: Taught) -> Standing:
    """Return what became of a mention's label; `said` is all that was said of it, the newest last."""
    position, newest = said[-1]
    if newest.label is None:
        known = any(each in found.in_use for each, _ in said)
        return Standing.STILL_IN_USE if known else Standing.WITHDRAWN
    lost = position in found.ever and position not in found.in_use | found.next
    return Standing.TAKEN_BACK if lost else Standing.COUNTS


@dataclass(frozen=True, slots=True)
class Told:
    """What the learner tells the board."""

    bars: str = ""
    """What verdicts moved."""
    waits: str = ""
    """Why a promotion is left to a person."""
    drift: Drift | None = None
    texts: tuple[TextDrift, ...] = ()
    """What changed in the texts, found without labels."""
    relevance: tuple[Relevance, ...] = ()
    shares: ClassShares | None = None


def panel(facts: Facts, versions: Sequence[ModelVersion], told: Told, jobs: Sequence[Job]) -> LearningPanel:
    """Return the learning panel; `versions` are newest first, `jobs` the promotions and roll-backs."""
    promoted = _newest(versions, ModelState.PROMOTED)
    shadow = _newest(versions, ModelState.SHADOW)
    newest = max(jobs, key=lambda job: job.created_at, default=None)
    asked = present_asked.asked(facts, newest) if newest else None
    busy = asked is not None and asked.busy
    return LearningPanel(
        in_use=_in_use(facts, promoted),
        shares=_shares(told.shares) if told.shares else "",
        shadow=_shadow(shadow) if shadow else "",
        drift=" ".join(_drifts(facts, told)),
        next_step=_next_step(promoted, shadow, told.waits),
        right=_share(shadow.right, shadow.measured) if shadow else "",
        base_right=_share(shadow.base_right, shadow.measured) if shadow else "",
        can_promote=shadow is not None and not busy,
        can_roll_back=promoted is not None and not busy,
        bars=told.bars,
        versions=tuple(_version(facts, version) for version in versions),
        asked=asked,
        namesakes=namesakes(told.relevance),
        namesakes_note=note(told.relevance),
    )


def _newest(versions: Sequence[ModelVersion], state: ModelState) -> ModelVersion | None:
    return next((version for version in versions if version.state is state), None)


def _in_use(facts: Facts, promoted: ModelVersion | None) -> str:
    if promoted is None:
        return "The shipped model is in use, with nothing learned on top."
    since = f" since {facts.time(promoted.changed_at)}" if promoted.changed_at else ""
    return f"Version {promoted.number} is in use{since}. {_learned(promoted)} in it."


def _learned(version: ModelVersion) -> str:
    count = version.corrections
    return "1 correction is" if count == 1 else f"{words.number(count)} corrections are"


def _shares(shares: ClassShares) -> str:
    return (
        f"Here about {words.percent(shares.negative)} of mentions are negative, "
        f"{words.percent(shares.neutral)} neutral: counted in, without labels, "
        f"from {words.number(shares.mentions)} mentions."
    )


def _shadow(shadow: ModelVersion) -> str:
    learned = f"Version {shadow.number} learns in shadow. {_learned(shadow)} in it."
    if not shadow.measured:
        return f"{learned} It was not measured yet."
    return f"{learned} Asked before it learned each one, it {measured(shadow)}."


def measured(version: ModelVersion) -> str:
    """Write `would have been right 12 of 20 times, the shipped model 9 of 20`."""
    of = f"of {words.number(version.measured)}"
    return (
        f"would have been right {words.number(version.right)} {of} times, "
        f"the shipped model {words.number(version.base_right)} {of}"
    )


_NOW = {
    Trait.UNSURE: "more mentions can't be read with certainty",
    Trait.DOUBT: "the model doubts its readings more",
    Trait.APART: "more mentions are about something that was not said before",
    Trait.LANGUAGE: "another share of mentions is not in English",
}


def _drifts(facts: Facts, told: Told) -> Iterator[str]:
    if told.drift:
        yield _drift(facts, told.drift)
    for one in told.texts:
        yield (
            f"Since {facts.time(one.since)} {_NOW[one.trait]} than before: {words.percent(one.now)} "
            f"in {words.number(one.mentions)} texts, {words.percent(one.before)} before."
        )
    if told.texts:
        yield "Whether they are read wrongly can't be seen from that: label some of the newest."


def _drift(facts: Facts, drift: Drift) -> str:
    return (
        f"Since {facts.time(drift.since)} the model in use is wrong more often than before: "
        f"{_wrong(drift.now)}. Before: {_wrong(drift.before)}. What learns is measured from then on."
    )


def _wrong(part: Stretch) -> str:
    """Write `38 % of 60 labels, by its own certainty 21 % expected`."""
    share, expected = words.percent(part.wrong / part.labels), words.percent(part.expected / part.labels)
    labels = "1 label" if part.labels == 1 else f"{words.number(part.labels)} labels"
    return f"{share} of {labels}, by its own certainty {expected} expected"


def _next_step(promoted: ModelVersion | None, shadow: ModelVersion | None, waits: str) -> str:
    if shadow is not None and waits:
        return f"It has earned its use and waits for you: {waits[:1].lower()}{waits[1:]}"
    if shadow is not None:
        return "It is put into use by itself, at most daily, once it is clearly better. Or at once, by you."
    if promoted is not None:
        return "What you say of a mention, or withdraw, begins the next version."
    return (
        "Say of mentions what they are, also of those that are read rightly: Firetower learns from both. "
        "Press a label again to withdraw it."
    )


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f}%" if whole else ""


def _version(facts: Facts, version: ModelVersion) -> VersionRow:
    return VersionRow(
        name=f"Version {version.number}",
        state=_STATES[version.state],
        when=_when(facts, version),
        measured=f"right {version.right} of {version.measured}, shipped {version.base_right}"
        if version.measured
        else "not measured",
    )


def _when(facts: Facts, version: ModelVersion) -> str:
    if version.changed_at is None or version.state is ModelState.SHADOW:
        return f"since {facts.time(version.created_at)}"
    who = _who(version.changed_by)
    return f"since {facts.time(version.changed_at)}{who}"


def _who(changed_by: str) -> str:
    if not changed_by:
        return ""
    return ", by the board" if changed_by == "board" else f", by {changed_by}"
