"""Mentions and Narratives in a browser: typing, one click, a file, widths, and that nothing jumps."""

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.records import Match, Mention, Merge, Narrative, Score, Scored, Sentiment, Stage, Step

pytestmark = pytest.mark.browser
PHONE = (390, 844)
HOUR = timedelta(hours=1)
HOSTILE = "<img src=x onerror='window.__pwned=9'> ![p](https://tracker.example/p.png) :red[x]"
SIDEWAYS = """() => {
  const main = document.querySelector('[data-testid=stMain]')
  return [document.scrollingElement, main].some(e => e.scrollWidth > e.clientWidth)
}"""
WATCH_SHIFTS = """() => {
  window.shift = 0
  new PerformanceObserver(list => list.getEntries().forEach(entry => { window.shift += entry.value }))
    .observe({type: 'layout-shift', buffered: false})
}"""


@pytest.fixture
def narrative(board: Any) -> str:
    """A narrative with a hostile label, two mentions and one that it absorbed."""
    at = board.now - timedelta(minutes=2)
    both = [
        Narrative(key, "Zenith Bank", HOSTILE, at - HOUR, at, 9, 8.0, 7.0, stage=Stage.SPREADING)
        for key in ("story", "part")
    ]
    said = [Mention("rss", f"story{number}", HOSTILE, at, at, title=HOSTILE) for number in (1, 2)]
    board.store.commit(
        Step(
            scored=tuple(Scored(mention, Score(0.9, 0.05, 0.05)) for mention in said),
            matches=tuple(Match(one.id, "Zenith Bank", at, narrative="story") for one in said),
            narratives=tuple(both),
            merges=(Merge("part", "story", "Zenith Bank", at),),
        )
    )
    return "story"


def test_the_list_follows_what_is_typed_and_the_box_keeps_the_focus(open_page: Any) -> None:
    page = open_page("mentions", ".mention.one")
    box = page.get_by_placeholder("Search words")
    box.click()
    box.press_sequentially("voucher is")
    page.wait_for_function("location.search.includes('search=voucher')")
    page.wait_for_function(
        "[...document.querySelectorAll('.mention.one')].every(e => /voucher/i.test(e.textContent))"
    )
    box.press_sequentially(" not")
    assert box.input_value() == "voucher is not"
    assert page.evaluate("document.activeElement.value") == "voucher is not"


def test_a_shared_address_shows_the_same_view(open_page: Any) -> None:
    page = open_page("mentions?brand=Orchard+Mobile&span=24+hours&search=Linz", ".mention.one")
    assert page.locator(".mention.one").count() == 1
    assert page.get_by_placeholder("Search words").input_value() == "Linz"
    page.locator(".st-key-span input").click()
    page.get_by_role("option", name="7 days").click()
    page.wait_for_function("location.search.includes('span=7')")
    assert "brand=Orchard+Mobile" in page.url or "brand=Orchard%20Mobile" in page.url


def test_one_click_says_what_a_mention_is(open_page: Any, board: Any) -> None:
    page = open_page("mentions?brand=Orchard+Mobile", ".mention.one")
    button = page.locator("[class*=st-key-mrow_]").first.get_by_role("radio", name="positive")
    button.click()
    page.wait_for_selector(".said:has-text('you said: positive')")
    ((_, correction),) = board.store.corrections()
    assert correction.label is Sentiment.POSITIVE
    page.reload()
    page.wait_for_selector(".said:has-text('you said: positive')")


def test_the_list_comes_as_a_file(open_page: Any) -> None:
    page = open_page("mentions?brand=Orchard+Mobile", ".mention.one")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export CSV").click()
    text = Path(download.value.path()).read_text("utf-8-sig")
    head, row = csv.reader(io.StringIO(text, newline=""))
    assert row[head.index("text")] == "Orchard opens a shop in Linz on Monday."


def test_details_open_on_demand(open_page: Any) -> None:
    page = open_page("mentions", ".mention.one")
    row = page.locator(".mention.one").first
    assert not row.locator(".full").is_visible()
    assert row.bounding_box()["height"] <= 86
    row.locator("summary").click()
    assert row.locator(".full").is_visible()


@pytest.mark.parametrize(
    "path", ["mentions", "mentions?narrative=story", "narratives", "narratives?id=story", ""]
)
@pytest.mark.parametrize("size", [PHONE, (1366, 900)])
def test_no_page_scrolls_sideways_or_runs_a_script(
    open_page: Any, narrative: str, path: str, size: tuple[int, int]
) -> None:
    page = open_page(path, ".mention, .examples, .nrow:not(.nrow-head)", size=size)
    page.wait_for_function("document.body.innerText.includes('onerror')")
    assert page.evaluate(SIDEWAYS) is False
    assert page.evaluate("window.__pwned") is None
    assert page.locator("main img, [data-testid=stMain] img").count() == 0


def test_a_row_opens_its_narrative_and_that_its_mentions(open_page: Any, narrative: str) -> None:
    page = open_page("narratives", "[class*=st-key-nrow_list_] a")
    page.locator("[class*=st-key-nrow_list_story]").click(position={"x": 60, "y": 20})
    page.wait_for_selector(".story")
    assert "id=story" in page.url
    page.get_by_role("link", name="All its mentions").click()
    page.wait_for_selector(".mention.one")
    assert "narrative=story" in page.url
    assert page.locator(".mention.one").count() == 2


@pytest.mark.parametrize("path", ["mentions", "narratives"])
def test_nothing_jumps_while_a_page_refreshes(open_page: Any, narrative: str, path: str) -> None:
    page = open_page(path, ".mention.one, [class*=st-key-nrow_] a")
    page.wait_for_function("document.fonts.ready.then(() => true)")
    page.wait_for_timeout(2_500)  # the first refreshes may still place what was just drawn
    page.evaluate(WATCH_SHIFTS)
    page.wait_for_timeout(5_000)
    assert page.evaluate("window.shift") == 0
