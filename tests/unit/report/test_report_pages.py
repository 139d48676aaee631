"""The laid-out page: one sheet of A4 whatever it holds, nothing fetched, nothing from strangers acts."""

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from alerts.channels import Layout
from alerts.report.geometry import chart
from alerts.report.glyphs import lacking
from alerts.report.html import html, mail_html, mail_text
from alerts.report.pdf import _FONTS, _compiler, pdf, png
from alerts.report.sending import message
from alerts.report.sentences import tell
from alerts.report.view import PageView, page_view
from core.codec import dumps, loads
from core.records import BrandWeek, DataState, LinePoint, RiskKind, Stage, Theme, VoiceShare, Week

HOSTILE = '#panic("x") *b* $x$ `c` @ref <img src=http://evil.example/x onerror=alert(1)> "\\u{41} //'
WeekOf = Callable[..., Week]


def page_of(week: Week) -> PageView:
    return page_view(tell(week), "made on a Monday")


def sheets(document: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page[^s]", document))


@pytest.mark.parametrize("count", [1, 2, 3, 12, 40])
def test_the_pdf_is_one_sheet_of_a4(count: int, week_of: WeekOf) -> None:
    week = week_of(*(f"Brand {n}" for n in range(count)))
    document = pdf(page_of(week), week.made_at)
    assert document.startswith(b"%PDF-")
    assert sheets(document) == 1
    assert re.search(rb"/MediaBox\s*\[0 0 595\.\d+ 841\.\d+\]", document)


@pytest.mark.parametrize("count", [1, 12])
def test_long_and_hostile_names_stay_on_one_sheet(count: int, brand: BrandWeek, week_of: WeekOf) -> None:
    name = (HOSTILE + "W" * 80)[:80]
    rough = replace(
        brand,
        brand=name,
        themes=tuple(Theme(str(n), HOSTILE * 3, -61, 1_000_000) for n in range(5)),
        voices=(VoiceShare(name, 41, 27), *(VoiceShare(HOSTILE, 20, 3) for _ in range(8))),
        goals=brand.goals * 3,
    )
    week = week_of(*([rough] * count))
    week = replace(week, risks=tuple(replace(risk, label=HOSTILE * 4) for risk in week.risks))
    assert sheets(pdf(page_of(week), week.made_at)) == 1


def test_the_same_page_gives_the_same_bytes(week_of: WeekOf) -> None:
    week = week_of("Acme")
    assert pdf(page_of(week), week.made_at) == pdf(page_of(week), week.made_at)


def test_letters_that_no_font_has_are_told_in_words(
    brand: BrandWeek, week_of: WeekOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    import typst

    ours = typst.Fonts(font_paths=[_FONTS], include_system_fonts=False, include_embedded_fonts=False)
    assert not lacking("Żółć, кот, naïve ☂ 😀", ("Inter",), ours)
    for script in ("漢字", "العربية", "हिन्दी"):
        assert lacking(f"Acme {script}", ("Inter",), ours)
    foreign = page_of(week_of(replace(brand, brand="漢字")))
    monkeypatch.setattr("alerts.report.pdf._fonts", lambda: ours)
    told, plain = (_compiler(page) for page in (foreign, page_of(week_of("Acme"))))
    assert [len(each.query("<boxes>")) > 2 for each in (told, plain)] == [True, False]
    assert sheets(told.compile(format="pdf")) == 1


def test_a_page_without_numbers_can_be_laid_out(brand: BrandWeek, week_of: WeekOf) -> None:
    empty = BrandWeek("Acme", DataState.EMPTY, brand.coverage, 0, None, None, 0, brand.worst)
    for week in (week_of(empty), replace(week_of(empty), brands=(), risks=())):
        page = page_of(week)
        assert sheets(pdf(page, week.made_at)) == 1
        assert "No data" in html(page)
    assert png(page_of(week_of(empty)), 40).startswith(b"\x89PNG")


class Collector(HTMLParser):
    """Collects tags, and what would be fetched or run."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.acting: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.acting += [
            (name, value or "")
            for name, value in attrs
            if name in {"src", "href", "action"} or name.startswith("on")
            if not (value or "").startswith("#")
        ]


@pytest.mark.parametrize("write", [html, mail_html])
def test_the_html_fetches_nothing_and_runs_nothing(
    write: Callable[[PageView], str], brand: BrandWeek, week_of: WeekOf
) -> None:
    rough = replace(brand, brand=HOSTILE[:80], themes=(Theme("a", HOSTILE, -1, 20),))
    text = write(page_of(week_of(rough, "Zenith")))
    collector = Collector()
    collector.feed(text)
    assert collector.acting == []
    assert not collector.tags & {"script", "img", "link", "iframe", "object"}
    assert "url(" not in text
    assert "&lt;img" in text


def test_a_risk_that_is_being_learnt_is_not_called_calm(week_of: WeekOf) -> None:
    week = week_of("Acme")
    risk = replace(week.risks[0], kind=RiskKind.NARRATIVE, stage=Stage.CALM, expected=None, learning=True)
    page = page_of(replace(week, risks=(risk,)))
    assert (page.risks[0].stage, page.risks[0].word) == ("learning", "Learning")
    assert "usual not known yet" in html(page)
    assert "Learning" in mail_html(page)
    assert sheets(pdf(page, week.made_at)) == 1


def test_every_number_of_the_record_stands_in_the_html(week_of: WeekOf) -> None:
    text = re.sub(r"<style.*?</style>", "", html(page_of(week_of("Northwind Air"))), flags=re.S)
    for shown in ("54", "49–58", "↓ 7", "−18", "was +3", "41 %", "was 27 %", "−61", "1,840", "+38", "↑ 14"):
        assert shown in text, shown


def test_the_archive_reads_back_what_was_written(week_of: WeekOf) -> None:
    told = tell(week_of("Acme", "Zenith"))
    assert loads(Week, dumps(told)) == told


def test_a_line_breaks_where_nobody_saw(brand: BrandWeek) -> None:
    gap = LinePoint(brand.line[6].week, DataState.HIDDEN, None)
    drawn = chart(replace(brand, line=(*brand.line[:6], gap, *brand.line[7:])))
    assert drawn is not None
    assert [len(line) for line in drawn.lines] == [6, 6]
    assert len(drawn.gaps) == 1


def test_a_line_lies_inside_its_frame(brand: BrandWeek) -> None:
    drawn = chart(brand)
    assert drawn is not None
    points = [point for shape in (*drawn.bands, *drawn.lines) for point in shape]
    assert all(0.0 <= x <= 1.0 and 0.0 <= y <= 1.0 for x, y in points)
    assert len(drawn.rows) <= 4
    assert [mark.label for mark in drawn.marks] == ["new fare rules", "refund refused"]


def test_weeks_before_anybody_watched_take_no_room(brand: BrandWeek) -> None:
    before = tuple(replace(point, state=DataState.EMPTY, index=None) for point in brand.line[:10])
    drawn = chart(replace(brand, line=(*before, *brand.line[10:])))
    assert drawn is not None
    assert len(drawn.weeks) == 5
    assert drawn.weeks_shown == 3
    assert chart(replace(brand, line=before)) is None


def test_a_provisional_week_is_a_hollow_dot(brand: BrandWeek) -> None:
    last = replace(brand.line[-1], state=DataState.PROVISIONAL)
    drawn = chart(replace(brand, line=(*brand.line[:-1], last)))
    assert drawn is not None
    assert drawn.last is not None
    assert drawn.last.hollow


def test_each_service_gets_what_it_can_show(week_of: WeekOf) -> None:
    page = page_of(week_of("Acme"))
    mail = message(page, b"%PDF", "https://board.example/weekly", Layout("email", True, 250, 30_000))
    assert mail.html
    assert mail.file == ("weekly-2026-W47.pdf", b"%PDF")
    chat = message(page, b"%PDF", "https://board.example/weekly", Layout("chat", False, 0, 2_000))
    assert "Alarms: " in chat.body
    assert chat.body.endswith("https://board.example/weekly")
    text = message(page, b"%PDF", "https://b.example/w", Layout("phone", False, 0, 160))
    assert len(text.subject) + len(text.body) <= 160 + len(text.subject)
    assert text.body.endswith("https://b.example/w")


def test_the_text_for_mail_has_every_part(week_of: WeekOf) -> None:
    text = mail_text(page_of(week_of("Acme", "Zenith")))
    assert all(f"{name}: " in text for name in ("Acme", "Zenith", "Alarms", "Response", "How complete"))
