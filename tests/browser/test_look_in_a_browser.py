"""Words that never meet in the chart, names that are never cut on a phone, and no request in vain."""

from typing import Any

import pytest
from playwright.sync_api import Response, expect

from dashboard.addresses import PAGES

pytestmark = pytest.mark.browser
LAPTOP, PHONE = (1366, 900), (390, 844)

APART = """() => {
  const chart = document.querySelector('[data-testid=stVegaLiteChart] svg').getBoundingClientRect()
  const boxes = [...document.querySelectorAll('[data-testid=stVegaLiteChart] svg text')]
    .filter(e => /first mention|paged|acknowledged/.test(e.textContent) && e.getAttribute('stroke') === null)
    .map(e => e.getBoundingClientRect())
  const above = (one, other) => one.bottom <= other.top + 3  // boxes hold room above capitals
  const beside = (one, other) => one.right <= other.left
  const apart = (one, other) =>
    [above, beside].some(stands => stands(one, other) || stands(other, one))
  const inside = box => chart.left <= box.left && box.left < box.right && box.right <= chart.right
  return boxes.length > 1 && boxes.every(
    (box, place) => inside(box) && boxes.slice(place + 1).every(other => apart(box, other)))
}"""
WHOLE = """(which) => document.fonts.status === 'loaded' && [...document.querySelectorAll(which)]
  .every(e => e.scrollWidth <= e.clientWidth + 1 && e.scrollHeight <= e.clientHeight + 2)"""
RENAMED = """(words) => {
  const [name, pill] = ['.tile h3', '.tile .pill'].map(which => document.querySelector(which))
  name.textContent = words
  const [beside, under] = [name, pill].map(e => e.getBoundingClientRect())
  return name.scrollWidth <= name.clientWidth + 1 && name.scrollHeight <= name.clientHeight + 2
    && under.top >= beside.bottom - 1 && under.right <= innerWidth
}"""

WHOLE_LINES = """() => {
  const list = document.querySelector('p.reasons')
  list.textContent = 'mastodon: the server answers with an error and is asked again. '.repeat(40)
  const style = getComputedStyle(list)
  const lines = (list.clientHeight - parseFloat(style.paddingTop)) / parseFloat(style.lineHeight)
  return list.scrollHeight > list.clientHeight && parseFloat(style.paddingBottom) === 0
    && lines > 1 && Math.abs(lines - Math.round(lines)) < 0.05
}"""


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_a_long_list_of_failing_sources_ends_with_a_whole_line(open_page: Any, size: tuple[int, int]) -> None:
    assert open_page("", "p.reasons", size=size).evaluate(WHOLE_LINES)


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_words_of_the_chart_never_meet_and_stay_inside(
    open_page: Any, board: Any, size: tuple[int, int]
) -> None:
    page = open_page(f"incidents?id={board.incident_id}", "[data-testid=stVegaLiteChart] svg", size=size)
    page.wait_for_function(APART)


@pytest.mark.parametrize("path", ["", "incidents?id={id}", "sources", "on-call"])
def test_on_a_phone_no_name_is_cut(open_page: Any, board: Any, path: str) -> None:
    page = open_page(path.format(id=board.incident_id), "[class*=st-key-card_]", size=PHONE)
    names = ".tile h3, .tile dd, .heat > div > span:first-child, .sources .who b, .persons span:first-child"
    page.wait_for_function(
        f"document.querySelectorAll({names!r}).length > 0 || location.pathname === '/on-call'"
    )
    page.wait_for_function(WHOLE, arg=names)


def test_a_long_brand_stands_beside_its_state_in_full(open_page: Any) -> None:
    page = open_page("", ".tile h3", size=PHONE)
    assert page.evaluate(RENAMED, "Northwind International Airlines and Holidays")


@pytest.mark.parametrize("page_name", PAGES)
def test_an_address_that_is_opened_directly_asks_for_nothing_in_vain(
    open_page: Any, board: Any, page_name: str
) -> None:
    page = open_page("", ".tile")
    failed: list[str] = []

    def _note(response: Response) -> None:
        if response.status >= 400:
            failed.append(response.url)

    page.on("response", _note)
    page.goto(f"{board.url}/{page_name}")
    expect(page.locator("[class*=st-key-card_], .st-key-weekly, .section").first).to_be_visible()
    assert failed == []
