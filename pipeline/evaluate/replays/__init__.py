"""`evaluate replays`: whole public archives through the real chain, as `firetower replay` takes them.

Nobody answers a page, so nothing is learned from verdicts. Which pages somebody would have wanted is read
from `verdicts.csv`; a page without a verdict counts as false. `docs/design/detection.md` has the reasons.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from pathlib import Path
from shutil import rmtree
from typing import Any

from core.errors import ConfigError
from core.ports import Scorer, Store
from core.records import Incident, Notification, Reason, Selection
from core.telemetry import get_logger
from models.score import open_scorer
from pipeline.archive import ReplayRequest, replay_files
from pipeline.evaluate.kept import Kept
from pipeline.evaluate.kept_scores import KeptScorer
from pipeline.evaluate.replays.archives import ARCHIVES, Archive
from pipeline.evaluate.replays.found import Found, Page, Risen
from pipeline.evaluate.replays.traps import traps_of
from pipeline.evaluate.replays.verdicts import TRUE, Verdict, read_verdicts, verdict_of
from pipeline.scoring import BrandScorer
from pipeline.workspace import database_url
from storage import open_store

ALL = 1_000_000
"""No archive leads to so many pages."""
_WEEK = timedelta(weeks=1)
_PAGES = frozenset({Reason.SPREADING, Reason.FIRESTORM})


def evaluate(data: Path, work: Path, only: str = "") -> dict[str, Any]:
    """Replay each archive under `data`; return its pages with their verdicts, and how its traps were met.

    Scores and finished archives are kept under `work`. Progress goes to the log. Raises `ConfigError` when
    an archive is absent.
    """
    archives = [archive for archive in ARCHIVES if only in {"", archive.name}]
    if not archives:
        raise ConfigError(f"no archive is called {only!r}: {', '.join(each.name for each in ARCHIVES)}")
    for archive in archives:
        archive.require(data)
    verdicts = read_verdicts()
    scorer = KeptScorer(work, lambda: BrandScorer(open_scorer(), ()))
    return {
        archive.name: judged(archive.name, _kept(archive, data, work, scorer), verdicts)
        for archive in archives
    }


def _kept(archive: Archive, data: Path, work: Path, scorer: Scorer) -> Found:
    """Return what the replay came to: from an earlier run, or replayed and kept."""
    kept = Kept(work, [archive.name, archive.size(data)])
    place = kept.folder / archive.name
    return kept.result(archive.name, Found, partial(replayed, archive, data, place, scorer))


def replayed(archive: Archive, data: Path, place: Path, scorer: Scorer) -> Found:
    """Return what the replay of `archive` came to.

    Its workspace is `place`: one that was broken off is continued there, and it is removed at the end.
    """
    log = get_logger("evaluate")
    log.info("replays", archive=archive.name)
    request = ReplayRequest((data / archive.path,), place, archive.brand, archive.brand_column)
    result = replay_files(request, lambda line: None, scorer).result
    store = open_store(database_url(place))
    try:
        found = _found(archive, store)
    finally:
        store.close()
    rmtree(place)
    log.info("replays", archive=archive.name, pages=len(found.pages), seconds=result.seconds)
    return found


def _found(archive: Archive, store: Store) -> Found:
    pages = [page for page in store.notifications(ALL) if page.reason in _PAGES]
    brands = [total.brand for total in store.totals() if total.brand not in archive.left_out]
    return Found(
        tuple(_page(each) for each in reversed(pages) if each.brand in brands),
        tuple(_risen(each) for each in reversed(store.incidents(limit=ALL)) if each.brand in brands),
        sum(_weeks(store, brand) for brand in brands),
    )


def _page(page: Notification) -> Page:
    return Page(page.brand, page.created_at, page.stage, page.explanation.label)


def _risen(incident: Incident) -> Risen:
    return Risen(
        incident.brand,
        incident.started_at,
        incident.opened_at,
        incident.peak_stage,
        incident.label,
        incident.closed_at,
    )


def _weeks(store: Store, brand: str) -> float:
    """Return how long the brand was spoken of."""
    which = Selection(brand=brand)
    first = store.mentions(1, which, oldest_first=True)[0].mention.event_at
    last = store.mentions(1, which)[0].mention.event_at
    return (last - first) / _WEEK


def judged(archive: str, found: Found, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Return what is printed of an archive: every page with its verdict, and its traps."""
    pages = [{**asdict(page), "verdict": verdict_of(archive, page, verdicts)} for page in found.pages]
    false = sum(page["verdict"] != TRUE for page in pages)
    return {
        "pages": [{**page, "at": page["at"].isoformat()} for page in pages],
        "incidents": [
            {
                "brand": each.brand,
                "started_at": each.started_at.isoformat(),
                "peak_stage": each.peak_stage,
                "label": each.label,
            }
            for each in found.incidents
        ],
        "brand_weeks": round(found.brand_weeks, 1),
        "false_pages_per_brand_week": round(false / found.brand_weeks, 4) if found.brand_weeks else 0.0,
        "traps": [{"name": trap.name, "met": trap.met(found)} for trap in traps_of(archive)],
    }
