"""The Protocols between packages: what each layer promises to the others.

Everything here is synchronous except what waits for the network or the clock;
the pipeline calls stores and models from worker threads.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from core.records import (
    EVERYTHING,
    Action,
    Answer,
    BrandTotal,
    Correction,
    Delivery,
    DeliveryStatus,
    Entry,
    Fetched,
    Hook,
    Incident,
    IncidentEvent,
    Job,
    Match,
    Mention,
    MentionRow,
    Merge,
    ModelVersion,
    Narrative,
    NarrativeBin,
    Notification,
    Outcome,
    Probabilities,
    Pulse,
    RelevanceLabel,
    Report,
    Rollup,
    Score,
    Scored,
    Selection,
    Signal,
    SignalPoint,
    Silence,
    Skimmed,
    Snapshot,
    SourceState,
    Step,
    Window,
)


class Clock(Protocol):
    """Where the product gets its time; replays and the demo bring their own."""

    def now(self) -> datetime:
        """Return the present time, aware, UTC."""

    async def sleep(self, seconds: float) -> None:
        """Wait `seconds` of this clock's time."""


class Monitor(Protocol):
    """A source: it only fetches; waiting, retrying and counting is the poll loop's work."""

    kind: ClassVar[str]
    name: str
    interval: float
    """Seconds between two fetches."""

    async def fetch(self, cursor: str) -> Fetched:
        """Return what is new after `cursor` ("" at the first time).

        Raises `Temporary` (try again, perhaps after a named time) or `Permanent`.
        """


@runtime_checkable
class StreamMonitor(Protocol):
    """A source that pushes: it only reads; reconnecting, batching and counting is the stream loop's work."""

    kind: ClassVar[str]
    name: str
    silence: float
    """Seconds without a sign of life, also an empty one, after which the connection counts as dead."""

    def stream(self, cursor: str) -> AsyncIterator[Fetched]:
        """Connect and yield what comes after `cursor`, with some overlap, until the connection ends.

        An empty `Fetched` is a sign of life. Each carries the cursor after its last item. Ends or raises
        `Temporary` when the connection is lost, `Permanent` when a person has to change something.
        """


@runtime_checkable
class Closeable(Protocol):
    """A source that holds connections of its own."""

    async def close(self) -> None:
        """Release them."""


class Log(Protocol):
    """Carries entries from the monitors to scoring: at least once, until acknowledged."""

    def append(self, source: str, entries: Sequence[Entry], cursor: str) -> int:
        """Store entries and the source's new cursor in one transaction; return how many were new here.

        An entry that is still waiting, with the same mention and brands, is not stored twice.
        """

    def cursor(self, source: str) -> str:
        """Return the source's cursor, "" when it has none."""

    def read(self, limit: int) -> list[tuple[int, Entry]]:
        """Return up to `limit` waiting entries with their positions, oldest first; they keep waiting."""

    def ack(self, positions: Iterable[int]) -> None:
        """Forget entries whose effect is committed; unknown positions are ignored."""

    def holds(self, mention_ids: Iterable[str]) -> set[str]:
        """Return those mentions that still wait here."""

    def depth(self) -> int:
        """Return how many entries wait."""

    def close(self) -> None:
        """Release files and connections."""


