"""The life of an incident, one signal at a time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from alerts.incidents import CALM_FOR, COOLING_FOR, REFRESH, Transition, advance
from alerts.steady import HELD, told
from core.records import (
    Action,
    Answer,
    EventKind,
    Explanation,
    Incident,
    Notification,
    Reason,
    Signal,
    Stage,
    TopicChange,
    derive,
)
from models.stages import SPREADING, Stages

FIRST = "0123456789abcdef0123"


class Life:
    """Drives one brand's incident and remembers what happened."""

    def __init__(self, signal: Signal, explanation: Explanation) -> None:
        self.now = signal.at
        self.incident: Incident | None = None
        self.notifications: list[Notification] = []
        self.kinds: list[EventKind] = []
        self.explained = 0
        self._signal, self._explanation = signal, explanation

    def see(self, stage: Stage, minutes: float = 5, coverage: float = 1.0) -> Transition:
        self.now += timedelta(minutes=minutes)
        signal = replace(self._signal, stage=stage, at=self.now, coverage=coverage)
        moved = advance(self.incident, signal, self.now, self._explain, FIRST, simulated=False)
        self.incident = moved.incident
        self.notifications += moved.notifications
        self.kinds += [event.kind for event in moved.events]
        return moved

    def _explain(self, signal: Signal) -> Explanation:
        self.explained += 1
        return replace(self._explanation, signal=signal)

    @property
    def stages(self) -> list[Stage]:
        assert self.incident is not None
        return [change.stage for change in self.incident.stages]

    @property
    def reasons(self) -> list[Reason]:
        return [notification.reason for notification in self.notifications]


@pytest.fixture
def life(signal: Signal, explanation: Explanation) -> Life:
    return Life(signal, explanation)


@pytest.mark.parametrize("stage", [Stage.CALM, Stage.COOLING, Stage.UNKNOWN])
def test_nothing_below_smouldering_opens_an_incident(life: Life, stage: Stage) -> None:
    assert life.see(stage) == Transition(None)
    assert life.explained == 0


def test_smouldering_opens_on_the_board_and_pages_nobody(life: Life, signal: Signal) -> None:
    moved = life.see(Stage.SMOULDERING)
    incident = moved.incident
    assert incident is not None
    assert incident.id == derive("incident", signal.brand, FIRST)
    assert (incident.started_at, incident.opened_at) == (signal.onset, life.now)
    assert [change.stage for change in incident.stages] == [Stage.SMOULDERING]
    assert [event.kind for event in moved.events] == [EventKind.FIRST_MENTION, EventKind.STAGE]
    assert incident.paged_at is None
    assert moved.notifications == ()


def test_it_starts_with_its_first_mention_when_no_onset_is_known(
    signal: Signal, explanation: Explanation
) -> None:
    moved = advance(None, replace(signal, onset=None), signal.at, lambda _: explanation, FIRST, False)
    assert moved.incident is not None
    assert moved.incident.started_at == explanation.first[0].at


def test_it_never_starts_after_it_was_seen(signal: Signal, explanation: Explanation) -> None:
    late = replace(signal, onset=signal.at + timedelta(hours=1))
    nothing_quoted = replace(explanation, first=())
    moved = advance(None, late, signal.at, lambda _: nothing_quoted, FIRST, False)
    assert moved.incident is not None
    assert moved.incident.started_at == signal.at


def test_each_rise_pages_once(life: Life) -> None:
    life.see(Stage.SMOULDERING)
    life.see(Stage.SPREADING)
    paged_at = life.now
    life.see(Stage.FIRESTORM)
    assert life.reasons == [Reason.SPREADING, Reason.FIRESTORM]
    assert life.incident is not None
    assert life.incident.paged_at == paged_at
    assert len({notification.id for notification in life.notifications}) == 2
    assert life.kinds.count(EventKind.PAGED) == 2


def test_a_jump_to_firestorm_pages_once(life: Life) -> None:
    life.see(Stage.FIRESTORM)
    life.see(Stage.SPREADING)
    assert life.reasons == [Reason.FIRESTORM]
    assert life.notifications[0].id == derive("notification", life.notifications[0].incident_id, "firestorm")


def test_flapping_pages_no_more(life: Life) -> None:
    for _ in range(5):
        life.see(Stage.SPREADING)
        life.see(Stage.SMOULDERING)
    life.see(Stage.CALM)
    life.see(Stage.SPREADING)
    assert life.reasons == [Reason.SPREADING]
    assert life.incident is not None
    assert life.incident.peak_stage is Stage.SPREADING


