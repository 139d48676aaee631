"""Weekly: the archived record as a sheet, the archive, the files, and the page that is asked for."""

import importlib.util
import json
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from alerts.report.sentences import tell
from core.codec import dumps
from core.ports import Store
from core.records import Coverage, DataState, Estimate, Report, Stage, Week
from dashboard import widgets
from dashboard.charts.weekly import thirteen_weeks
from dashboard.present import weekly as present
from dashboard.queries import weekly as queries
from dashboard.viewmodels import BrandSheet, WeeklyPage


def _load() -> ModuleType:
    path = Path(__file__).with_name("seed_people.py")
    spec = importlib.util.spec_from_file_location("seed_people", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


seed = _load()


def _page() -> None:
    import streamlit

    from dashboard.views import weekly

    streamlit.navigation([weekly.route()]).run()


def _open(**query: str) -> AppTest:
    test = AppTest.from_function(_page, default_timeout=120)
    for name, value in query.items():
        test.query_params[name] = value
    return test.run()


def _html(test: AppTest) -> str:
    return "\n".join(element.proto.body for element in test.get("html"))


@pytest.fixture
def archived(store: Store) -> Store:
    """The seeded workspace with the pages of two weeks."""
    seed.archive(store)
    return store


def _present(week: Week, brand: str = "", sent: str = "") -> WeeklyPage:
    return present.page(week, Report(week.week, week.made_at, dumps(week), "", b"", sent), brand)


def _sheet(page: WeeklyPage) -> BrandSheet:
    assert page.sheet is not None
    return page.sheet


def test_the_newest_week_is_shown_by_default(archived: Store) -> None:
    html = _html(_open())
    assert "Week 47, 16 to 22 November 2026" in html
    assert "Health fell by 7 points to 54" in html
    assert "<strong>54</strong>" in html


def test_the_address_chooses_week_and_brand(archived: Store) -> None:
    html = _html(_open(week="2026-W47", brand="Halden Energy"))
    assert '<h1 dir="auto">Halden Energy</h1>' in html
    assert "no change on last week" in html
    assert "Week 46" in _html(_open(week="2026-W46"))


def test_a_choice_changes_the_address(archived: Store) -> None:
    test = _open()
    test.selectbox[0].set_value("2026-W46").run()
    assert not test.exception
    assert test.query_params["week"] in ("2026-W46", ["2026-W46"])
    assert "Week 46" in _html(test)


def test_the_choice_follows_the_address(archived: Store) -> None:
    assert _open().selectbox[0].value == "2026-W47"
    assert _open(week="2026-W46").selectbox[0].value == "2026-W46"


def test_once_a_page_is_made_the_newest_is_shown(archived: Store) -> None:
    test = _open(week="2026-W46")
    test.button[0].click().run()
    job = archived.take_job()
    assert job is not None
    newer = seed.week_of(seed.brand_week("Northwind Air"), seed.steady("Steady"), week="2026-W48")
    archived.save_report(seed.report_of(newer))
    archived.finish_job(job.id, "done", "made the page of 2026-W48")
    st.cache_data.clear()
    test.run()
    assert not test.exception
    assert "Week 48" in _html(test)
    assert test.selectbox[0].value == "2026-W48"


def test_every_sentence_of_the_record_stands_on_the_page(archived: Store) -> None:
    html = _html(_open())
    told = seed.week_of(seed.brand_week("Northwind Air")).brands[0].words
    for sentence in (told.alarms, told.response, told.coverage, told.volume, *told.goals):
        assert sentence in html


def test_a_certain_change_has_an_arrow_and_an_uncertain_one_is_words() -> None:
    fell = _sheet(_present(seed.week_of(seed.brand_week("Fallen"))))
    assert [(change.arrow, change.by, change.tone) for change in fell.changes] == [
        ("↓", "7", "worse"),
        ("↓", "11", "worse"),
    ]
    (stayed,) = _sheet(_present(seed.week_of(seed.steady("Steady")))).changes
    assert (stayed.arrow, stayed.text, stayed.tone) == ("", "no change on last week", "same")


def test_below_80_per_cent_the_number_is_provisional() -> None:
    brand = replace(seed.brand_week("Half"), state=DataState.PROVISIONAL, coverage=Coverage(60, 168, 40))
    sheet = _sheet(_present(seed.week_of(brand)))
    assert (sheet.mark, sheet.value) == ("Provisional", "54")
    assert sheet.headline.startswith("Provisional: ")


def test_below_50_per_cent_there_is_no_number() -> None:
    brand = replace(
        seed.brand_week("Dark"),
        state=DataState.HIDDEN,
        coverage=Coverage(40, 168, 90),
        index=None,
        change=None,
    )
    page = _present(seed.week_of(brand))
    sheet = _sheet(page)
    assert (sheet.value, sheet.band, sheet.changes) == ("", "", ())
    html = widgets.html("weekly_index", sheet=sheet)
    assert "No number" in html
    assert "<strong>" not in html
    assert "only 40 % of the usual stream was seen" in sheet.headline


def test_parts_voices_and_themes_are_those_of_the_record() -> None:
    sheet = _sheet(_present(seed.week_of(seed.brand_week("Northwind Air"))))
    assert [(part.value, part.was) for part in sheet.parts] == [
        ("−18", "was +3"),
        ("41 %", "was 27 %"),
        ("74 %", "was 100 %"),
    ]
    assert [(voice.share, voice.was) for voice in sheet.voices[:3]] == [
        ("41 %", "was 27 %"),
        ("27 %", "was 33 %"),
        ("19 %", ""),
    ]
    refunds, crew = sheet.themes[0], sheet.themes[-1]
    assert (refunds.net, refunds.left, refunds.width, refunds.negative) == ("−61", "19.5%", "30.5%", True)
    assert (crew.net, crew.left, crew.width, crew.negative) == ("+38", "50%", "19%", False)


def test_goals_say_whether_they_were_reached() -> None:
    sheet = _sheet(_present(seed.week_of(seed.brand_week("Northwind Air"))))
    assert [goal.reached for goal in sheet.goals] == ["no", "yes", "unknown"]


def test_risks_name_a_blind_source_as_blind() -> None:
    risks = _present(seed.week_of(seed.brand_week("Northwind Air"))).risks
    assert [risk.word for risk in risks] == ["Firestorm", "Smouldering", "Blind"]
    assert risks[2].label == "reddit"


def test_risks_name_what_is_being_learnt_as_learning() -> None:
    week = seed.week_of(seed.brand_week("Northwind Air"))
    calm = replace(week.risks[1], stage=Stage.CALM, learning=True, expected=None)
    rising = replace(calm, stage=Stage.SMOULDERING)
    shown = _present(tell(replace(week, risks=(calm, rising)))).risks
    assert [(risk.mark, risk.word) for risk in shown] == [
        ("learning", "Learning"),
        ("smouldering", "Smouldering"),
    ]
    assert all("usual not known yet" in risk.text and "expected" not in risk.text for risk in shown)


def test_all_brands_are_listed_only_where_there_are_several() -> None:
    fell, stayed = seed.brand_week("Fallen"), seed.steady("Steady")
    assert _present(seed.week_of(fell)).brands == ()
    lines = _present(seed.week_of(fell, stayed), "Steady").brands
    assert [(line.name, line.value, line.shown) for line in lines] == [
        ("Fallen", "54", False),
        ("Steady", "66", True),
    ]


def test_an_unknown_brand_falls_back_to_the_first() -> None:
    assert _sheet(_present(seed.week_of(seed.brand_week("Fallen")), "nobody")).name == "Fallen"


def test_the_line_breaks_and_is_hatched_where_too_little_was_seen() -> None:
    brand = seed.brand_week("Northwind Air")
    layers = thirteen_weeks(brand.line, brand.events)["layer"]
    hatched = next(layer for layer in layers if layer["mark"]["type"] == "bar")
    assert hatched["data"]["values"] == [{"week": "2026-W42"}]
    runs = next(layer for layer in layers if layer["mark"]["type"] == "line")["data"]["values"]
    assert {row["run"] for row in runs if row["week"] < "2026-W42"} != {
        row["run"] for row in runs if row["week"] > "2026-W42"
    }
    assert "2026-W42" not in {row["week"] for row in runs}


def test_the_lines_axis_holds_the_whole_band() -> None:
    line = seed.line(66, 54, 97, first=30)
    layers = thirteen_weeks(line, ())["layer"]
    band = next(layer for layer in layers if layer["mark"]["type"] == "area")
    low, high = band["encoding"]["y"]["scale"]["domain"]
    assert low <= 49
    assert high == 100


def test_a_provisional_week_is_a_hollow_dot() -> None:
    line = (*seed.line(66, 64), replace(seed.line(60)[0], week="2026-W37", state=DataState.PROVISIONAL))
    dots = next(layer for layer in thirteen_weeks(line, ())["layer"] if layer["mark"]["type"] == "point")
    assert [(row["week"], row["fill"]) for row in dots["data"]["values"]] == [("2026-W37", "var(--surface)")]


def test_storms_stand_on_the_line_and_the_chart_is_json() -> None:
    brand = seed.brand_week("Northwind Air")
    spec = thirteen_weeks(brand.line, brand.events)
    text = json.dumps(spec)
    assert "New fare rules" in text
    assert "var(--firestorm)" in text


def test_a_week_without_any_number_has_no_line() -> None:
    brand = replace(
        seed.steady("Dark"), line=seed.line(None, None), index=None, state=DataState.HIDDEN, change=None
    )
    assert _sheet(_present(seed.week_of(brand))).plot is None


def test_the_alternative_text_names_the_extremes() -> None:
    plot = _sheet(_present(seed.week_of(seed.brand_week("Northwind Air")))).plot
    assert plot is not None
    assert plot.alt == "Index of Northwind Air over 13 weeks: lowest 54, highest 68, last 54."


def test_without_a_page_it_says_how_to_make_one(store: Store, empty_folder: Path) -> None:
    test = _open()
    html = _html(test)
    assert "No weekly page yet" in html
    assert f"firetower report --workspace {empty_folder}" in html
    assert [button.label for button in test.button] == ["Make this week's page"]


def test_a_week_without_a_page_says_so_and_repeats_nothing_of_the_address(archived: Store) -> None:
    html = _html(_open(week="<script>alert(1)</script>"))
    assert "No page of this week" in html
    assert "script" not in html


def test_the_files_are_those_of_the_archive(archived: Store) -> None:
    html, pdf = queries.downloads("2026-W47")
    assert (html.name, html.mime) == ("firetower-weekly-2026-W47.html", "text/html")
    assert b"Week 47" in html.data
    assert (pdf.name, pdf.mime) == ("firetower-weekly-2026-W47.pdf", "application/pdf")
    assert pdf.data.startswith(b"%PDF")
    assert queries.downloads("2026-W01") == ()


def test_a_hostile_week_makes_a_harmless_file_name() -> None:
    assert present.file_name('../..\\"<img>\r\n2026-W47') == "firetower-weekly-img2026-W47"


def test_hostile_names_stay_text(store: Store) -> None:
    brand = replace(seed.brand_week(seed.HOSTILE), voices=(), line=seed.line(50), index=Estimate(50, 46, 54))
    store.save_report(seed.report_of(seed.week_of(brand, seed.steady("Steady"))))
    html = _html(_open())
    assert "&lt;img src=x onerror=" in html
    assert "<img" not in html


def test_the_button_asks_for_the_present_week(archived: Store) -> None:
    test = _open()
    test.button[0].click().run()
    assert not test.exception
    job = archived.take_job()
    assert job is not None
    assert job.kind == "report"
    assert list(job.arguments) == ["week"]
    assert len(job.arguments["week"]) == len("2026-W47")
    st.cache_data.clear()
    assert "is being done." in _html(test.run())


def test_what_was_sent_is_told(archived: Store) -> None:
    html = _html(_open())
    assert "made on Monday, 23 November at 07:00" in html
    assert "mail: sent in 2.4 s" in html
    assert "kept here, not sent" in _html(_open(week="2026-W46"))
