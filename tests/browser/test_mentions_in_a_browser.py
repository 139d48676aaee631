"""Mentions and Narratives in a browser: typing, one click, a file, widths, and that nothing jumps."""

import csv
import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from core.records import Match, Mention, Merge, Narrative, Score, Scored, Sentiment, Stage, Step
from core.vectors import pack_vector

pytestmark = pytest.mark.browser
PHONE = (390, 844)
HOUR = timedelta(hours=1)
HOSTILE = "<img src=x onerror='window.__pwned=9'> ![p](https://tracker.example/p.png) :red[x]"


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
    rows = page.locator(".mention.one")
    expect(rows.filter(has_not_text=re.compile("voucher", re.IGNORECASE))).to_have_count(0)
    box.press_sequentially(" not")
    page.wait_for_function("location.search.includes('not')")
    expect(rows.filter(has_not_text="A voucher is not my money back.")).to_have_count(0)
    expect(rows).not_to_have_count(0)
    expect(box).to_have_value("voucher is not")
    expect(box).to_be_focused()


def test_a_shared_address_shows_the_same_view(open_page: Any) -> None:
    page = open_page("mentions?brand=Orchard+Mobile&span=24+hours&search=Linz", ".mention.one")
    expect(page.locator(".mention.one")).to_have_count(1)
    expect(page.get_by_placeholder("Search words")).to_have_value("Linz")
    page.locator(".st-key-span input").click()
    page.get_by_role("option", name="7 days").click()
    expect(page).to_have_url(re.compile(r"span=7(\+|%20)days"))
    expect(page).to_have_url(re.compile(r"brand=Orchard(\+|%20)Mobile"))
    expect(page).to_have_url(re.compile("search=Linz"))
    expect(page.get_by_placeholder("Search words")).to_have_value("Linz")


def test_one_click_says_what_a_mention_is(open_page: Any, board: Any) -> None:
    page = open_page("mentions?brand=Orchard+Mobile", ".mention.one")
    button = page.locator("[class*=st-key-mrow_]").first.get_by_role("radio", name="positive")
    button.click()
    page.wait_for_selector(".said:has-text('you said: positive')")
    ((_, correction),) = board.store.corrections()
    assert correction.label is Sentiment.POSITIVE
    page.reload()
    page.wait_for_selector(".said:has-text('you said: positive')")


def test_one_click_sets_a_namesake_apart_and_one_puts_it_back(open_page: Any, board: Any, fits: Any) -> None:
    page = open_page("mentions?brand=Zenith+Bank", ".mention.one")
    rows = page.locator("[class*=st-key-mrow_list]")
    before = rows.count()
    text = rows.first.locator("article p").first.inner_text()
    rows.first.get_by_role("radio", name="not us", exact=True).click()
    expect(rows.first.locator(".ours")).to_have_text("you said: not us")
    assert [label.ours for _, label in board.store.relevance_labels()] == [False]
    page = open_page("mentions?brand=Zenith+Bank&about=Not+us", ".mention.one")
    apart = page.locator("[class*=st-key-mrow_list]")
    expect(apart).to_have_count(1)
    expect(apart.locator("article p").first).to_have_text(text)
    fits(page)
    apart.get_by_role("radio", name="us", exact=True).click()
    expect(apart.locator(".ours")).to_have_text("you said: us")
    page = open_page("mentions?brand=Zenith+Bank", ".mention.one")
    expect(page.locator("[class*=st-key-mrow_list]")).to_have_count(before)


@pytest.fixture
def unsure(board: Any) -> str:
    """A brand with twelve mentions that have nothing in common, of which the model is unsure."""
    at = board.now - HOUR
    mentions = [Mention("rss", f"unsure{number}", f"{HOSTILE} no{number:02}", at, at) for number in range(12)]
    scores = [Score(0.4, 0.35, 0.25, embedding=pack_vector(row)) for row in np.eye(12, 16, dtype=np.float32)]
    board.store.commit(
        Step(
            scored=tuple(Scored(*pair) for pair in zip(mentions, scores, strict=True)),
            matches=tuple(Match(one.id, "Halden Energy", at) for one in mentions),
        )
    )
    return "Halden+Energy"