def test_what_one_look_raised_is_held_and_comes_down_through_cooling(life: Life) -> None:
    """As on the demo: spreading at 15:05, by the next look calm, and spreading again ten minutes later."""
    life.see(Stage.SPREADING)
    before = life.incident
    for minutes in (4, 6, 20, 89):
        assert life.see(Stage.CALM, minutes).incident is before
    life.see(Stage.CALM, minutes=1)
    life.see(Stage.CALM, minutes=59)
    life.see(Stage.CALM, minutes=1)
    assert life.stages == [Stage.SPREADING, Stage.COOLING, Stage.CALM]
    assert life.explained == 1


def test_a_held_stage_rises_at_once_and_its_hours_begin_anew(life: Life) -> None:
    life.see(Stage.SPREADING)
    life.see(Stage.CALM, minutes=60)
    life.see(Stage.FIRESTORM, minutes=1)
    life.see(Stage.SPREADING, minutes=119)
    assert life.stages == [Stage.SPREADING, Stage.FIRESTORM]
    life.see(Stage.SPREADING, minutes=1)
    assert life.stages == [Stage.SPREADING, Stage.FIRESTORM, Stage.SPREADING]
    assert life.reasons == [Reason.SPREADING, Reason.FIRESTORM]


def test_what_smoulders_is_held_for_three_hours(life: Life) -> None:
    life.see(Stage.SMOULDERING)
    life.see(Stage.CALM, minutes=179)
    assert life.stages == [Stage.SMOULDERING]
    life.see(Stage.CALM, minutes=1)
    assert life.stages == [Stage.SMOULDERING, Stage.CALM]


def test_blindness_ends_no_storm_and_its_hours_begin_anew(life: Life) -> None:
    life.see(Stage.SPREADING)
    life.see(Stage.UNKNOWN, minutes=300, coverage=0.1)
    moved = life.see(Stage.CALM, minutes=300)
    assert life.stages == [Stage.SPREADING, Stage.UNKNOWN, Stage.SPREADING]
    assert [event.kind for event in moved.events] == [EventKind.COVERAGE]
    life.see(Stage.CALM, minutes=119)
    assert life.stages[-1] is Stage.SPREADING
    assert life.explained == 1


def test_the_board_says_of_a_brand_what_its_incident_says(life: Life, signal: Signal) -> None:
    life.see(Stage.SPREADING)
    calm = replace(signal, stage=Stage.CALM, sure=0.99)
    assert told(calm, life.incident) == replace(calm, stage=Stage.SPREADING, sure=None)
    same = replace(signal, stage=Stage.SPREADING)
    assert told(same, life.incident) is same
    assert told(calm, None) is calm
    assert life.incident is not None
    assert told(calm, replace(life.incident, closed_at=life.now)) is calm


def test_it_holds_as_long_as_detection_does() -> None:
    """Detection leaves a stage after three hours below it, and says cooling after two of falling."""
    stages = Stages()
    for _ in range(2):
        stages.close(SPREADING, falling=False)
    seen = [stages.stage]
    for _ in range(36):
        stages.close(0, falling=True)
        seen.append(stages.stage)
    assert timedelta(minutes=5) * seen.index(Stage.COOLING) == HELD[Stage.SPREADING]
    assert timedelta(minutes=5) * seen.index(Stage.CALM) == HELD[Stage.SPREADING] + HELD[Stage.COOLING]


def test_calm_for_three_hours_closes_it(life: Life) -> None:
    life.see(Stage.SPREADING)
    life.see(Stage.COOLING, minutes=120)
    life.see(Stage.CALM, minutes=60)
    life.see(Stage.CALM, minutes=CALM_FOR.total_seconds() / 60 - 1)
    assert life.incident is not None
    assert life.incident.open
    life.see(Stage.CALM, minutes=1)
    assert life.incident.closed_at == life.now
    assert life.kinds[-1] is EventKind.CLOSED


def test_a_relapse_starts_the_three_hours_again(life: Life) -> None:
    life.see(Stage.SMOULDERING)
    life.see(Stage.CALM, minutes=180)
    life.see(Stage.SMOULDERING, minutes=170)
    life.see(Stage.CALM, minutes=180)
    life.see(Stage.CALM, minutes=170)
    assert life.incident is not None
    assert life.incident.open


def test_it_stays_open_while_cooling_but_not_for_ever(life: Life) -> None:
    life.see(Stage.FIRESTORM)
    life.see(Stage.COOLING, minutes=120)
    life.see(Stage.COOLING, minutes=COOLING_FOR.total_seconds() / 60 - 1)
    assert life.incident is not None
    assert life.incident.open
    life.see(Stage.COOLING, minutes=1)
    assert not life.incident.open
    assert life.reasons == [Reason.FIRESTORM]


