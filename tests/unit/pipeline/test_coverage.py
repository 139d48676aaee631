from datetime import UTC, datetime, timedelta

import pytest

from core.records import Rollup, SourceState, SourceStatus
from pipeline.coverage import Coverage, Seen

NOW = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)


def _source(name: str, silent_seconds: float | None, **changes: object) -> SourceState:
    heartbeat = None if silent_seconds is None else NOW - timedelta(seconds=silent_seconds)
    values = {"status": SourceStatus.OK, "heartbeat_at": heartbeat, "interval_seconds": 60.0, **changes}
    return SourceState(name, "rss", **values)  # type: ignore[arg-type]  # the values are the fields above


@pytest.mark.parametrize(
    ("source", "blind"),
    [
        (_source("fresh", 10), False),
        (_source("late", 170), False),
        (_source("silent", 200), True),
        (_source("one answer of a feed lost", 500, interval_seconds=300.0), False),
        (_source("three answers of a feed lost", 520, interval_seconds=300.0), True),
        (_source("slow, and lost", 850, interval_seconds=600.0), True),
        (_source("very slow, but well", 3_900, interval_seconds=3_600.0), False),
        (_source("never", None), True),
        (_source("stopped", 10, status=SourceStatus.STOPPED), True),
        (_source("failing but recent", 10, status=SourceStatus.FAILING), False),
    ],
)
def test_blindness_follows_from_silence(source: SourceState, blind: bool) -> None:
    assert source.blind(NOW) is blind


def test_without_sources_nothing_is_seen() -> None:
    assert Coverage().seen("Acme", NOW).exposure == 0.0


def test_a_source_that_is_only_starting_says_nothing_yet() -> None:
    coverage = Coverage()
    coverage.update([_source("new", None, status=SourceStatus.STARTING)])
    assert not coverage.answered
    coverage.update([_source("new", None, status=SourceStatus.STARTING), _source("up", 1)])
    assert coverage.answered
    assert coverage.seen("Acme", NOW).exposure == 1.0


def test_a_blind_source_weighs_what_it_usually_brings() -> None:
    coverage = Coverage()
    coverage.note("Acme", "big", 80, NOW)
    coverage.note("Acme", "small", 20, NOW)
    coverage.update([_source("big", 10_000), _source("small", 1)])
    seen = coverage.seen("Acme", NOW)
    assert seen.exposure == pytest.approx(0.2)
    assert seen.observable == 1
    assert seen.blind == ("big blind since 11:13",)


def test_a_restart_knows_the_usual_mix_from_what_is_stored() -> None:
    noted, again = Coverage(), Coverage()
    day = int(NOW.timestamp()) // 86_400 * 86_400
    again.note("Acme", "before", 1_000, NOW)  # of a former start of the flow: counted in the sums already
    again.recall([Rollup("Acme", "big", day, 90), Rollup("Acme", "small", day - 14 * 86_400, 10)], NOW)
    noted.note("Acme", "small", 10, NOW - timedelta(days=14))
    noted.note("Acme", "big", 90, NOW)
    for coverage in (noted, again):
        coverage.update([_source("big", 10_000), _source("small", 1)])
    assert again.seen("Acme", NOW).exposure == pytest.approx(0.052, abs=0.003)
    assert again.seen("Acme", NOW).exposure == pytest.approx(noted.seen("Acme", NOW).exposure, abs=0.003)


def test_incomplete_answers_lower_exposure() -> None:
    coverage = Coverage()
    coverage.update([_source("half", 1, completeness=0.5)])
    assert coverage.seen("Acme", NOW).exposure == 0.5


def test_the_mix_is_forgotten_slowly() -> None:
    coverage = Coverage()
    coverage.note("Acme", "old", 100, NOW)
    later = NOW + timedelta(days=14)
    coverage.note("Acme", "new", 100, later)
    coverage.update([_source("old", None), _source("new", 1)])
    alive = [_source("old", None), _source("new", 1)]
    coverage.update([SourceState(s.name, s.kind, s.status, later) if s.heartbeat_at else s for s in alive])
    assert coverage.seen("Acme", later).exposure == pytest.approx(100 / 148.8, rel=0.01)


def test_an_archive_is_seen_whole() -> None:
    assert Seen().exposure == 1.0


def test_a_source_without_its_keys_hides_nothing() -> None:
    coverage = Coverage()
    keyless = _source("reddit", None, status=SourceStatus.STOPPED, configured=False)
    coverage.update([keyless, _source("up", 1)])
    assert coverage.seen("Acme", NOW) == Seen(exposure=1.0, observable=1)


def test_a_source_that_stopped_with_keys_is_blind() -> None:
    coverage = Coverage()
    coverage.update([_source("reddit", None, status=SourceStatus.STOPPED), _source("up", 1)])
    assert coverage.seen("Acme", NOW) == Seen(exposure=0.5, observable=1, blind=("reddit stopped",))


def test_sources_that_all_lack_their_keys_show_nothing() -> None:
    coverage = Coverage()
    coverage.update([_source("reddit", None, status=SourceStatus.STOPPED, configured=False)])
    assert coverage.answered
    assert coverage.seen("Acme", NOW) == Seen(exposure=0.0, observable=0, blind=("reddit stopped",))
