"""Sources: every source with its state, what it usually is for each brand, and the trial of a query."""

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.ports import Store
from core.records import Job, Rollup, SourceState, SourceStatus, Stage
from dashboard.present import watch
from dashboard.queries import shared
from dashboard.queries import sources as queries
from dashboard.viewmodels import SourceRow, SourcesPage
from pipeline.preview import query_preview


def _seed() -> ModuleType:
    path = Path(__file__).with_name("seed_people.py")
    spec = importlib.util.spec_from_file_location("seed_people", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _page() -> None:
    import streamlit

    from dashboard.views import sources

    streamlit.navigation([sources.route()]).run()


def _open() -> AppTest:
    return AppTest.from_function(_page, default_timeout=120).run()


def _html(test: AppTest) -> str:
    return "\n".join(element.proto.body for element in test.get("html"))


@pytest.fixture
def seeded(store: Store, now: datetime) -> Store:
    """The seeded workspace with sources in every state and a fortnight of counts."""
    _seed().sources(store, now)
    return store


@pytest.fixture
def fresh() -> Callable[[], SourcesPage]:
    """Read the page anew, past its cache."""

    def read() -> SourcesPage:
        st.cache_data.clear()
        return queries.page()

    return read


def _rows(page: SourcesPage) -> dict[str, SourceRow]:
    return {row.name: row for row in page.rows}


def test_those_that_need_a_person_come_first_and_those_without_keys_last(
    seeded: Store, fresh: Callable[[], SourcesPage]
) -> None:
    page = fresh()
    names = [row.name for row in page.rows]
    assert names[:3] == ["shop-reviews", "reddit", "mastodon"]
    assert names[-1] == "forum"
    assert page.needs_person == "1 needs a person"


def test_each_state_has_its_word_its_glyph_and_what_to_do(
    seeded: Store, fresh: Callable[[], SourcesPage]
) -> None:
    rows = _rows(fresh())
    assert (rows["bluesky"].stage, rows["bluesky"].word, rows["bluesky"].why) == (Stage.CALM, "Seen", "")
    assert rows["mastodon"].stage is Stage.SMOULDERING
    assert rows["mastodon"].why == "It tries again by itself: timed out after 20 s"
    assert rows["reddit"].word.startswith("Blind since ")
    assert rows["reddit"].blind
    assert rows["shop-reviews"].word == "Stopped"
    assert rows["shop-reviews"].why.startswith("A person must act: answered 403: ")
    assert (rows["forum"].stage, rows["forum"].word) == (None, "Not set up")
    assert rows["forum"].why.startswith("It needs something from you: client_id")


def test_a_source_without_keys_is_not_counted_as_blind(
    seeded: Store, fresh: Callable[[], SourcesPage]
) -> None:
    assert fresh().meter.words == "6 of 8 sources seen"


def test_lag_completeness_and_counts_are_words_and_never_a_zero_that_is_not_known(
    seeded: Store, fresh: Callable[[], SourcesPage]
) -> None:
    rows = _rows(fresh())
    assert (rows["mastodon"].lag, rows["mastodon"].complete) == ("41 s", "60 %")
    assert rows["mastodon"].cells == ("seen",) * 3 + ("blind",) * 3
    assert (rows["mastodon"].rejected, rows["mastodon"].deleted) == ("2", "3")
    stopped = rows["shop-reviews"]
    assert (stopped.complete, stopped.cells) == ("nothing", ("blind",) * 6)
    forum = rows["forum"]
    assert (forum.answered, forum.lag, forum.complete, forum.cells) == ("never", "unknown", "unknown", ())


def test_what_a_source_brought_is_summed_by_hour(empty_folder: Path, store: Store, now: datetime) -> None:
    first = int(watch.first_hour(now).timestamp())
    store.save_source(SourceState("quiet-one", "rss", SourceStatus.OK, now, now, interval_seconds=60.0))
    store.import_rollups(
        [
            Rollup("Northwind Air", "quiet-one", first, 4),
            Rollup("Zenith Bank", "quiet-one", first, 2),
            Rollup("Northwind Air", "quiet-one", first + 3 * 3600, 3),
            Rollup("Northwind Air", "quiet-one", first - 3600, 50),
        ],
        (),
    )
    row = _rows(queries.page())["quiet-one"]
    assert row.brought == "9"
    assert row.hours[:4] == (100, 0, 0, 50)
    assert len(row.hours) == 24


def test_a_brands_mix_says_what_share_is_blind(seeded: Store, fresh: Callable[[], SourcesPage]) -> None:
    mix = next(mix for mix in fresh().mixes if mix.brand == "Northwind Air")
    assert sum(part.size for part in mix.parts) == pytest.approx(100)
    assert [part.source for part in mix.parts if part.blind] == ["reddit"]
    assert mix.parts[0].source == "bluesky"
    assert mix.seen == "83 % seen now"
    assert mix.blind


def test_a_demo_that_catches_up_says_so_where_its_sources_lag(
    seeded: Store, fresh: Callable[[], SourcesPage]
) -> None:
    pulse = seeded.pulse()
    assert pulse is not None
    seeded.save_pulse(replace(pulse, demo=True, catching_up=True))
    assert {mix.brand: mix.seen for mix in fresh().mixes}["Northwind Air"] == "catching up"


def test_a_small_share_is_not_written_as_nothing(store: Store, now: datetime) -> None:
    minute = int(now.timestamp()) // 60 * 60 - 86_400
    store.import_rollups(
        [Rollup("Tiny", "news", minute, 999), Rollup("Tiny", "rss", minute, 1)],
        (),
    )
    mix = next(mix for mix in queries.page().mixes if mix.brand == "Tiny")
    assert [part.share for part in mix.parts] == ["100 %", "under 1 %"]


def test_hostile_errors_stay_text(seeded: Store) -> None:
    html = _html(_open())
    assert "&lt;img src=x onerror=" in html
    assert "<img" not in html
    assert 'class="unseen told"' in html


def test_without_sources_the_page_says_what_to_add(store: Store) -> None:
    store.forget_sources([])
    html = _html(_open())
    assert "No source is watched. Add a [[source]] to firetower.toml" in html


def test_a_starting_source_is_neither_seen_nor_blind(store: Store) -> None:
    store.save_source(SourceState("young", "rss", SourceStatus.STARTING))
    row = _rows(queries.page())["young"]
    assert (row.stage, row.word, row.blind) == (None, "Starting", False)


def test_a_source_that_never_answered_is_not_seen_yet(store: Store) -> None:
    store.save_source(SourceState("mute", "rss", SourceStatus.FAILING, error="no route"))
    row = _rows(queries.page())["mute"]
    assert (row.word, row.blind) == ("Not seen yet", True)


async def _answer(store: Store) -> Job:
    """Do the waiting job as the main process does."""
    job = store.take_job()
    assert job is not None
    store.finish_job(job.id, "done", await query_preview(store, job.arguments))
    return job


async def test_a_query_is_tried_by_the_main_process(seeded: Store) -> None:
    job_id = queries.try_query("refund OR voucher")
    waiting = queries.trial(job_id)
    assert waiting is not None
    assert waiting.busy.endswith("waits for its turn.")
    await _answer(seeded)
    told = queries.trial(job_id)
    assert told is not None
    assert told.found.startswith("It finds ")
    assert told.samples
    assert all("refund" in row.text.lower() or "voucher" in row.text.lower() for row in told.samples)


async def test_a_mistake_in_a_query_is_shown_at_its_place(seeded: Store) -> None:
    job_id = queries.try_query("refund AND )")
    await _answer(seeded)
    told = queries.trial(job_id)
    assert told is not None
    assert told.error
    assert (told.before, told.at, told.after) == ("refund ", "AND", " )")


def test_a_failed_trial_says_why(seeded: Store) -> None:
    job_id = queries.try_query("refund")
    seeded.take_job()
    seeded.finish_job(job_id, "failed", "Firetower was stopped while it ran; ask again")
    told = queries.trial(job_id)
    assert told is not None
    assert "it failed: Firetower was stopped while it ran" in told.error


def test_an_answer_that_cannot_be_read_says_so(seeded: Store) -> None:
    job_id = queries.try_query("refund")
    seeded.take_job()
    seeded.finish_job(job_id, "done", "not JSON")
    told = queries.trial(job_id)
    assert told is not None
    assert told.error.startswith("The answer cannot be read")


def test_without_a_main_process_nobody_tries_anything(
    seeded: Store, now: datetime, fresh: Callable[[], SourcesPage]
) -> None:
    pulse = seeded.pulse()
    assert pulse is not None
    seeded.save_pulse(replace(pulse, at=now - timedelta(hours=1)))
    shared.facts_in.clear()
    job_id = queries.try_query("refund")
    told = queries.trial(job_id)
    assert told is not None
    assert "Firetower is not running" in told.error


def test_a_replay_takes_no_orders(seeded: Store) -> None:
    seeded.set_meta("purpose", "replay")
    st.cache_resource.clear()
    st.cache_data.clear()
    told = queries.trial(queries.try_query("refund"))
    assert told is not None
    assert told.error.endswith("nobody does it, a replay takes no orders.")


def test_the_form_asks_and_shows_the_answer(seeded: Store) -> None:
    test = _open()
    test.text_input[0].set_value("refund")
    test.button[0].click().run()
    assert not test.exception
    job = seeded.take_job()
    assert job is not None
    assert (job.kind, job.arguments) == ("query_preview", {"query": "refund"})


def test_nothing_is_asked_for_an_empty_query(seeded: Store) -> None:
    test = _open()
    test.text_input[0].set_value("   ")
    test.button[0].click().run()
    assert seeded.take_job() is None
