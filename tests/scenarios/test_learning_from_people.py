"""A label corrected on the board reaches the mentions around it, through the real flow and the job table."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.clock import ManualClock
from core.query import Matcher, parse
from core.records import (
    Correction,
    Fetched,
    Job,
    Mention,
    MentionRow,
    Sentiment,
    SourceState,
    SourceStatus,
)
from models.adaptation import read_version
from models.score import open_scorer
from pipeline.coverage import Coverage
from pipeline.detection import Detection
from pipeline.evaluate.airline import read
from pipeline.evaluate.learning import evaluate
from pipeline.flow import Flow
from pipeline.jobs import Jobs
from pipeline.learning import Learning
from pipeline.scoring import BrandScorer
from pipeline.watch import open_watch
from storage import open_log, open_store

NOW = datetime(2026, 11, 20, 14, 2, tzinfo=UTC)
CORRECTED = "Acme router update bricked mine, how is this even allowed"
NEIGHBOURS = (
    "Acme router update bricked my box too",
    "after the Acme update the router is bricked",
    "router bricked since the Acme firmware update",
)
FAR = "Acme opens an office in Lisbon next spring"


class Running:
    """Flow, learner and jobs of one workspace, side by side as in `run`."""

    def __init__(self, folder: Path) -> None:
        url = f"sqlite:///{folder}/firetower.db"
        self.store, self.log = open_store(url), open_log(url)
        self.clock, self.scorer = ManualClock(NOW), open_scorer()
        coverage = Coverage()
        self.learning = Learning(self.store, self.scorer, self.clock, 0.5)

        def detection() -> Detection:
            return Detection(
                self.store,
                lambda brand, now: open_watch(brand, self.store, self.learning.budget(brand), now),
                coverage.seen,
            )

        matcher = Matcher({"Acme": parse("acme")})
        scorer = BrandScorer(self.scorer, ())
        self.flow = Flow(self.store, self.log, matcher, scorer, self.clock, coverage, detection)
        self.jobs = Jobs(self.store, {"promote": self.learning.promote, "rollback": self.learning.rollback})
        self.store.save_source(SourceState("feed", "rss", SourceStatus.OK, NOW, interval_seconds=3_600))

    async def take(self, *texts: str) -> None:
        """Let mentions come in, and wait until they are counted."""
        at = self.clock.now()
        mentions = tuple(Mention("feed", f"{at.isoformat()} {text}", text, at, at) for text in texts)
        await self.flow.collect("feed", Fetched(mentions, at.isoformat()))
        await until(lambda: self.log.depth() == 0)

    async def do(self, kind: str) -> str:
        """Ask for a job as the board does; return its result."""
        job = Job(f"{kind} {len(self.store.jobs())}", kind, {"who": "duty"}, self.clock.now())
        self.store.add_job(job)
        await until(lambda: self._state(job.id) in {"done", "failed"})
        done = self.store.job(job.id)
        assert done is not None
        return f"{done.state}: {done.result}"

    def _state(self, job_id: str) -> str:
        job = self.store.job(job_id)
        return job.state if job else ""

    def rows(self) -> dict[str, MentionRow]:
        return {row.mention.text: row for row in self.store.mentions(100)}

    def negative(self) -> dict[str, float]:
        return {text: row.score.negative for text, row in self.rows().items()}

    def close(self) -> None:
        self.flow.close()
        self.log.close()
        self.store.close()


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not done():
            await asyncio.sleep(0.02)


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Running]:
    product = Running(folder)
    roles = [
        asyncio.create_task(role()) for role in (product.flow.run, product.learning.run, product.jobs.run)
    ]
    try:
        yield product
    finally:
        for role in roles:
            role.cancel()
        await asyncio.gather(*roles, return_exceptions=True)
        product.close()


async def test_a_corrected_label_reaches_its_neighbours_and_can_be_taken_back(tmp_path: Path) -> None:
    async with running(tmp_path) as product:
        await product.take(CORRECTED, *NEIGHBOURS, FAR)
        shipped = product.negative()
        corrected = product.rows()[CORRECTED].mention.id
        product.store.add_correction(Correction(corrected, Sentiment.NEGATIVE, "duty", NOW))
        await until(lambda: bool(product.store.versions()))
        assert product.negative() == shipped
        assert await product.do("promote") == "done: version 1 is in use; 1 correction is in it"
        moved = product.negative()
        assert moved[CORRECTED] > shipped[CORRECTED] + 0.05
        for text in NEIGHBOURS:
            assert moved[text] > shipped[text] + 0.02
        assert odds(moved[FAR]) / odds(shipped[FAR]) < odds(moved[CORRECTED]) / odds(shipped[CORRECTED])

        product.clock.move(timedelta(minutes=5))
        await product.take("Acme router update: bricked, like everybody's")
        base = product.scorer.base
        news = product.rows()["Acme router update: bricked, like everybody's"]
        assert read_version(base, news.score.version) == 1
        product.clock.move(timedelta(minutes=5))
        assert await product.do("rollback") == "done: the shipped model is in use again"
        restored = product.negative()
        assert {text: restored[text] for text in shipped} == shipped
        assert (await product.do("rollback")).startswith("failed: the shipped model is in use")
    async with running(tmp_path) as product:
        product.clock.move(timedelta(minutes=15))  # past the end of the bin of the roll-back
        await product.take(CORRECTED + "!")
        assert product.negative()[CORRECTED] == shipped[CORRECTED]
        assert product.rows()[CORRECTED + "!"].score.version == product.scorer.base


def odds(share: float) -> float:
    return share / (1.0 - share)


def test_a_hundred_corrections_help_and_a_roll_back_restores(shared: Path) -> None:
    found = evaluate(shared / "data", most=1_000)
    assert found["corrections"] == found["prequential"]["measured"] == 100
    assert found["texts"] == 1_000
    assert found["accuracy_with"] > found["accuracy_without"] + 0.02
    assert found["accuracy_after_rollback"] == found["accuracy_without"]
    assert found["scores_restored_exactly"]


def test_the_archive_is_read_by_time_and_each_id_once(shared: Path) -> None:
    rows = read(shared / "data")
    assert len(rows) == 14_485
    times = [row.mention.event_at for row in rows]
    assert times == sorted(times)
    assert times[0].date().isoformat() == "2015-02-17"


@pytest.mark.slow
def test_the_whole_second_half(shared: Path) -> None:
    found = evaluate(shared / "data")
    assert found["texts"] == 7_243
    assert found["accuracy_with"] > found["accuracy_without"] + 0.03
