"""What only a browser can show: themes, fonts, scripts, widths, and that nothing jumps."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from core.records import Stage
from dashboard import tokens

pytestmark = pytest.mark.browser
LAPTOP, PHONE = (1366, 900), (390, 844)

STROKED = """(ink) =>
  [...document.querySelectorAll('[data-testid=stVegaLiteChart] path')]
    .some(e => getComputedStyle(e).stroke === ink)
"""
INTER = "[...document.fonts].some(font => font.status === 'loaded' && /^\"?Inter\"?$/.test(font.family))"
WITHIN_REACH = """([label, above]) => {
  const button = [...document.querySelectorAll('button')].find(e => e.innerText.trim() === label)
  const box = button?.getBoundingClientRect()
  return box && box.height >= 44 && innerHeight - above < box.bottom && box.bottom <= innerHeight
}"""


def _rgb(colour: str) -> str:
    return "rgb({}, {}, {})".format(*(int(colour[at : at + 2], 16) for at in (1, 3, 5)))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_live_shows_all_tiles_in_the_themes_colours(open_page: Any, fits: Any, scheme: str) -> None:
    page = open_page("", ".mention", scheme, PHONE)
    fits(page)
    expect(page.locator(".tile h3")).to_have_count(6)
    for name in page.locator(".tile h3").all():
        expect(name).to_be_visible()
    firestorm = _rgb(getattr(tokens.STATES[Stage.FIRESTORM].mark, scheme))
    expect(page.locator(".pill-firestorm").first).to_have_css("background-color", firestorm)
    surface = _rgb(getattr(tokens.TOKENS["surface"], scheme))
    expect(page.locator("[class*=st-key-card_tile_]").first).to_have_css("background-color", surface)


def test_the_list_of_incidents_fits_a_phone(open_page: Any, fits: Any) -> None:
    fits(open_page("incidents", ".line-row", size=PHONE))


@pytest.mark.parametrize("path", ["", "incidents?id={id}"])
def test_no_mention_runs_a_script_or_widens_or_hides_the_page(
    open_page: Any, fits: Any, board: Any, path: str
) -> None:
    page = open_page(path.format(id=board.incident_id), ".mention, .quotes", size=PHONE)
    page.wait_for_function("document.body.innerText.includes('<script>window.__pwned')")
    fits(page)
    assert page.evaluate("window.__pwned") is None
    expect(page.locator("body")).to_have_css("display", "block")
    expect(page.locator("[data-testid=stHtml] img")).to_have_count(0)


def test_the_board_brings_its_own_fonts(open_page: Any) -> None:
    open_page("", ".tile").wait_for_function(INTER)


def test_a_tile_opens_its_incident(open_page: Any, board: Any) -> None:
    page = open_page("", "[class*=st-key-card_tile_]:has(.t-firestorm) a")
    page.locator("[class*=st-key-card_tile_]:has(.t-firestorm)").click(position={"x": 150, "y": 150})
    page.wait_for_selector(".story")
    expect(page).to_have_url(re.compile(f"[?&]id={board.incident_id}"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_incidents_chart_is_an_svg_that_follows_the_theme(
    open_page: Any, board: Any, scheme: str
) -> None:
    page = open_page(f"incidents?id={board.incident_id}", "[data-testid=stVegaLiteChart] svg", scheme)
    page.wait_for_function(STROKED, arg=_rgb(getattr(tokens.TOKENS["ink"], scheme)))
    expect(page.locator("[data-testid=stVegaLiteChart] canvas")).to_have_count(0)


def test_on_a_phone_the_answers_stay_at_the_bottom(open_page: Any, board: Any) -> None:
    page = open_page(f"incidents?id={board.incident_id}", ".figures", size=PHONE)
    for label in ("Acknowledge", "False alarm"):
        page.wait_for_function(WITHIN_REACH, arg=[label, 70])


def test_nothing_jumps_while_the_zones_refresh(open_page: Any, stand_still: Any) -> None:
    pages = [open_page("", ".mention", size=size) for size in (LAPTOP, PHONE)]
    for page in pages:
        page.locator("[data-testid=stMain]").evaluate("main => main.scrollTo(0, 200)")
        expect(page.locator(".strip")).not_to_have_text(page.locator(".strip").inner_text())
    stand_still(*pages)