def test_one_click_answers_what_is_worth_asking(open_page: Any, unsure: str, fits: Any) -> None:
    page = open_page(f"mentions?brand={unsure}", "[class*=st-key-card_questions] .mention.one")
    card = page.locator("[class*=st-key-card_questions]")
    asked = card.locator("[class*=st-key-mrow_asked]")
    card.get_by_role("button", name="Show 7 more").click()
    expect(asked).to_have_count(10)
    text = asked.nth(1).locator("article p").first.inner_text()
    asked.nth(1).get_by_role("radio", name="negative").click()
    expect(card.get_by_text("1 of 10 judged")).to_be_visible()
    expect(asked.nth(1).locator(".said")).to_have_text("you said: negative")
    in_list = page.locator("[class*=st-key-mrow_list]").filter(has_text=text)
    expect(in_list.locator(".said")).to_have_text("you said: negative")
    fits(page)
    card.get_by_role("button", name="Ask others").click()
    expect(card.get_by_text("10 whose label teaches most")).to_be_visible()
    expect(asked.filter(has_text=text)).to_have_count(0)


def test_the_list_comes_as_a_file(open_page: Any) -> None:
    page = open_page("mentions?brand=Orchard+Mobile", ".mention.one")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export CSV").click()
    text = Path(download.value.path()).read_text("utf-8-sig")
    head, row = csv.reader(io.StringIO(text, newline=""))
    assert row[head.index("text")] == "Orchard opens a shop in Linz on Monday."


def test_a_file_is_there_after_other_boards_refreshed(open_page: Any) -> None:
    page = open_page("mentions?brand=Orchard+Mobile", ".mention.one")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export CSV").click()
    for _ in range(2):  # what belongs to no session is gone after two runs of anybody's
        open_page("incidents", ".line-row")
    assert page.request.get(download.value.url).status == 200


def test_details_open_on_demand(open_page: Any) -> None:
    page = open_page("mentions", ".mention.one")
    row = page.locator(".mention.one").first
    expect(row.locator(".full")).to_be_hidden()
    page.wait_for_function("document.querySelector('.mention.one').getBoundingClientRect().height <= 86")
    row.locator("summary").click()
    expect(row.locator(".full")).to_be_visible()


@pytest.mark.parametrize(
    "path", ["mentions", "mentions?narrative=story", "narratives", "narratives?id=story", ""]
)
def test_no_page_scrolls_sideways_or_runs_a_script(
    open_page: Any, fits: Any, narrative: str, path: str
) -> None:
    page = open_page(path, ".mention, .examples, .nrow:not(.nrow-head)", size=PHONE)
    page.wait_for_function("document.body.innerText.includes('onerror')")
    fits(page)
    assert page.evaluate("window.__pwned") is None
    expect(page.locator("main img, [data-testid=stMain] img")).to_have_count(0)


def test_a_row_opens_its_narrative_and_that_its_mentions(open_page: Any, narrative: str) -> None:
    page = open_page("narratives", "[class*=st-key-nrow_list_] a")
    page.locator("[class*=st-key-nrow_list_story]").click(position={"x": 60, "y": 20})
    page.wait_for_selector(".story")
    expect(page).to_have_url(re.compile(r"[?&]id=story"))
    page.get_by_role("link", name="All its mentions").click()
    expect(page).to_have_url(re.compile(r"[?&]narrative=story"))
    expect(page.locator(".mention.one")).to_have_count(2)


def test_nothing_jumps_while_pages_refresh(
    open_page: Any, narrative: str, unsure: str, stand_still: Any
) -> None:
    stand_still(
        open_page("mentions", "[class*=st-key-card_questions]"),
        open_page("narratives", "[class*=st-key-nrow_list_] a"),
    )
