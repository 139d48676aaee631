"""The fast path of storm mode in a process of its own: it need not compete for this one's interpreter.

Words and runs of characters take longer in Python than all else that happens to a skimmed mention, and
collecting, counting and paging go on meanwhile. The process starts with the first look and ends when nobody
has asked for a minute.
"""

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from threading import Lock, Timer

from core.records import Probabilities
from core.telemetry import get_logger
from models.features import canonical
from models.heads import Heads
from models.signature import signature

IDLE_SECONDS = 60.0
"""How long the process waits for more: a storm that flares up again finds it there."""

ANSWER_SECONDS = 15.0
"""A round takes a twentieth of a second, and one of long texts on a busy machine a few; a process that stands
still so long is given up."""


@dataclass(frozen=True, slots=True)
class Looks:
    """What the fast path says of some texts, an item per text."""

    sentiment: list[Probabilities]
    signatures: list[bytes]


class FastPath:
    """Looks at texts in a process of its own, and here while that one starts or when it is gone.

    Safe to call from several threads.
    """

    def __init__(self, heads: Heads) -> None:
        self._heads = heads
        self._worker: tuple[BaseProcess, Connection] | None = None
        self.ready = self.useless = False
        """Whether the process has come to work, and whether it never will."""
        self._lock = Lock()

    def look(self, texts: Sequence[str]) -> Looks:
        """Return what words and runs of characters say of `texts`, and their signatures. CPU-bound."""
        with self._lock:
            found = None if self.useless else self._answer(texts)
        return found or look(self._heads, texts)

    def _answer(self, texts: Sequence[str]) -> Looks | None:
        """Return the process's answer, None where there is none; an ended process is started again once."""
        try:
            process, pipe = self._worker = self._worker or _start(self._heads)
            if not self.ready and not pipe.poll():
                return None
            if not self.ready:
                self.ready = pipe.recv()
            with _within(ANSWER_SECONDS, process):
                pipe.send(texts)
                found: Looks = pipe.recv()
        except (EOFError, OSError):
            self._ended()
            return None
        return found

    def _ended(self) -> None:
        """Start another process next time, unless this one never came to work."""
        if not self.ready:
            self.useless = True
            get_logger("fast path").warning("no process of its own: storm mode takes fewer mentions a second")
        if self._worker is not None:
            self._worker[1].close()
        self._worker, self.ready = None, False


def look(heads: Heads, texts: Sequence[str]) -> Looks:
    """Return the fast path's answer, computed here."""
    rows = heads.skim([canonical(text) for text in texts]).tolist()
    return Looks([(row[0], row[1], row[2]) for row in rows], [signature(text) for text in texts])


@contextmanager
def _within(seconds: float, process: BaseProcess) -> Iterator[None]:
    """Kill the process when the block takes longer: sending and receiving both end then.

    Neither has a limit of its own, and a pipe takes no more than some 200 kB that nobody reads.
    """
    timer = Timer(seconds, process.kill)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _start(heads: Heads) -> tuple[BaseProcess, Connection]:
    """Start the process; it ends with its pipe, hence with us, however we end."""
    spawn = get_context("spawn")  # a fork would copy locks that other threads hold
    ours, its = spawn.Pipe()
    process = spawn.Process(target=_serve, args=(its, heads), name="fast path", daemon=True)
    process.start()
    its.close()
    return process, ours


def _serve(pipe: Connection, heads: Heads) -> None:
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C reaches the whole group; the pipe tells us when to go
    pipe.send(True)
    try:
        while pipe.poll(IDLE_SECONDS):
            pipe.send(look(heads, pipe.recv()))
    except (EOFError, OSError):
        return