class Store(Protocol):
    """All that is kept. Every method is one short transaction; readers hold none open."""

    # -- detection ---------------------------------------------------------
    def known(self, mention_ids: Iterable[str]) -> dict[str, Score]:
        """Return the scores of those mentions that are stored already, with their embeddings."""

    def unmatched(self, pairs: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        """Return those `(mention_id, brand)` pairs that are not counted yet."""

    def commit(self, step: Step) -> None:
        """Write a step as a whole or not at all; repeated mentions, matches and events are no-ops.

        Rollups and narrative bins are adjusted only for matches that were new. Incidents, narratives and
        tile states are upserted, notifications and merges inserted once.

        Raises `Conflict` when a snapshot's revision has moved on, `StorageFull` when the disk is full.
        """

    def snapshot(self, key: str) -> Snapshot | None:
        """Return the newest snapshot under `key`."""

    def matches_since(self, brand: str, position: int, limit: int) -> list[MentionRow]:
        """Return a brand's counted mentions with `seq > position`, in the order they were counted.

        Their scores carry the embeddings; those of all other lists do not.
        """

    def last_match(self, brand: str) -> int:
        """Return the sequence number of a brand's last match, counted or set apart; 0 when it has none."""

    def import_rollups(self, rollups: Iterable[Rollup], signals: Iterable[Signal]) -> None:
        """Add history that has no mentions (the demo's past); existing minutes are left as they are."""

    # -- what the board and the chain read ---------------------------------
    def states(self) -> list[Signal]:
        """Return the newest signal of each brand."""

    def signals(self, brand: str, since: datetime, until: datetime) -> list[SignalPoint]:
        """Return a brand's stored points, oldest first."""

    def rollups(self, since: datetime, until: datetime, brand: str = "", seconds: int = 60) -> list[Rollup]:
        """Return sums over spans of `seconds` (a multiple of 60, counted from the epoch), oldest first.

        `Rollup.minute` is the start of the span.
        """

    def mentions(
        self, limit: int, which: Selection = EVERYTHING, oldest_first: bool = False
    ) -> list[MentionRow]:
        """Return mentions by event time, newest first unless told otherwise."""

    def mention(self, mention_id: str) -> list[MentionRow]:
        """Return one mention with its embedding, a row for each brand it counts for."""

    def embeddings(self, mention_ids: Iterable[str]) -> dict[str, bytes]:
        """Return the embeddings of those mentions that have one."""

    def count_mentions(self) -> int:
        """Return how many mentions are stored."""

    def totals(self) -> list[BrandTotal]:
        """Return mentions and negative share of each brand, over all time, from rollups."""

    # -- narratives ---------------------------------------------------------
    def narratives(self, brand: str = "", since: datetime | None = None, limit: int = 100) -> list[Narrative]:
        """Return narratives that stand for themselves and had a mention since then, newest mention first."""

    def narrative(self, narrative_id: str) -> Narrative | None:
        """Return one narrative, also a merged one."""

    def narrative_roots(self, narrative_ids: Iterable[str]) -> dict[str, Narrative]:
        """Return what each narrative is part of now: itself, or at last what it was merged into.

        An id that leads to none that is kept is left out.
        """

    def merges(self, narrative_id: str) -> list[Merge]:
        """Return what was merged into a narrative, oldest first."""

    def narrative_bins(
        self, narrative_ids: Iterable[str], since: datetime, until: datetime
    ) -> list[NarrativeBin]:
        """Return 5-minute sums of narratives, oldest first; what was merged into one counts for it."""

    # -- revisions ----------------------------------------------------------
    def revise(self, mentions: Iterable[Mention]) -> int:
        """Replace title and text of stored mentions whose source changed them; return how many were.

        They are flagged EDITED and found under their new words. Their score and what they count for stay.
        """

    def rescore(self, scores: Mapping[str, Score]) -> None:
        """Replace scores by mention id, and adjust rollups and narrative bins by the difference.

        Signature and embedding stay; only the probabilities and the version change.
        """

    # -- storm mode: what the fast path alone has looked at ------------------
    def unread(self, limit: int) -> list[Entry]:
        """Return mentions that nobody read in full, with the brands that count them, newest first.

        Without those whose words were removed.
        """

    def read_late(self, scored: Sequence[Scored], towards: Mapping[tuple[str, str], Probabilities]) -> int:
        """Put full readings in the place of the fast path's; return how many mentions were unread till then.

        Rollups and narrative bins change by the difference, as `rescore` does it. `towards` has what a text
        says of a brand that it names beside others, by mention id and brand. Afterwards a mention is stored
        as if it had been read in full when it came, but for its narrative.
        """

    def settle(self, limit: int) -> int:
        """Make up to `limit` mentions of the sample ordinary ones, for want of any that it stands for.

        Return how many; none while some are unread.
        """

    def skimmed(self, since: datetime, brand: str = "") -> Skimmed:
        """Return what storm mode adds to the sums of what was seen since then, of one brand or of all."""

    def forget(self, mention_ids: Iterable[str]) -> int:
        """Remove text, title, author, link and embedding of mentions, for good, also where they arrive later.

        The counts stay, flagged DELETED. Quotes of them inside incidents and notifications are removed too.
        Returns how many stored mentions lost their text.
        """

    def erase_author(self, author: str, source: str = "") -> int:
        """Forget everything that an author wrote, in one source or in all; return how many mentions."""

    def prune(self, before: datetime, limit: int = 1_000) -> int:
        """Forget up to `limit` mentions older than `before`; return how many; call until it returns 0.

        States that are kept with older pages (`PAGE_STATE`) go as well.
        """

    def drop_brand(self, brand: str) -> None:
        """Remove what is kept under a brand's name, but for its incidents and pages (a drill is over)."""

    # -- learning -----------------------------------------------------------
    def add_correction(self, correction: Correction) -> None:
        """Keep what a person says; a repeated one is a no-op. Durable before it returns."""

    def corrections(self, position: int = 0, limit: int = 1_000) -> list[tuple[int, Correction]]:
        """Return corrections after `position` with their positions, in the order they were given."""

    def said(self, mention_ids: Iterable[str]) -> dict[str, list[tuple[int, Correction]]]:
        """Return what was ever said of each of these mentions, with positions, the one in force last."""

    def add_relevance(self, label: RelevanceLabel) -> None:
        """Keep whether a mention is about a brand, and let the match count, or not, as that says.

        A repeated one is a no-op. Durable before it returns.
        """

    def relevance_labels(self, position: int = 0, limit: int = 1_000) -> list[tuple[int, RelevanceLabel]]:
        """Return such labels after `position` with their positions, in the order they were given."""

    def judge(self, ours: Mapping[tuple[str, str], float | None]) -> int:
        """Replace P(ours) of matches by mention id and brand; return how many began or ceased to count.

        Rollups and narrative bins are adjusted by the difference. What a person said stays in force.
        """

    def save_version(self, version: ModelVersion) -> None:
        """Insert or update a model version by its number."""

    def versions(self, limit: int = 100) -> list[ModelVersion]:
        """Return model versions, newest first, with their weights."""

    # -- weekly page --------------------------------------------------------
    def save_report(self, report: Report) -> None:
        """Insert or replace the page of a week."""

    def report(self, week: str) -> Report | None:
        """Return one week's page."""

    def report_weeks(self, limit: int = 100) -> list[str]:
        """Return the weeks that have a page, newest first."""

    # -- incidents ----------------------------------------------------------
    def incidents(
        self,
        open_only: bool = False,
        limit: int = 100,
        since: datetime | None = None,
        until: datetime | None = None,
        brand: str = "",
    ) -> list[Incident]:
        """Return incidents by the time they were opened (`since <= opened_at < until`), newest first."""

    def incident(self, incident_id: str) -> Incident | None:
        """Return one incident."""

    def events(self, incident_id: str) -> list[IncidentEvent]:
        """Return an incident's timeline, oldest first."""

    def add_events(self, events: Iterable[IncidentEvent]) -> None:
        """Add rows to timelines; a repeated one is a no-op."""

    def answer(self, answer: Answer) -> Answer:
        """Record an answer unless the incident has one of this kind; return the one that counts.

        Verdicts are of one kind: the second one changes nothing, as a repeated acknowledgement does.
        Durable before it returns (synchronous=FULL).
        """

    def answers(self, incident_id: str) -> dict[Action, Answer]:
        """Return the answers that count."""

    # -- outbox -------------------------------------------------------------
    def outbox(self, limit: int = 100) -> list[Notification]:
        """Return pending notifications, oldest first."""

    def notification(self, notification_id: str) -> Notification | None:
        """Return one notification."""

    def notifications(
        self,
        limit: int = 100,
        incident_id: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[Notification]:
        """Return notifications of any outcome, created at `since <= at < until`, newest first."""

    def finish(self, notification_id: str, outcome: Outcome, detail: str, at: datetime) -> bool:
        """Complete a pending notification; False when somebody else did."""

    def save_delivery(self, delivery: Delivery) -> None:
        """Insert or update one delivery (reserve before sending, complete after); durable."""

    def deliveries(
        self, notification_id: str = "", limit: int = 100, status: DeliveryStatus | None = None
    ) -> list[Delivery]:
        """Return deliveries, of one notification or the newest of all."""

    def delivered_since(self, at: datetime) -> list[Delivery]:
        """Return what was sent since then, oldest first."""

    def add_silence(self, silence: Silence) -> None:
        """Add a silence; a repeated id is a no-op."""

    def silences(self, at: datetime) -> list[Silence]:
        """Return silences in force at `at`."""

    # -- sources, jobs, hooks, life -----------------------------------------
    def save_source(self, state: SourceState) -> None:
        """Insert or update a source's state."""

    def sources(self) -> list[SourceState]:
        """Return the states of all sources, by name."""

    def forget_sources(self, keep: Iterable[str]) -> None:
        """Remove the states of sources that are no longer configured."""

    def add_job(self, job: Job) -> None:
        """Ask the main process for work."""

    def take_job(self) -> Job | None:
        """Take the oldest waiting job by compare-and-set, as running; None when there is none."""

    def finish_job(self, job_id: str, state: str, result: str) -> None:
        """Record a job's end."""

    def job(self, job_id: str) -> Job | None:
        """Return one job."""

    def jobs(self, kind: str = "", limit: int = 20) -> list[Job]:
        """Return jobs, newest first."""

    def add_hook(self, hook: Hook) -> None:
        """Keep an incoming hook for the monitor that verifies it; a repeated id is a no-op."""

    def take_hooks(self, path: str, limit: int) -> list[Hook]:
        """Return and remove the oldest hooks of one path."""

    def meta(self, key: str) -> str:
        """Return a fact about the workspace, "" when unknown (`purpose`, `schema`, `metrics`, ...)."""

    def set_meta(self, key: str, value: str) -> None:
        """Write a fact about the workspace."""

    def pulse(self) -> Pulse | None:
        """Return the main process's last sign of life."""

    def save_pulse(self, pulse: Pulse) -> None:
        """Write the main process's sign of life."""

    def truncate_wal(self) -> None:
        """Shrink the write-ahead log, where there is one."""

    def close(self) -> None:
        """Release files and connections."""


class Encoder(Protocol):
    """Turns texts into unit vectors."""

    name: str
    dimensions: int

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return an array of shape `(len(texts), dimensions)`, rows of length 1."""


class Scorer(Protocol):
    """The stateless models together: signature, embedding, sentiment."""

    @property
    def version(self) -> str:
        """Which models, and what a workspace has taught them."""

    def score(self, mentions: Sequence[Mention]) -> list[Score]:
        """Return one score per mention, in order. CPU-bound: call it off the event loop."""

    def towards(self, mentions: Sequence[Mention]) -> list[dict[str, Probabilities]]:
        """Return, for each mention that names several brands, what it says of each; of others nothing."""


class Skimmer(Scorer, Protocol):
    """A scorer that can also look at a text quickly, for a backlog."""

    def skim(self, mentions: Sequence[Mention]) -> list[Score]:
        """Return a quick score per mention, in order: no embedding, no tone, no language."""

    def remembers(self, mentions: Sequence[Mention]) -> list[bool]:
        """Tell of each mention, in order, whether `score` would cost nothing: its text was read lately."""


class Detector(Protocol):
    """Watches one brand. Deterministic, restorable bit for bit, bounded in memory."""

    brand: str

    def learn(self, windows: Iterable[Window]) -> list[Signal]:
        """Learn history in order, before anything live; no stage above calm ever comes of it."""

    def expect(self, scored: Sequence[Scored]) -> None:
        """Prepare for the mentions that come next: they are counted as without it, only sooner."""

    def count(self, scored: Scored) -> Match:
        """Weigh a mention against the copies and the author's other mentions, add it to its window and
        to its narrative.

        A mention older than the 48-hour ring, or flagged BACKFILL, is weighed but enters no window.
        """

    def advance(self, now: datetime, exposure: float, observable: int) -> list[Signal]:
        """Close every bin that ended before the watermark; return one signal per closed bin."""

    @property
    def closed_until(self) -> datetime | None:
        """End of the last closed bin; None before the first one."""

    def peek(self, now: datetime, exposure: float, observable: int) -> Signal:
        """Look into the open bin without changing anything."""

    def narratives(self) -> tuple[list[Narrative], list[Merge]]:
        """Return the narratives that changed and the merges since the last call."""

    def window(self, start: int) -> Window:
        """Return a window inside the 48-hour ring."""

    def dump(self) -> bytes:
        """Return the whole state."""

    def load(self, state: bytes) -> None:
        """Restore what `dump` gave; raises `ValueError` on another schema."""
