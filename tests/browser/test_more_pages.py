"""Sources, On-call and Weekly in a real browser: both themes, both widths, a query, a test page, a file."""

import asyncio
import importlib.util
import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import expect

from core.ports import Store
from core.records import Stage
from dashboard import tokens
from pipeline.preview import query_preview

pytestmark = pytest.mark.browser
PHONE = (390, 844)
PAGES = {"sources": ".sources .who", "on-call": ".log li", "weekly": ".account"}
STROKED = """(ink) =>
  [...document.querySelectorAll('[data-testid=stVegaLiteChart] path')]
    .some(e => getComputedStyle(e).stroke === ink)
"""


def _seed() -> ModuleType:
    path = Path(__file__).parents[1] / "views" / "seed_people.py"
    spec = importlib.util.spec_from_file_location("seed_people", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def filled(board: Any) -> Iterator[Any]:
    """The running board with people, deliveries, sources and weeks; its jobs are done as they come."""
    _seed().everything(board.store, board.folder, board.now, board.incident_id)
    stop = threading.Event()
    worker = threading.Thread(target=_work, args=(board.store, stop))
    worker.start()
    yield board
    stop.set()
    worker.join()


def _work(store: Store, stop: threading.Event) -> None:
    """Do what the board asks for: queries are really tried, a test page is answered by its channel's name."""
    while not stop.wait(0.2):
        job = store.take_job()
        if job is None:
            continue
        if job.kind == "query_preview":
            result = asyncio.run(query_preview(store, job.arguments))
        else:
            result = f"{job.arguments.get('channel', '')}: sent in 0.7 s"
        store.finish_job(job.id, "done", result)


def _rgb(colour: str) -> str:
    return "rgb({}, {}, {})".format(*(int(colour[at : at + 2], 16) for at in (1, 3, 5)))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", sorted(PAGES))
def test_no_page_scrolls_sideways_or_runs_a_script_and_each_follows_the_theme(
    open_page: Any, fits: Any, filled: Any, path: str, scheme: str
) -> None:
    page = open_page(path, PAGES[path], scheme, PHONE)
    fits(page)
    surface = _rgb(getattr(tokens.TOKENS["surface"], scheme))
    expect(page.locator("[class*=st-key-card_]").first).to_have_css("background-color", surface)
    assert page.evaluate("window.__pwned") is None
    expect(page.locator("[data-testid=stHtml] img")).to_have_count(0)


def test_nothing_jumps_while_pages_refresh(open_page: Any, filled: Any, stand_still: Any) -> None:
    stand_still(*(open_page(path, PAGES[path]) for path in ("sources", "on-call")))


def test_the_weekly_line_is_an_svg_in_the_themes_ink(open_page: Any, filled: Any) -> None:
    page = open_page("weekly", ".st-key-card_sheet [data-testid=stVegaLiteChart] svg", "dark")
    page.wait_for_function(STROKED, arg=_rgb(tokens.TOKENS["ink"].dark))
    mark = _rgb(tokens.STATES[Stage.FIRESTORM].mark.dark)
    expect(page.locator(".pill-firestorm").first).to_have_css("background-color", mark)


def test_a_week_and_a_brand_are_chosen_by_the_address(open_page: Any, filled: Any) -> None:
    page = open_page("weekly?week=2026-W47&brand=Halden%20Energy", ".weekly-title h1")
    expect(page.locator(".weekly-title h1")).to_have_text("Halden Energy")


def test_the_pdf_of_a_week_can_be_downloaded(open_page: Any, filled: Any) -> None:
    page = open_page("weekly", ".account")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download PDF").click()
    assert waiting.value.suggested_filename == "firetower-weekly-2026-W47.pdf"
    assert Path(waiting.value.path()).read_bytes().startswith(b"%PDF")


def test_a_query_is_tried_and_its_mistake_is_marked(open_page: Any, filled: Any) -> None:
    page = open_page("sources", ".sources")
    page.get_by_label("Query").fill("refund OR voucher")
    page.keyboard.press("Enter")
    page.wait_for_selector(".samples article")
    expect(page.locator("text=It finds ")).to_have_count(1)
    page.get_by_label("Query").fill("refund AND )")
    page.get_by_role("button", name="Try the query").click()
    expect(page.locator(".trial-query mark")).to_have_text("AND")


def test_a_test_page_is_sent_and_its_result_shown(open_page: Any, filled: Any) -> None:
    page = open_page("on-call", ".log li")
    page.get_by_role("button", name="Send a test page").click()
    page.wait_for_selector("text=all: sent in 0.7 s")


def test_what_waits_for_an_answer_opens_its_incident(open_page: Any, filled: Any) -> None:
    page = open_page("on-call", "[class*=st-key-card_line_waiting_] a")
    page.locator("[class*=st-key-card_line_waiting_] a").press("Enter")
    page.wait_for_selector(".story")
    expect(page).to_have_url(re.compile(f"[?&]id={filled.incident_id}"))
