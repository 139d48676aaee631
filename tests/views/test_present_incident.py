"""What an incident's page says, sentence by sentence."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.records import (
    Action,
    Answer,
    Contribution,
    Delivery,
    DeliveryStatus,
    EventKind,
    Explanation,
    Forecast,
    Growth,
    Incident,
    IncidentEvent,
    Mention,
    MentionRow,
    Outlook,
    Quote,
    Rollup,
    Score,
    Signal,
    SignalPoint,
    SourceState,
    SourceStatus,
    Stage,
    StageChange,
    Tone,
)
from dashboard.facts import Facts
from dashboard.present import incident as present_incident
from dashboard.present import proof as present_proof
from dashboard.present.incident import Material
from dashboard.present.outlook import ENOUGH
from dashboard.present.proof import HEAT_CELLS
from dashboard.viewmodels import IncidentPage, Plot

NOW = datetime(2026, 7, 1, 12, 30, tzinfo=UTC)
START = NOW - timedelta(hours=2)
FACTS = Facts(
    now=NOW,
    zone=ZoneInfo("UTC"),
    purpose="live",
    pulse=None,
    silent_since=None,
    wall=NOW,
    command="",
    channels=("mail",),
    states=(),
    sources=(),
    incidents=(),
    answers={},
    paging={},
)
SIGNAL = replace(
    Signal("Acme", NOW, Stage.SPREADING, 80.0, 20.0, 10.0, 30.0),
    amplification=1.25,
    sources=3,
    evidence=5.0,
    threshold=4.2,
)
STAGES = (StageChange(Stage.SMOULDERING, START), StageChange(Stage.SPREADING, NOW - timedelta(hours=1)))


def _incident(explanation: Explanation | None = None, **changes: object) -> Incident:
    explained = explanation or Explanation(SIGNAL, "People say it", (), "A label")
    incident = Incident(
        "0123456789abcdef", "Acme", Stage.SPREADING, Stage.SPREADING, START, START, NOW, explained, STAGES
    )
    return replace(incident, **changes)  # type: ignore[arg-type]  # the tests name fields of Incident


def _page(incident: Incident | None = None, facts: Facts = FACTS, **material: object) -> IncidentPage:
    empty = Material(incident or _incident(), {}, (), (), ())
    return present_incident.page(facts, replace(empty, **material))  # type: ignore[arg-type]  # as above


def test_the_six_figures_carry_their_proportion() -> None:
    figures = {figure.label: (figure.value, figure.detail) for figure in _page().figures}
    assert figures["Seen, last hour"] == ("80", "20 expected (10–30)")
    assert figures["With copies"] == ("100", "sum of probabilities, each voice 1.2 times")
    assert figures["Authors"] == ("unknown", "the sources do not say")
    assert figures["Negative share"] == ("unknown", "usual unknown")
    known = _page(_incident(Explanation(replace(SIGNAL, authors=91), "", (), ""))).figures[2]
    assert (known.value, known.detail) == ("91", "wrote a mention more likely negative than not")


def _said(number: int, tone: Tone | None, copy_number: int = 1) -> MentionRow:
    mention = Mention("rss", str(number), "late", NOW, NOW)
    return MentionRow(mention, "Acme", Score(0.9, 0.1, 0.0, tone=tone), 1.0, copy_number, number)


def test_it_says_how_many_are_angry_and_of_how_many() -> None:
    angry, calm = Tone(0.1, 0.1, 0.5), Tone(0.6, 0.6, 0.4)
    rows = [_said(1, angry), _said(2, calm), _said(3, calm), _said(4, angry, 2), _said(5, None)]
    assert _page(negative=rows).anger == "33 % of its negative texts are angry: 1 of 3, copies left out."
    many = _page(negative=rows * 100).anger
    assert many == "33 % of the newest negative texts are angry: 100 of 300, copies left out."
    assert _page(negative=rows[-1:]).anger == ""


def test_an_open_incident_shows_the_newest_signal_a_closed_one_what_explains_it() -> None:
    newest = replace(FACTS, states=(replace(SIGNAL, seen=200.0),))
    assert _page(facts=newest).figures[0].value == "200"
    closed = _page(_incident(closed_at=NOW), facts=newest).figures[0]
    assert (closed.label, closed.value) == ("Seen in an hour", "80")


OUTLOOK = Outlook(
    (Forecast(1, 90.0, 60.0, 130.0), Forecast(2, 95.0, 40.0, 180.0), Forecast(6, 99.0, 9.0, 300.0)),
    16,
    20,
    80.0,
)


def _points() -> list[SignalPoint]:
    at = (START + timedelta(minutes=5 * number) for number in range(25))
    return [
        SignalPoint(each, Stage.SPREADING, 80.0, 20.0, 10.0, 30.0, 7.0, 2.0, 0.0, 5.0, 1.0) for each in at
    ]


def test_it_says_what_may_come_as_far_ahead_as_the_chart_has_room() -> None:
    """Shown are 3 h 30 of the past, so that 2 hours ahead fit and 6 do not."""
    facts = replace(FACTS, states=(replace(SIGNAL, outlook=OUTLOOK),))
    page = _page(facts=facts, points=_points())
    said = "In 2 hours between 40 and 180 negative mentions an hour, likely 95."
    assert page.ahead == f"{said} 16 of 20 such forecasts held so far."
    assert page.plot is not None
    (band, *_) = [rows for rows in _drawn(page.plot) if "most" in rows[0]]
    assert [round(12 * row["most"]) for row in band] == [80, 130, 180]
    few = replace(FACTS, states=(replace(SIGNAL, outlook=replace(OUTLOOK, judged=ENOUGH - 1)),))
    assert _page(facts=few, points=_points()).ahead == said


@pytest.mark.parametrize("why", ["over", "nobody watches", "blind", "no line"])
def test_it_says_nothing_of_what_may_come_where_nobody_can_know(why: str) -> None:
    signal = SIGNAL if why == "blind" else replace(SIGNAL, outlook=OUTLOOK)
    facts = replace(FACTS, states=(signal,), silent_since=NOW if why == "nobody watches" else None)
    points = () if why == "no line" else _points()
    page = _page(_incident(closed_at=NOW if why == "over" else None), facts, points=points)
    assert page.ahead == ""
    assert page.plot is None or not [rows for rows in _drawn(page.plot) if "most" in rows[0]]


def _drawn(plot: Plot) -> list[list[dict[str, float]]]:
    return [layer["data"]["values"] for layer in plot.spec["layer"]]


def test_it_is_urgent_until_somebody_answers_a_page() -> None:
    paged = _incident(paged_at=NOW)
    assert _page(paged).story.urgent
    assert not _page().story.urgent
    answers = {Action.ACKNOWLEDGE: Answer(paged.id, Action.ACKNOWLEDGE, "mail", NOW)}
    story = _page(paged, answers=answers).story
    assert (story.urgent, story.owner) == (False, "Acknowledged by mail at 12:30")


def test_evidence_is_sorted_and_stands_on_one_zero_line() -> None:
    contributions = (Contribution("small", 0.5), Contribution("against", -1.0), Contribution("large", 3.0))
    signal = replace(SIGNAL, contributions=contributions, conditions=("it grows",), capped="too few sources")
    evidence = _page(_incident(Explanation(signal, "", (), ""))).evidence
    assert [(bar.name, bar.value) for bar in evidence.bars] == [
        ("large", "+3.0"), ("against", "−1.0"), ("small", "+0.5")
    ]  # fmt: skip
    assert evidence.zero == "25.0%"
    assert {bar.left for bar in evidence.bars if bar.positive} == {"25.0%"}
    assert evidence.total == "sum +2.5 → evidence 5.0, pages at 4.2"
    assert evidence.sentences == ("What holds: it grows.", "Held at smouldering: too few sources.")


def test_the_timeline_is_newest_first_and_holds_the_answers_that_count() -> None:
    incident = _incident()
    events = (
        IncidentEvent(incident.id, START, EventKind.STAGE, "Spreading: 80 seen", Stage.SPREADING),
        IncidentEvent(incident.id, START, EventKind.COVERAGE, "Blind: 20 % seen", Stage.UNKNOWN),
        IncidentEvent(incident.id, NOW, EventKind.ANSWERED, "said twice otherwise"),
    )
    answers = {Action.NOT_US: Answer(incident.id, Action.NOT_US, "somebody", NOW, "board")}
    rows = _page(events=events, answers=answers).happened
    assert [(row.strong, row.text) for row in rows] == [
        ("", "Said to be not us on the board at 12:30"),
        ("Spreading.", "80 seen"),
        ("", "Blind: 20 % seen"),
    ]
    assert rows[2].blind


def test_within_a_minute_a_cause_stands_before_its_effect() -> None:
    told = (
        (0, EventKind.STAGE, "Spreading: 80 seen"),
        (0, EventKind.PAGED, "Page for spreading"),
        (60, EventKind.STAGE, "Firestorm: 200 seen"),
        (85, EventKind.PAGED, "Page for firestorm"),
        (119, EventKind.DELIVERED, "Page to chat delivered in 34 s"),
    )
    events = [
        IncidentEvent("i", START + timedelta(seconds=seconds), kind, text) for seconds, kind, text in told
    ]
    assert [row.strong or row.text for row in _page(events=events).happened] == [
        "Firestorm.",
        "Page for firestorm",
        "Page to chat delivered in 34 s",
        "Spreading.",
        "Page for spreading",
    ]


def test_a_delivery_tells_its_own_seconds_as_on_call_does() -> None:
    def delivered(channel: str, at: datetime) -> IncidentEvent:
        return IncidentEvent("i", at, EventKind.DELIVERED, f"Page to {channel} delivered in 25 s")

    later = NOW + timedelta(minutes=1)
    deliveries = [
        Delivery("n", "mail", DeliveryStatus.SENT, 1, NOW, seconds=0.02),
        Delivery("n", "mail-2", DeliveryStatus.SENT, 2, NOW, seconds=1.5),
    ]
    events = (delivered("mail", NOW), delivered("mail-2", NOW), delivered("mail", later))
    rows = _page(events=events, deliveries=deliveries).happened
    assert [row.text for row in rows] == [
        "Page to mail delivered in 25 s",  # no delivery of that time is on record
        "Page to mail sent in under 0.1 s",
        "Page to mail-2 sent in 1.5 s, 2 tries",
    ]


def test_evidence_without_bars_has_no_sum() -> None:
    assert _page().evidence.total == "evidence 5.0, pages at 4.2"


def test_the_first_mention_names_its_source_as_everywhere_else() -> None:
    quote = Quote("id", START, "simulated-forum", "@a", "text", "", 0.9)
    incident = _incident(Explanation(SIGNAL, "", (), "", first=(quote,)))
    events = tuple(
        IncidentEvent(incident.id, at, EventKind.FIRST_MENTION, "First mention, on simulated-forum")
        for at in (NOW, START)
    )
    rows = _page(incident, events=events).happened
    assert [row.text for row in rows] == [
        "First mention, on simulated-forum",  # of another time than any quote that is kept
        "First mention, on simulated-forum",
    ]


@pytest.mark.parametrize("verdict", [Action.FALSE_ALARM, Action.NOT_US])
def test_a_verdict_ends_the_answering_and_stays_on_top(verdict: Action) -> None:
    incident = _incident(paged_at=START)
    later = Answer(incident.id, Action.ACKNOWLEDGE, "chat", NOW)
    said = Answer(incident.id, verdict, "mail", NOW - timedelta(minutes=1))
    story = _page(incident, answers={later.action: later, verdict: said}).story
    assert not story.answerable
    assert story.owner.endswith("by mail at 12:29")
    assert _page(incident, answers={later.action: later}).story.answerable
    assert not _page(_incident(closed_at=NOW)).story.answerable


def test_the_page_says_growing_only_while_it_grows() -> None:
    grows = replace(FACTS, states=(replace(SIGNAL, growth=Growth(0.9, 0.5, 1.2)),))
    assert _page(facts=grows).story.since == "growing since 10:30"
    assert _page().story.since == "since 10:30"
    assert present_incident.line(grows, _incident(), {}).when == "growing since 10:30"


def test_labels_begin_with_a_capital() -> None:
    incident = _incident(Explanation(SIGNAL, "", (), "refund refused"))
    assert _page(incident).story.label == "Refund refused."
    assert present_incident.line(FACTS, incident, {}).label == "Refund refused"


def test_heat_shows_the_80_minutes_before_now_on_whole_windows() -> None:
    start, end = present_proof.heat_span(_incident(), NOW + timedelta(seconds=61))
    assert end == NOW + timedelta(minutes=5)
    assert end - start == timedelta(minutes=80)


def test_heat_of_a_past_storm_ends_where_it_cooled() -> None:
    cooled = NOW - timedelta(minutes=30)
    incident = _incident(stages=(*STAGES, StageChange(Stage.COOLING, cooled)), stage=Stage.COOLING)
    assert present_proof.heat_span(incident, NOW + timedelta(days=3))[1] == cooled


def test_heat_says_when_its_last_window_is_not_over() -> None:
    running = _page(facts=replace(FACTS, now=NOW + timedelta(minutes=1))).heat
    assert running is not None
    assert running.note.endswith("80 min, copies counted; the last 5 min are not over")


def test_heat_is_hatched_from_the_moment_a_source_went_blind() -> None:
    start, _ = present_proof.heat_span(_incident(), NOW)
    minute = int(start.timestamp())
    rollups = [
        Rollup("Acme", "reddit", minute + 60, 4, negative=4.0),
        Rollup("Acme", "news", minute + 75 * 60, 8, negative=8.0),
    ]
    blind = SourceState("reddit", "reddit", SourceStatus.FAILING, start + timedelta(minutes=40))
    heat = _page(facts=replace(FACTS, sources=(blind,)), rollups=rollups).heat
    assert heat is not None
    assert heat.note == "negative mentions, 5 min each, 80 min, copies counted"
    news, reddit = heat.rows
    assert (news.source, news.cells[-1], news.total) == ("news", 100, "8")
    assert (reddit.cells[0], reddit.total) == (50, "4, then blind")
    assert reddit.cells[8:] == (None,) * (HEAT_CELLS - 8)


def _point(minutes: int) -> SignalPoint:
    at = START + timedelta(minutes=minutes)
    return SignalPoint(at, Stage.CALM, 1.0, 1.0, 0.0, 2.0, float(minutes), 1.0, 0.0, 2.0, 1.0)


def test_one_point_is_no_chart() -> None:
    page = _page(points=(_point(0),))
    assert (page.plot, page.no_plot) == (None, "The line begins with the second window of 5 minutes.")
    assert _page().plot is None
    assert _page(points=(_point(0), _point(5))).no_plot == ""


def _watching() -> Facts:
    """Return facts of a workspace that reads one source and cannot see another."""
    heard = SourceState("simulated-news", "rss", SourceStatus.OK, NOW, NOW, interval_seconds=60.0)
    return replace(
        FACTS, sources=(heard, replace(heard, name="simulated-forum", status=SourceStatus.FAILING))
    )


def test_a_source_that_was_never_set_up_counts_nowhere_on_the_page() -> None:
    heard = SourceState("news", "rss", SourceStatus.OK, NOW, NOW, interval_seconds=60.0)
    keyless = SourceState("reddit", "reddit", SourceStatus.STOPPED, since=NOW, configured=False)
    facts = replace(FACTS, sources=(heard, keyless))
    page = _page(facts=facts)
    (sources,) = [figure for figure in page.figures if figure.label == "Sources"]
    assert (facts.meter.words, facts.unseen) == ("1 of 1 sources seen", "")
    assert (sources.unit, sources.detail) == ("of 1", "all seen")
    assert page.heat is not None
    assert [row.source for row in page.heat.rows] == ["news"]
    stopped = _page(facts=replace(facts, sources=(heard, replace(keyless, configured=True))))
    assert "reddit stopped" in [figure.detail for figure in stopped.figures]
    assert stopped.heat is not None
    assert [row.source for row in stopped.heat.rows] == ["news", "reddit"]


def test_of_a_drill_that_is_over_no_line_and_no_spread_are_claimed() -> None:
    later = (_point(0), _point(5))  # of another drill under the same brand
    page = _page(_incident(drill=True, simulated=True, closed_at=NOW), _watching(), points=later)
    assert page.plot is None
    assert page.no_plot == "The drill is over: its made-up mentions were removed, so no line is left."
    assert page.heat is None


def test_a_running_drill_spreads_over_its_own_sources_only() -> None:
    start, _ = present_proof.heat_span(_incident(), NOW)
    rollups = [Rollup("Acme", "drill-news", int(start.timestamp()), 4, negative=4.0)]
    page = _page(_incident(drill=True), _watching(), points=(_point(0), _point(5)), rollups=rollups)
    assert page.plot is not None
    assert page.heat is not None
    assert [row.source for row in page.heat.rows] == ["drill-news"]


def test_a_drill_says_what_it_is_and_claims_no_coverage() -> None:
    drill = _incident(drill=True, simulated=True)
    page = _page(drill, _watching())
    assert (page.story.simulated, page.story.blind) == ("drill", "")
    assert page.story.exercise.startswith("This is a drill.")
    figure = page.figures[3]
    assert (figure.label, figure.unit) == ("Made-up sources", "")
    assert figure.detail == "No source was read for this: its mentions are made up."
    assert present_incident.line(FACTS, drill, {}).simulated == "drill"


def test_what_is_no_drill_is_marked_as_it_is() -> None:
    page = _page(_incident(simulated=True), _watching())
    assert (page.story.simulated, page.story.exercise) == ("simulated", "")
    assert page.figures[3].unit == "of 2"
    assert _page().story.simulated == ""


def test_the_chart_says_in_words_what_it_shows() -> None:
    plot = _page(points=(_point(0), _point(5))).plot
    assert plot is not None
    assert plot.alt == "Negative mentions of Acme per 5 minutes: up to 5 at 10:35, 1 expected (0–2)."


def test_the_chart_shows_calm_before_and_stops_after_the_end() -> None:
    closed = _incident(closed_at=NOW)
    since, until = present_incident.span(closed, NOW + timedelta(days=9))
    assert since < START
    assert until == NOW + present_incident.AFTER


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://news.example/1", "https://news.example/1"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//news.example", ""),
        ("", ""),
    ],
)
def test_only_web_addresses_become_links(url: str, shown: str) -> None:
    quote = Quote("id", NOW, "news", "@a", "text", url, 0.9, 3)
    row = present_incident.quote_row(FACTS, quote)
    assert (row.url, row.copies) == (shown, "3 copies")


def test_a_closed_incident_is_listed_by_its_peak() -> None:
    incident = _incident(stage=Stage.CALM, peak_stage=Stage.FIRESTORM, closed_at=NOW)
    line = present_incident.line(FACTS, incident, {})
    assert (line.word, line.stage, line.when) == ("Firestorm, over", Stage.FIRESTORM, "closed 12:30")