def test_after_closing_a_new_rise_is_a_new_incident(life: Life, signal: Signal) -> None:
    life.see(Stage.SPREADING)
    life.see(Stage.COOLING, minutes=120)
    life.see(Stage.CALM, minutes=60)
    life.see(Stage.CALM, minutes=180)
    former = life.incident
    assert former is not None
    again = replace(signal, stage=Stage.SPREADING, at=life.now + timedelta(hours=1), onset=life.now)
    moved = advance(former, again, again.at, life._explain, "another mention", simulated=False)
    assert moved.incident is not None
    assert moved.incident.id != former.id
    assert [notification.reason for notification in moved.notifications] == [Reason.SPREADING]


def test_a_closed_incident_is_left_alone_by_calm(life: Life) -> None:
    life.see(Stage.SMOULDERING)
    life.see(Stage.CALM, minutes=180)
    life.see(Stage.CALM, minutes=180)
    assert life.see(Stage.CALM) == Transition(None)


def test_blindness_keeps_it_open_and_is_told_once(life: Life) -> None:
    life.see(Stage.SPREADING)
    life.kinds.clear()
    for _ in range(100):
        life.see(Stage.UNKNOWN, coverage=0.1)
    assert life.incident is not None
    assert life.incident.open
    assert life.kinds == [EventKind.COVERAGE]
    told = life.see(Stage.SPREADING, coverage=0.84).events
    assert [event.text for event in told] == ["Seeing again: 84 % of the expected stream is seen"]
    assert life.reasons == [Reason.SPREADING]


def test_what_grew_in_the_dark_pages_when_it_is_seen(life: Life) -> None:
    life.see(Stage.SPREADING)
    life.see(Stage.UNKNOWN, coverage=0.1)
    life.kinds.clear()
    life.see(Stage.FIRESTORM)
    assert life.kinds == [EventKind.COVERAGE, EventKind.STAGE, EventKind.PAGED]
    assert life.reasons == [Reason.SPREADING, Reason.FIRESTORM]


def test_blind_hours_do_not_count_as_calm(life: Life) -> None:
    life.see(Stage.SMOULDERING)
    life.see(Stage.CALM, minutes=180)
    life.see(Stage.UNKNOWN, minutes=100)
    life.see(Stage.CALM, minutes=100)
    life.see(Stage.CALM, minutes=100)
    assert life.incident is not None
    assert life.incident.open


def test_a_signal_from_before_the_last_change_is_ignored(life: Life) -> None:
    life.see(Stage.SPREADING)
    before = life.incident
    life.see(Stage.FIRESTORM, minutes=-1)
    assert life.incident is before
    assert life.reasons == [Reason.SPREADING]


def test_it_is_explained_anew_when_it_rises_and_else_every_window(life: Life) -> None:
    life.see(Stage.SMOULDERING)
    life.see(Stage.SPREADING, minutes=0.1)
    assert life.explained == 2
    unchanged = life.incident
    life.see(Stage.SPREADING, minutes=1)
    assert life.incident is unchanged
    life.see(Stage.SPREADING, minutes=REFRESH.total_seconds() / 60)
    assert life.explained == 3
    assert life.incident is not None
    assert life.incident.explanation.signal.at == life.now


def test_a_quiet_incident_keeps_the_explanation_of_its_storm(life: Life) -> None:
    life.see(Stage.FIRESTORM)
    for _ in range(10):
        life.see(Stage.COOLING, minutes=30)
    assert life.explained == 1


def _seen(signal: Signal, what: str) -> Signal:
    smouldering = replace(signal, stage=Stage.SMOULDERING)
    idle = replace(smouldering, contributions=())
    topics = TopicChange(signal.at - timedelta(hours=9), 120, (3,))
    return {"busy": smouldering, "idle": idle, "turned": replace(idle, topics=topics)}[what]


@pytest.mark.parametrize(
    ("first", "later", "renewed"),
    [
        ("turned", "turned", True),
        ("turned", "idle", False),
        ("turned", "busy", False),
        ("busy", "busy", True),
        ("busy", "idle", False),
        ("busy", "turned", True),
    ],
)
def test_words_stay_while_a_stage_outlives_its_reasons(
    signal: Signal, explanation: Explanation, first: str, later: str, renewed: bool
) -> None:
    def explain(about: Signal) -> Explanation:
        return replace(explanation, signal=about)

    opened = advance(None, _seen(signal, first), signal.at, explain, FIRST, simulated=False).incident
    seen = replace(_seen(signal, later), at=signal.at + timedelta(hours=1))
    moved = advance(opened, seen, seen.at, explain, FIRST, simulated=False).incident
    assert moved is not None
    assert (moved.explanation.signal == seen) is renewed


@pytest.mark.parametrize(("evidence", "renewed"), [(5.0, True), (4.0, True), (3.9, False)])
def test_what_only_smoulders_is_told_as_it_was_at_its_height(
    signal: Signal, explanation: Explanation, evidence: float, renewed: bool
) -> None:
    def explain(about: Signal) -> Explanation:
        return replace(explanation, signal=about)

    first = replace(_seen(signal, "busy"), evidence=4.0)
    opened = advance(None, first, signal.at, explain, FIRST, simulated=False).incident
    seen = replace(first, at=signal.at + timedelta(hours=1), evidence=evidence)
    moved = advance(opened, seen, seen.at, explain, FIRST, simulated=False).incident
    assert moved is not None
    assert (moved.explanation.signal == seen) is renewed


