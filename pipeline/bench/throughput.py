"""How many mentions a second the encoder does alone, and the whole way to the store does with it."""

import asyncio
import gc
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from core.clock import SystemClock
from core.config import BrandConfig
from core.query import Matcher, parse
from core.records import Fetched, SourceState, SourceStatus
from models.embed import packaged
from models.features import canonical
from models.onnx_encoder import spare_cores
from models.score import open_scorer
from models.student import Student
from monitors.simulation.brands import BRANDS
from pipeline.bench.texts import SOURCE, mention, posts
from pipeline.coverage import FULL, Coverage
from pipeline.detection import Detection
from pipeline.flow import Flow
from pipeline.scoring import BATCH, BrandScorer
from pipeline.watch import open_watch
from pipeline.workspace import Purpose, open_workspace

TEXTS = 3_000
"""Distinct texts a round: some seven seconds, so that its ends, where nothing overlaps, weigh little."""
PLAIN_TEXTS = 500
"""Of these for sentence-transformers, which is slower."""
POLL = 0.1
"""Seconds between two looks for what is stored: fifty a second took a twentieth of what they looked for."""
ALONE = 200
"""Of these one by one."""
ROUNDS = 3
"""Encoder and whole way take turns, so that a noisy neighbour meets both."""


@dataclass(frozen=True, slots=True)
class Throughput:
    """Medians over the rounds."""

    encoder_per_s: float
    plain_encoder_per_s: float
    """The packaged model as sentence-transformers runs it: its defaults, batches of 32, the same threads."""
    one_mention_ms_p50: float
    """A mention that comes alone, scored whole."""
    end_to_end_per_s: float

    @property
    def ratio(self) -> float:
        """Share of the encoder's rate that is left when everything else is done too."""
        return self.end_to_end_per_s / self.encoder_per_s


def measure(folder: Path, say: Callable[[str], None]) -> Throughput:
    """Measure all on the same distinct texts and with the same threads."""
    encoder, plain, whole, alone = list[float](), list[float](), list[float](), list[float]()
    for number in range(ROUNDS):
        texts = texts_of_round(number)
        encoder.append(encoder_per_s(texts))
        plain.append(_apart(texts[:PLAIN_TEXTS]))
        whole.append(asyncio.run(_whole(folder / f"round-{number}", texts)))
        gc.unfreeze()
        gc.collect()  # or the product of this round would stay in memory, and count as the next one's
        alone += _alone(texts[:ALONE])
        say(
            f"  round {number + 1}: encoder {encoder[-1]:.0f}/s, plain {plain[-1]:.0f}/s, "
            f"scored and stored {whole[-1]:.0f}/s"
        )
    return Throughput(median(encoder), median(plain), median(alone) * 1_000.0, median(whole))


def texts_of_round(number: int) -> list[str]:
    """Return distinct texts that no other round has: what was read once is remembered."""
    return [text for _, text in posts(TEXTS, first_key=1_000_000 * (number + 1))]


def _apart(texts: Sequence[str]) -> float:
    """Measure sentence-transformers in a process of its own: torch would stay in this one's memory."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(plain_per_s, texts, spare_cores()).result()


def plain_per_s(texts: Sequence[str], threads: int) -> float:
    """Return how many texts a second the packaged model does through sentence-transformers."""
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(threads)
    model = SentenceTransformer(str(packaged()), device="cpu", local_files_only=True)
    model.encode(["one to wake it up"], show_progress_bar=False)
    began = time.perf_counter()
    model.encode([canonical(text) for text in texts], show_progress_bar=False)
    return len(texts) / (time.perf_counter() - began)


def _alone(texts: Sequence[str]) -> list[float]:
    """Return the seconds that each mention takes that comes alone."""
    scorer, now, took = open_scorer(), datetime.now(UTC), list[float]()
    scorer.score([mention("warm", "one to wake it up", now)])
    for number, text in enumerate(texts):
        one = mention(str(number), text, now)
        began = time.perf_counter()
        scorer.score([one])
        took.append(time.perf_counter() - began)
    return took


def encoder_per_s(texts: Sequence[str]) -> float:
    """Return how many texts a second the shipped model reads, all its heads included."""
    student = Student()
    began = time.perf_counter()
    for first in range(0, len(texts), BATCH):
        student.read([canonical(text) for text in texts[first : first + BATCH]])
    return len(texts) / (time.perf_counter() - began)


async def _whole(folder: Path, texts: Sequence[str]) -> float:
    space = open_workspace(folder, Purpose.LIVE)
    brands = [BrandConfig(name=brand.name, query=brand.query) for brand in BRANDS]
    scorer, clock = BrandScorer(open_scorer(), brands), SystemClock()
    scorer.score([mention("warm", "one to wake it up", clock.now())])
    space.store.save_source(SourceState(SOURCE, "bench", SourceStatus.OK, heartbeat_at=clock.now()))

    def new_detection() -> Detection:
        detection = Detection(
            space.store, lambda brand, now: open_watch(brand, space.store, 0.5, now), lambda brand, now: FULL
        )
        for brand in brands:
            detection.watch(brand.name, clock.now())
        gc.freeze()  # as where the product opens its brands
        return detection

    matcher = Matcher({brand.name: parse(brand.query) for brand in BRANDS})
    flow = Flow(space.store, space.log, matcher, scorer, clock, Coverage(), new_detection)
    await flow.collect(SOURCE, Fetched(cursor="0"))
    running = asyncio.create_task(flow.run())
    try:
        return await _timed(flow, space.store.count_mentions, texts)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        flow.close()
        space.close()


async def _timed(flow: Flow, stored: Callable[[], int], texts: Sequence[str]) -> float:
    await asyncio.sleep(1.0)  # the flow has opened its detectors
    began, now = time.perf_counter(), datetime.now(UTC)
    mentions = [mention(str(index), text, now) for index, text in enumerate(texts)]
    for first in range(0, len(mentions), BATCH):
        batch = tuple(mentions[first : first + BATCH])
        await flow.collect(SOURCE, Fetched(batch, cursor=str(first + BATCH)))
    while await asyncio.to_thread(stored) < len(mentions):  # noqa: ASYNC110 - the store has no event for it
        await asyncio.sleep(POLL)
    return len(mentions) / (time.perf_counter() - began)
