"""Jobs: each kind by its handler, none lost in silence, none that ends the others."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from alerts.runner import AlertRunner
from core.clock import SystemClock
from core.config import Config
from core.errors import Permanent
from core.ports import Store
from core.records import (
    Job,
    Match,
    Mention,
    Reason,
    Score,
    Scored,
    Step,
)
from pipeline.jobs import AT_ONCE, Handler, Jobs
from pipeline.preview import query_preview
from pipeline.testpage import send_test_page
from storage import open_store

NOW = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}/firetower.db")
    yield opened
    opened.close()


@asynccontextmanager
async def working(store: Store, handlers: Mapping[str, Handler]) -> AsyncIterator[None]:
    role = asyncio.create_task(Jobs(store, handlers).run())
    try:
        yield
    finally:
        role.cancel()
        await asyncio.gather(role, return_exceptions=True)


async def ended(store: Store, job_id: str) -> Job:
    while True:
        job = await asyncio.to_thread(store.job, job_id)
        if job is not None and job.state in {"done", "failed"}:
            return job
        await asyncio.sleep(0.02)


def ask(store: Store, job_id: str, kind: str, **arguments: str) -> None:
    number = len(store.jobs(limit=100))
    store.add_job(Job(job_id, kind, arguments, NOW + timedelta(seconds=number)))


async def test_a_result_and_an_error_are_told_in_words(store: Store) -> None:
    async def echo(arguments: Mapping[str, str]) -> str:
        return f"heard {arguments['what']}"

    async def refuse(_: Mapping[str, str]) -> str:
        raise Permanent("not today")

    async def break_down(_: Mapping[str, str]) -> str:
        raise KeyError("inside")

    for kind in ("echo", "refuse", "break_down", "nonsense"):
        ask(store, kind, kind, what="this")
    handlers = {"echo": echo, "refuse": refuse, "break_down": break_down}
    async with working(store, handlers):
        jobs = [await ended(store, kind) for kind in ("echo", "refuse", "break_down", "nonsense")]
    assert [(job.state, job.result) for job in jobs] == [
        ("done", "heard this"),
        ("failed", "not today"),
        ("failed", "KeyError in Firetower; the log has it"),
        (
            "failed",
            "nothing here does a job of the kind 'nonsense'; known: break_down, echo, refuse",
        ),
    ]


async def test_a_long_job_delays_no_other_and_no_more_run_than_have_room(store: Store) -> None:
    release, running, most = asyncio.Event(), 0, 0

    async def wait(_: Mapping[str, str]) -> str:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await release.wait()
        running -= 1
        return "at last"

    async def quick(_: Mapping[str, str]) -> str:
        return "quick"

    for number in range(AT_ONCE - 1):
        ask(store, f"long {number}", "wait")
    ask(store, "quick", "quick")
    async with working(store, {"wait": wait, "quick": quick}):
        assert (await ended(store, "quick")).result == "quick"
        for number in range(AT_ONCE - 1, AT_ONCE + 3):
            ask(store, f"long {number}", "wait")
        while most < AT_ONCE:
            await asyncio.sleep(0.02)
        release.set()
        for number in range(AT_ONCE + 3):
            assert (await ended(store, f"long {number}")).result == "at last"
    assert most == AT_ONCE


async def test_what_was_running_when_the_process_ended_is_failed_and_not_repeated(store: Store) -> None:
    done: list[str] = []

    async def work(arguments: Mapping[str, str]) -> str:
        done.append(arguments["name"])
        return ""

    ask(store, "first", "work", name="first")
    ask(store, "second", "work", name="second")
    assert store.take_job() is not None
    async with working(store, {"work": work}):
        interrupted = await ended(store, "first")
        assert (await ended(store, "second")).state == "done"
    assert (interrupted.state, interrupted.result) == (
        "failed",
        "Firetower was stopped while it ran; ask again",
    )
    assert done == ["second"]


@pytest.fixture
def mentions(store: Store) -> Store:
    texts = ("Acme broke again", "Globex is fine", "acme kettle, refund refused", "Acme and Globex")
    scored = tuple(
        Scored(Mention("news", str(number), text, NOW + timedelta(minutes=number), NOW), Score(0.5, 0.3, 0.2))
        for number, text in enumerate(texts)
    )
    matches = (Match(one.mention.id, brand, one.mention.event_at) for one in scored for brand in ("A", "B"))
    store.commit(Step(scored=scored, matches=tuple(matches)))
    return store


async def preview(store: Store, query: str) -> dict[str, object]:
    ask(store, query, "query_preview", query=query)
    async with working(store, {"query_preview": partial(query_preview, store)}):
        job = await ended(store, query)
    assert job.state == "done"
    found: dict[str, object] = json.loads(job.result)
    return found


async def test_a_preview_says_which_mentions_a_query_would_count(mentions: Store) -> None:
    """Each mention once, whatever the number of brands it counts for; the newest first."""
    found = await preview(mentions, "acme -refund")
    assert (found["looked_at"], found["matched"], found["error"]) == (4, 2, "")
    samples = found["samples"]
    assert isinstance(samples, list)
    assert [sample["text"] for sample in samples] == ["Acme and Globex", "Acme broke again"]


async def test_a_preview_of_a_wrong_query_says_where_it_is_wrong(mentions: Store) -> None:
    found = await preview(mentions, "acme (refund")
    assert found["position"] == 5
    assert "\n" not in str(found["error"]), "the board draws the place itself"
    assert found["error"]
    assert found["samples"] == []


async def sent(store: Store, server: HTTPServer, channel: str) -> Job:
    """Ask for a test page, with the alert chain at work beside it."""
    urls = {"duty": "/duty", "boss": "/boss"}
    tables = [
        {"name": name, "url": f"json://localhost:{server.port}{path}", "level": level}
        for level, (name, path) in enumerate(urls.items(), start=1)
    ]
    runner = AlertRunner(store, Config.model_validate({"channel": tables}), SystemClock(), patience=30)

    async def alert() -> None:
        while True:
            await runner.run_once(SystemClock().now())
            await asyncio.sleep(0.02)

    alerts = asyncio.create_task(alert())
    ask(store, "test", "test_page", channel=channel)
    async with working(store, {"test_page": partial(send_test_page, store, list(urls), SystemClock())}):
        job = await ended(store, "test")
    alerts.cancel()
    await runner.close()
    return job


async def test_a_test_page_goes_the_real_way_to_one_channel(store: Store, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/boss").respond_with_data("ok")
    job = await sent(store, httpserver, "boss")
    assert job.state == "done"
    assert job.result.startswith("boss: sent in ")
    ((request, _),) = httpserver.log
    assert request.path == "/boss"
    assert request.get_json()["title"] == "[Test] This is a test: pages reach you here."
    (page,) = store.notifications()
    assert page.reason is Reason.TEST
    assert [row.channel for row in store.deliveries(page.id)] == ["boss"]


async def test_a_test_page_to_all_says_which_channel_failed_and_is_not_tried_again(
    store: Store, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/duty").respond_with_data("ok")
    httpserver.expect_request("/boss").respond_with_data("quota", 403)
    job = await sent(store, httpserver, "all")
    assert job.state == "done"
    assert "boss: not sent: " in job.result
    assert "error=403" in job.result
    assert "; duty: sent in " in job.result
    assert len(httpserver.log) == 2
    assert store.outbox() == []


async def test_a_test_page_that_nobody_got_is_a_failure(store: Store, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/boss").respond_with_data("no", 500)
    job = await sent(store, httpserver, "boss")
    assert job.state == "failed"
    assert job.result.startswith("boss: not sent: ")


async def test_a_test_page_to_an_unknown_channel_names_the_nearest(
    store: Store, httpserver: HTTPServer
) -> None:
    job = await sent(store, httpserver, "bos")
    assert (job.state, job.result) == ("failed", "no channel is called 'bos'; did you mean 'boss'?")
    assert store.notifications() == []
