"""What every store promises of corrections, model versions and weekly pages."""

from dataclasses import replace
from datetime import timedelta

from core.ports import Store
from core.records import Correction, ModelState, ModelVersion, Report, Sentiment
from storage import open_store
from tests.contract.filling import T0


def correction(number: int, minutes: int = 0) -> Correction:
    return Correction(f"m{number}", Sentiment.NEUTRAL, "duty \x00", T0 + timedelta(minutes=minutes))


def kept(one: Correction) -> Correction:
    return replace(one, who="duty �")


def test_corrections_in_the_order_they_were_given(store: Store) -> None:
    late, early = correction(1, 9), correction(2, 1)
    assert store.corrections() == []
    for one in (late, early, late, early):
        store.add_correction(one)
    found = store.corrections()
    assert [one for _, one in found] == [kept(late), kept(early)]
    assert store.corrections(found[0][0]) == found[1:]
    assert store.corrections(limit=1) == found[:1]
    assert store.corrections(found[1][0]) == []


def test_a_mention_may_be_corrected_again(store: Store) -> None:
    store.add_correction(correction(1, 1))
    store.add_correction(replace(correction(1, 1), label=Sentiment.POSITIVE))
    store.add_correction(correction(1, 2))
    assert [one.label for _, one in store.corrections()] == ["neutral", "positive", "neutral"]


def test_what_was_said_of_a_mention_with_what_is_in_force_last(store: Store) -> None:
    late, early, other = correction(1, 9), correction(1, 1), correction(2, 5)
    withdrawn = replace(correction(1, 9), label=None)
    for one in (late, early, other, withdrawn):
        store.add_correction(one)
    (first, _), (second, _), (third, _), (fourth, _) = store.corrections()
    assert store.said(["m1", "m3"]) == {
        "m1": [(second, kept(early)), (first, kept(late)), (fourth, kept(withdrawn))]
    }
    assert store.said(["m2", "m2"]) == {"m2": [(third, kept(other))]}
    assert store.said([]) == {}


def test_model_versions(store: Store) -> None:
    first = ModelVersion(1, T0, ModelState.SHADOW, "shipped", 7, 6, 5, 4, None, "", b"\x00\xff")
    second = replace(first, number=2, weights=b"", stands_on=1, learned=(3, 17))
    promoted = replace(first, state=ModelState.PROMOTED, changed_at=T0, changed_by="duty", right=6)
    assert store.versions() == []
    for version in (first, second, promoted):
        store.save_version(version)
    assert store.versions() == [second, promoted]
    assert store.versions(limit=1) == [second]


def test_weekly_pages(store: Store) -> None:
    page = Report("2026-W09", T0, '{"week": "2026-W09"}', "<html>é</html>", b"%PDF\x00\xff", "e-mail")
    other = replace(page, week="2025-W52", sent="")
    for report in (replace(page, html="old"), other, page):
        store.save_report(report)
    assert store.report("2026-W09") == page
    assert store.report("2026-W10") is None
    assert (store.report_weeks(), store.report_weeks(limit=1)) == (["2026-W09", "2025-W52"], ["2026-W09"])


def test_what_was_taught_outlives_a_close(store_url: str) -> None:
    store = open_store(store_url)
    store.add_correction(correction(1))
    store.close()
    store = open_store(store_url)
    assert [one for _, one in store.corrections()] == [kept(correction(1))]
    store.close()
