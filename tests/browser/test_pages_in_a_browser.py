"""What only a browser can show: themes, fonts, scripts, widths, and that nothing jumps."""

from typing import Any

import pytest

from core.records import Stage
from dashboard import tokens

pytestmark = pytest.mark.browser
LAPTOP, PHONE = (1366, 900), (390, 844)

COLOUR = "(selector) => getComputedStyle(document.querySelector(selector)).backgroundColor"
SIDEWAYS = """() => {
  const main = document.querySelector('[data-testid=stMain]')
  return [document.scrollingElement, main].some(e => e.scrollWidth > e.clientWidth)
}"""
STROKES = """
  [...document.querySelectorAll('[data-testid=stVegaLiteChart] path')].map(e => getComputedStyle(e).stroke)
"""
WATCH_SHIFTS = """() => {
  window.shift = 0
  new PerformanceObserver(list => list.getEntries().forEach(entry => { window.shift += entry.value }))
    .observe({type: 'layout-shift', buffered: false})
}"""


def _rgb(colour: str) -> str:
    return "rgb({}, {}, {})".format(*(int(colour[at : at + 2], 16) for at in (1, 3, 5)))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [LAPTOP, PHONE])
def test_live_shows_all_tiles_in_the_themes_colours(
    open_page: Any, scheme: str, size: tuple[int, int]
) -> None:
    page = open_page("", ".mention", scheme, size)
    assert page.locator(".tile").count() == 6
    assert all(page.locator(".tile h3").nth(index).is_visible() for index in range(6))
    firestorm = tokens.STATES[Stage.FIRESTORM].mark
    assert page.evaluate(COLOUR, ".pill-firestorm") == _rgb(getattr(firestorm, scheme))
    surface = getattr(tokens.TOKENS["surface"], scheme)
    assert page.evaluate(COLOUR, "[class*=st-key-card_tile_]") == _rgb(surface)


@pytest.mark.parametrize("path", ["", "incidents?id={id}", "incidents"])
def test_no_page_scrolls_sideways_on_a_phone(open_page: Any, board: Any, path: str) -> None:
    page = open_page(path.format(id=board.incident_id), ".tile, .figures, .line-row", size=PHONE)
    assert page.evaluate(SIDEWAYS) is False


@pytest.mark.parametrize("path", ["", "incidents?id={id}"])
def test_no_mention_runs_a_script_or_hides_the_page(open_page: Any, board: Any, path: str) -> None:
    page = open_page(path.format(id=board.incident_id), ".mention, .quotes")
    page.wait_for_function("document.body.innerText.includes('<script>window.__pwned')")
    assert page.evaluate("window.__pwned") is None
    assert page.evaluate("getComputedStyle(document.body).display") == "block"
    assert page.locator("[data-testid=stHtml] img").count() == 0


def test_the_board_brings_its_own_fonts(open_page: Any) -> None:
    page = open_page("", ".tile")
    page.wait_for_function("document.fonts.ready.then(() => true)")
    loaded = page.evaluate("[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)")
    assert "Inter" in {family.strip('"') for family in loaded}


def test_a_tile_opens_its_incident(open_page: Any, board: Any) -> None:
    page = open_page("", "[class*=st-key-card_tile_]:has(.t-firestorm) a")
    page.locator("[class*=st-key-card_tile_]:has(.t-firestorm)").click(position={"x": 150, "y": 150})
    page.wait_for_selector(".story")
    assert f"id={board.incident_id}" in page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_incidents_chart_is_an_svg_that_follows_the_theme(
    open_page: Any, board: Any, scheme: str
) -> None:
    page = open_page(f"incidents?id={board.incident_id}", "[data-testid=stVegaLiteChart] svg", scheme)
    assert page.locator("[data-testid=stVegaLiteChart] canvas").count() == 0
    ink = getattr(tokens.TOKENS["ink"], scheme)
    strokes = page.evaluate(STROKES)
    assert _rgb(ink) in strokes


def test_on_a_phone_the_answers_stay_at_the_bottom(open_page: Any, board: Any) -> None:
    page = open_page(f"incidents?id={board.incident_id}", ".figures", size=PHONE)
    for label in ("Acknowledge", "False alarm"):
        box = page.get_by_role("button", name=label).bounding_box()
        assert box["height"] >= 44
        assert PHONE[1] - 70 < box["y"] + box["height"] <= PHONE[1]


@pytest.mark.parametrize("size", [LAPTOP, PHONE])
def test_nothing_jumps_while_the_zones_refresh(open_page: Any, size: tuple[int, int]) -> None:
    page = open_page("", ".mention", size=size)
    page.wait_for_function("document.fonts.ready.then(() => true)")
    page.locator("[data-testid=stMain]").evaluate("main => main.scrollTo(0, 200)")
    before = page.locator("[data-testid=stMain]").evaluate("main => [main.scrollTop, main.scrollHeight]")
    page.evaluate(WATCH_SHIFTS)
    for _ in range(2):
        shown = page.locator(".strip").inner_text()
        page.wait_for_function("shown => document.querySelector('.strip').innerText !== shown", arg=shown)
    after = page.locator("[data-testid=stMain]").evaluate("main => [main.scrollTop, main.scrollHeight]")
    assert page.evaluate("window.shift") == 0
    assert after == before