@pytest.mark.parametrize("another", [True, False])
def test_a_page_for_another_rise_than_the_one_that_smouldered_tells_of_its_own_beginning(
    signal: Signal, explanation: Explanation, another: bool
) -> None:
    def explain(about: Signal) -> Explanation:
        began = replace(explanation.first[0], at=about.onset or about.at, text=f"of {about.onset}")
        return replace(explanation, signal=about, first=(began,))

    opened = advance(None, _seen(signal, "busy"), signal.at, explain, FIRST, simulated=False).incident
    assert opened is not None
    onset = signal.at + timedelta(hours=9) if another else signal.onset
    burning = replace(signal, at=signal.at + timedelta(hours=10), onset=onset)
    moved = advance(opened, burning, burning.at, explain, FIRST, simulated=False)
    assert moved.incident is not None
    assert moved.incident.started_at == onset
    (page,) = moved.notifications
    assert (page.started_at, page.explanation.first[0].text) == (onset, f"of {onset}")
    assert (EventKind.FIRST_MENTION in {event.kind for event in moved.events}) is another
    again = replace(burning, at=burning.at + timedelta(hours=1), onset=burning.at)
    kept = advance(moved.incident, again, again.at, explain, FIRST, simulated=False).incident
    assert kept is not None
    assert kept.started_at == onset, "where a page said that it began stays"


def test_another_rise_that_only_smoulders_is_told_with_its_own_beginning_and_once(
    signal: Signal, explanation: Explanation
) -> None:
    first = _seen(signal, "busy")
    opened = advance(None, first, signal.at, lambda _: explanation, FIRST, simulated=False).incident
    began = signal.at + timedelta(hours=9)
    later = replace(first, at=signal.at + timedelta(hours=10), onset=began)
    new = replace(explanation, signal=later, first=(replace(explanation.first[0], at=began),))
    moved = advance(opened, later, later.at, lambda _: new, FIRST, simulated=False)
    assert moved.incident is not None
    assert moved.incident.started_at == began
    assert [(event.kind, event.at) for event in moved.events] == [(EventKind.FIRST_MENTION, began)]
    same = replace(later, at=later.at + timedelta(hours=1))
    assert advance(moved.incident, same, same.at, lambda _: new, FIRST, simulated=False).events == ()


def test_a_simulated_rise_stays_marked(signal: Signal, explanation: Explanation) -> None:
    explain: Callable[[Signal], Explanation] = lambda _: explanation  # noqa: E731 - one use, typed
    smouldering = replace(signal, stage=Stage.SMOULDERING)
    opened = advance(None, smouldering, signal.at, explain, FIRST, simulated=True).incident
    later = replace(signal, at=signal.at + timedelta(minutes=5))
    moved = advance(opened, later, later.at, explain, FIRST, simulated=False)
    assert [notification.simulated for notification in moved.notifications] == [True]


def test_times_of_stages_are_event_times_and_times_of_pages_the_clocks(
    signal: Signal, explanation: Explanation
) -> None:
    clock: datetime = signal.at + timedelta(minutes=3)
    incident = advance(None, signal, clock, lambda _: explanation, FIRST, False).incident
    assert incident is not None
    assert incident.stages[0].at == signal.at
    assert incident.opened_at == incident.paged_at == clock


@pytest.mark.parametrize(("action", "says"), [(Action.FALSE_ALARM, "false alarm"), (Action.NOT_US, "not us")])
def test_a_verdict_closes_it_and_the_same_rise_opens_no_other(
    signal: Signal, explanation: Explanation, action: Action, says: str
) -> None:
    now = signal.at
    opened = advance(None, signal, now, lambda _: explanation, FIRST, False).incident
    assert opened is not None
    verdict = Answer(opened.id, action, "mail", now)
    moved = advance(opened, signal, now, lambda _: explanation, FIRST, False, verdict)
    assert moved.incident is not None
    assert moved.incident.closed_at == now
    assert moved.notifications == ()
    assert [event.text for event in moved.events] == [f"Closed: {says}, said mail"]

    later = replace(signal, at=signal.at + timedelta(hours=2))
    again = advance(moved.incident, later, later.at, lambda _: explanation, "other", False, verdict)
    assert again.incident is None
    new = replace(later, onset=signal.at + timedelta(hours=1))
    other = advance(moved.incident, new, new.at, lambda _: explanation, "other", False, verdict)
    assert other.incident is not None
    assert other.incident.id != opened.id
    assert len(other.notifications) == 1
