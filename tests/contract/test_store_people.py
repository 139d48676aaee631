"""What every store promises to those who page and answer: incidents, outbox, jobs, hooks, life."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest

from core.ports import Store
from core.records import (
    Action,
    Answer,
    Delivery,
    DeliveryStatus,
    EventKind,
    Explanation,
    Hook,
    Incident,
    IncidentEvent,
    Job,
    Notification,
    Outcome,
    Pulse,
    Quote,
    Reason,
    Signal,
    Silence,
    SourceState,
    SourceStatus,
    Stage,
    StageChange,
    Step,
)
from storage import open_store

T0 = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
QUOTE = Quote("m1", T0, "rss/news", "ann", "late \ud83d again", "https://example.org", 0.9, copies=27)
EXPLANATION = Explanation(
    signal=Signal("Acme", T0, Stage.SPREADING, conditions=("many authors",)),
    headline="Acme: spreading",
    sentences=("It doubles in 48 min.",),
    label="lost bags",
    quotes=(QUOTE,),
)
KEPT = replace(EXPLANATION, quotes=(replace(QUOTE, text="late � again"),))


def incident(name: str, minutes: int = 0, closed: bool = False) -> Incident:
    at = T0 + timedelta(minutes=minutes)
    return Incident(
        id=name,
        brand="Acme",
        stage=Stage.SPREADING,
        peak_stage=Stage.FIRESTORM,
        started_at=T0 - timedelta(hours=1),
        opened_at=at,
        updated_at=at,
        explanation=EXPLANATION,
        stages=(StageChange(Stage.SMOULDERING, at),),
        closed_at=at if closed else None,
    )


def note(name: str, minutes: int = 0, incident_id: str = "i1") -> Notification:
    at = T0 + timedelta(minutes=minutes)
    return Notification(name, incident_id, "Acme", Reason.SPREADING, Stage.SPREADING, at, EXPLANATION, T0)


def together(count: int, work: Callable[[int], None]) -> None:
    """Run `work` in `count` threads that start at the same moment."""
    start = Barrier(count)

    def run(number: int) -> None:
        start.wait()
        work(number)

    threads = [Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# -- incidents -----------------------------------------------------------------


def test_incidents_are_replaced_and_listed_newest_first(store: Store) -> None:
    store.commit(Step(incidents=(incident("a", 1), incident("b", 3), incident("c", 2, closed=True))))
    store.commit(Step(incidents=(incident("a", 1, closed=True),)))
    assert [found.id for found in store.incidents()] == ["b", "c", "a"]
    assert [found.id for found in store.incidents(open_only=True)] == ["b"]
    assert [found.id for found in store.incidents(limit=2)] == ["b", "c"]
    assert store.incident("b") == replace(incident("b", 3), explanation=KEPT)
    assert store.incident("nobody") is None


def test_timelines_are_in_order_and_repeats_are_no_ops(store: Store) -> None:
    later = IncidentEvent("i1", T0 + timedelta(seconds=9), EventKind.PAGED, "paged", Stage.SPREADING)
    first = IncidentEvent("i1", T0, EventKind.FIRST_MENTION, "first")
    second = IncidentEvent("i1", T0, EventKind.STAGE, "smouldering", Stage.SMOULDERING)
    store.commit(Step(events=(later, first)))
    store.add_events([second, first, IncidentEvent("i2", T0, EventKind.CLOSED, "closed")])
    store.add_events(store.events("i1"))
    assert store.events("i1") == [first, second, later]
    assert store.events("i3") == []


def test_the_first_answer_of_a_kind_counts(store: Store) -> None:
    first = Answer("i1", Action.ACKNOWLEDGE, "ann", T0)
    other = Answer("i1", Action.SNOOZE, "bob", T0, via="board")
    assert store.answers("i1") == {}
    assert store.answer(first) == first
    assert store.answer(replace(first, who="bob", at=T0 + timedelta(hours=1))) == first
    assert store.answer(other) == other
    assert store.answer(replace(first, incident_id="i2", who="carl")).who == "carl"
    assert store.answers("i1") == {Action.ACKNOWLEDGE: first, Action.SNOOZE: other}
    third = store.answers("i2")
    assert store.answered(["i1", "i2", "i3"]) == {"i1": store.answers("i1"), "i2": third}
    assert store.answered([]) == {}


def test_of_two_verdicts_the_first_counts_and_the_second_is_told_so(store: Store) -> None:
    first = Answer("i1", Action.FALSE_ALARM, "ann", T0)
    second = Answer("i1", Action.NOT_US, "bob", T0 + timedelta(seconds=12))
    assert store.answer(first) == first
    assert store.answer(second) == first
    assert store.answers("i1") == {Action.FALSE_ALARM: first}
    acknowledged = replace(second, action=Action.ACKNOWLEDGE)
    assert store.answer(acknowledged) == acknowledged
    assert store.answer(replace(second, incident_id="i2")).action is Action.NOT_US


def test_one_of_many_answers_at_once_wins(store: Store, store_url: str) -> None:
    told: list[Answer] = []

    def press(number: int) -> None:
        mine = open_store(store_url)
        told.append(mine.answer(Answer("i1", Action.ACKNOWLEDGE, f"person {number}", T0)))
        mine.close()

    together(8, press)
    assert told == [store.answers("i1")[Action.ACKNOWLEDGE]] * 8


# -- outbox --------------------------------------------------------------------


def test_a_notification_is_inserted_once(store: Store) -> None:
    store.commit(Step(notifications=(note("n2", 2), note("n1", 1))))
    assert [row.id for row in store.outbox()] == ["n1", "n2"]
    assert store.finish("n1", Outcome.SENT, "e-mail", T0)
    store.commit(Step(notifications=(note("n1", 1), note("n2", 9))))
    assert [(row.id, row.created_at) for row in store.outbox()] == [("n2", T0 + timedelta(minutes=2))]
    done = store.notification("n1")
    assert done == replace(
        note("n1", 1), explanation=KEPT, outcome=Outcome.SENT, detail="e-mail", finished_at=T0
    )
    assert store.notification("n9") is None


def test_a_notification_is_finished_once(store: Store) -> None:
    store.commit(Step(notifications=(note("n1"),)))
    assert store.finish("n1", Outcome.SILENCED, "by ann", T0)
    assert not store.finish("n1", Outcome.SENT, "late", T0)
    assert not store.finish("unknown", Outcome.SENT, "", T0)
    found = store.notification("n1")
    assert found is not None
    assert (found.outcome, found.detail) == (Outcome.SILENCED, "by ann")


def test_only_one_of_many_finishes_a_notification(store: Store) -> None:
    store.commit(Step(notifications=(note("n1"),)))
    done: list[bool] = []
    together(6, lambda number: done.append(store.finish("n1", Outcome.SENT, str(number), T0)))
    assert sorted(done) == [False] * 5 + [True]


def test_notifications_newest_first(store: Store) -> None:
    store.commit(Step(notifications=(note("a", 1), note("b", 2, "i2"), note("c", 2))))
    store.finish("b", Outcome.FAILED, "", T0)
    assert [row.id for row in store.notifications()] == ["c", "b", "a"]
    assert [row.id for row in store.notifications(limit=1)] == ["c"]
    assert [row.id for row in store.notifications(incident_id="i1")] == ["c", "a"]
    assert [row.id for row in store.outbox(limit=1)] == ["a"]


def test_a_delivery_is_reserved_and_completed(store: Store) -> None:
    reserved = Delivery("n1", "e-mail", DeliveryStatus.RESERVED)
    store.save_delivery(reserved)
    store.save_delivery(Delivery("n2", "chat", DeliveryStatus.DEAD, 8, T0, None, "chat", "gone"))
    sent = replace(reserved, status=DeliveryStatus.SENT, attempts=1, at=T0, service="mailto://…", seconds=0.4)
    store.save_delivery(sent)
    assert store.deliveries("n1") == [sent]
    assert [row.channel for row in store.deliveries()] == ["chat", "e-mail"]
    assert [row.channel for row in store.deliveries(limit=1)] == ["chat"]


def test_a_silence_holds_from_its_making_to_its_end(store: Store) -> None:
    hour = timedelta(hours=1)
    long = Silence("s1", "Acme", "", "launch", "ann", T0, T0 + 3 * hour)
    short = Silence("s2", "Acme", "i1", "known", "bob", T0, T0 + hour)
    store.add_silence(long)
    store.add_silence(short)
    store.add_silence(replace(long, until=T0 + 9 * hour))
    assert store.silences(T0 - hour) == []
    assert store.silences(T0) == [short, long]
    assert store.silences(T0 + hour) == [long]
    assert store.silences(T0 + 3 * hour) == []


# -- sources, jobs, hooks, life ---------------------------------------------------


def test_sources_by_name(store: Store) -> None:
    one = SourceState("rss/a", "rss", SourceStatus.OK, heartbeat_at=T0, lag_seconds=4.5, received=7)
    two = SourceState("rss/b", "rss", SourceStatus.STOPPED, error="401 \x00")
    store.save_source(two)
    store.save_source(replace(one, received=1))
    store.save_source(one)
    assert store.sources() == [one, replace(two, error="401 �")]
    store.forget_sources(["rss/a", "rss/never"])
    assert store.sources() == [one]
    store.forget_sources([])
    assert store.sources() == []


def test_jobs_are_taken_oldest_first(store: Store) -> None:
    assert store.take_job() is None
    new = Job("j1", "drill", {"brand": "Acme"}, T0)
    old = Job("j2", "report", {}, T0 - timedelta(hours=1))
    store.add_job(new)
    store.add_job(old)
    store.add_job(replace(new, kind="other"))
    assert store.take_job() == replace(old, state="running")
    assert store.job("j2") == replace(old, state="running")
    store.finish_job("j2", "done", "42")
    store.finish_job("unknown", "done", "")
    assert store.job("j2") == replace(old, state="done", result="42")
    assert store.take_job() == replace(new, state="running")
    assert (store.take_job(), store.job("j9")) == (None, None)


def test_each_job_is_taken_by_one_worker(store: Store, store_url: str) -> None:
    for number in range(20):
        store.add_job(Job(f"j{number}", "drill", {}, T0))
    taken: list[str] = []

    def work(_number: int) -> None:
        mine = open_store(store_url)
        while (job := mine.take_job()) is not None:
            taken.append(job.id)
        mine.close()

    together(4, work)
    assert sorted(taken) == sorted(f"j{number}" for number in range(20))


def test_hooks_are_taken_once_and_oldest_first(store: Store) -> None:
    hooks = [
        Hook(f"h{at}", "/hooks/a", {"X-Sign": "\udc80"}, b"\x00\xff{", T0 - timedelta(minutes=at))
        for at in range(3)
    ]
    for hook in [*hooks, hooks[0], replace(hooks[0], id="other", path="/hooks/b")]:
        store.add_hook(hook)
    store.add_hook(replace(hooks[0], body=b"changed"))
    kept = [replace(hook, headers={"X-Sign": "�"}) for hook in hooks]
    assert store.take_hooks("/hooks/a", 2) == [kept[2], kept[1]]
    assert store.take_hooks("/hooks/a", 2) == [kept[0]]
    assert store.take_hooks("/hooks/a", 2) == []
    assert [hook.id for hook in store.take_hooks("/hooks/b", 2)] == ["other"]


def test_facts_about_the_workspace(store: Store) -> None:
    assert store.meta("purpose") == ""
    store.set_meta("purpose", "replay")
    store.set_meta("purpose", "live \ud83d")
    assert store.meta("purpose") == "live �"


def test_the_sign_of_life(store: Store) -> None:
    assert store.pulse() is None
    store.save_pulse(Pulse(T0, T0))
    last = Pulse(T0, T0 + timedelta(seconds=5), {"score": "ok"}, backlog=3, demo=True, catching_up=True)
    store.save_pulse(last)
    assert store.pulse() == last


def test_everything_outlives_a_close(store_url: str) -> None:
    store = open_store(store_url)
    store.commit(Step(incidents=(incident("a"),), notifications=(note("n1"),)))
    store.truncate_wal()
    store.close()
    store = open_store(store_url)
    assert [found.id for found in store.incidents()] == ["a"]
    assert [row.id for row in store.outbox()] == ["n1"]
    store.close()


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_is_kept(store: Store, outcome: Outcome) -> None:
    store.commit(Step(notifications=(note("n1"),)))
    assert store.finish("n1", outcome, "", T0)
    assert [row.outcome for row in store.notifications()] == [outcome]


# -- by time, brand, status and kind ---------------------------------------------------


def test_incidents_of_an_interval_and_a_brand(store: Store) -> None:
    other = replace(incident("d", 2), brand="Globex")
    store.commit(Step(incidents=(incident("a", 1), incident("b", 2), incident("c", 3, closed=True), other)))
    since, until = T0 + timedelta(minutes=2), T0 + timedelta(minutes=3)
    assert [found.id for found in store.incidents(since=since, until=until)] == ["b", "d"]
    assert [found.id for found in store.incidents(since=since)] == ["c", "b", "d"]
    assert [found.id for found in store.incidents(until=since, brand="Acme")] == ["a"]
    assert [found.id for found in store.incidents(brand="Globex")] == ["d"]
    assert [found.id for found in store.incidents(True, 9, since, None, "Acme")] == ["b"]


def test_notifications_of_an_interval(store: Store) -> None:
    store.commit(Step(notifications=(note("a", 1), note("b", 2, "i2"), note("c", 3))))
    since, until = T0 + timedelta(minutes=2), T0 + timedelta(minutes=3)
    assert [row.id for row in store.notifications(since=since, until=until)] == ["b"]
    assert [row.id for row in store.notifications(since=since)] == ["c", "b"]
    assert [row.id for row in store.notifications(until=until, incident_id="i1")] == ["a"]


def test_deliveries_by_status_and_time(store: Store) -> None:
    minute = timedelta(minutes=1)
    sent = DeliveryStatus.SENT
    late = Delivery("n1", "e-mail", sent, 1, T0 + 2 * minute)
    early = Delivery("n2", "e-mail", sent, 1, T0)
    between = Delivery("n3", "chat", sent, 1, T0 + minute)
    dead = Delivery("n3", "e-mail", DeliveryStatus.DEAD, 8, T0 + minute)
    for delivery in (replace(late, status=DeliveryStatus.RESERVED, at=None), dead, early, between, late):
        store.save_delivery(delivery)
    assert store.deliveries(status=sent) == [between, early, late]
    assert store.deliveries("n3", status=DeliveryStatus.DEAD) == [dead]
    assert store.deliveries(status=DeliveryStatus.HELD) == []
    assert store.deliveries(limit=1, status=sent) == [between]
    assert store.delivered_since(T0) == [early, between, late]
    assert store.delivered_since(T0 + minute) == [between, late]


def test_jobs_newest_first(store: Store) -> None:
    jobs = [
        Job(f"j{at}", kind, {}, T0 + timedelta(minutes=at)) for at, kind in ((1, "drill"), (3, "preview"))
    ]
    jobs.append(Job("j2", "drill", {}, T0 + timedelta(minutes=2)))
    for job in jobs:
        store.add_job(job)
    store.take_job()
    assert [(job.id, job.state) for job in store.jobs()] == [
        ("j3", "waiting"),
        ("j2", "waiting"),
        ("j1", "running"),
    ]
    assert [job.id for job in store.jobs("drill")] == ["j2", "j1"]
    assert [job.id for job in store.jobs(limit=1)] == ["j3"]
    assert store.jobs("other") == []


def test_the_newest_ended_jobs_are_kept(store: Store) -> None:
    waiting = Job("waiting", "drill", {}, T0 - timedelta(days=1))
    store.add_job(waiting)
    for number in range(105):
        store.add_job(Job(f"j{number}", "drill", {}, T0 + timedelta(minutes=number)))
        store.finish_job(f"j{number}", ("done", "failed")[number % 2], "")
    assert [job.id for job in store.jobs(limit=999)] == [*(f"j{at}" for at in range(104, 4, -1)), "waiting"]
    assert store.take_job() == replace(waiting, state="running")
