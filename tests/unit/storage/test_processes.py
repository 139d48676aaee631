"""Several processes on one file: one is killed, one answers while another ingests."""

import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from core.records import Action, Answer, Selection, Step
from storage import open_log, open_store

T0 = datetime(2026, 3, 1, tzinfo=UTC)

INGEST = """
import sys
from datetime import datetime, timedelta, UTC
from core.records import Entry, Match, Mention, Score, Scored, Snapshot, Step
from storage import open_log, open_store

T0 = datetime(2026, 3, 1, tzinfo=UTC)

def mention(number):
    return Mention("rss", f"n{number}", f"late again {number}", T0 + timedelta(seconds=number), T0)

def step(mentions, saved):
    return Step(
        scored=tuple(Scored(mention, Score(0.25, 0.5, 0.25)) for mention in mentions),
        matches=tuple(Match(mention.id, "Acme", mention.event_at, 0.5) for mention in mentions),
        snapshots=(Snapshot("detector/Acme", saved.revision if saved else 0, 1, 0, b"state"),),
    )

store, log = open_store(sys.argv[1]), open_log(sys.argv[1])
while True:
    start = int(log.cursor("rss") or 0)
    print("append", flush=True)
    log.append("rss", [Entry(mention(start + n), ("Acme",)) for n in range(300)], str(start + 300))
    batch = log.read(400)
    print("commit", flush=True)
    store.commit(step([entry.mention for _, entry in batch], store.snapshot("detector/Acme")))
    print("ack", flush=True)
    log.ack([position for position, _ in batch])
"""


def run(code: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def kill_during(operations: int, url: str) -> None:
    """Let a child ingest, and kill it without warning in its operation number `operations`."""
    child = run(INGEST, url)
    assert child.stdout is not None
    for _ in range(operations):
        assert child.stdout.readline()
    child.kill()
    child.communicate()
    assert child.returncode == -signal.SIGKILL


def test_a_kill_leaves_counts_that_agree(url: str) -> None:
    for operations in (2, 4, 5, 8, 10):
        kill_during(operations, url)
        store, log = open_store(url), open_log(url)
        rows = store.mentions(1_000_000)
        minutes = store.rollups(T0, T0 + timedelta(days=30))
        assert len(rows) == store.count_mentions() == sum(row.mentions for row in minutes)
        assert sum(row.weight for row in rows) == sum(row.independent for row in minutes)
        assert len(store.mentions(1_000_000, Selection(search="late"))) == len(rows)
        saved = store.snapshot("detector/Acme")
        assert (saved.position if saved else 0) == max((row.seq for row in rows), default=0)
        waiting = {entry.mention.id for _, entry in log.read(1_000_000)}
        assert len({row.mention.id for row in rows} | waiting) == int(log.cursor("rss") or 0)
        store.close()
        log.close()
    assert len(rows) >= 900


ANSWER = """
import sys
from datetime import datetime, UTC
from core.records import Action, Answer
from storage import open_store

store = open_store(sys.argv[1])
sys.stdin.readline()
for number in range(30):
    mine = Answer(f"i{number}", Action.ACKNOWLEDGE, sys.argv[2], datetime(2026, 3, 1, tzinfo=UTC))
    print(store.answer(mine).who, flush=True)
"""


def test_the_first_of_two_processes_answers_while_a_third_ingests(
    url: str, steps: Callable[[int, int], Step]
) -> None:
    store = open_store(url)
    people = [run(ANSWER, url, who) for who in ("ann", "bob")]
    for person in people:
        assert person.stdin is not None
        person.stdin.write("go\n")
        person.stdin.flush()
    start = 0
    while any(person.poll() is None for person in people):
        store.commit(steps(start, 20))
        start += 20
    told = [person.communicate()[0].split() for person in people]
    assert told[0] == told[1]
    assert [store.answers(f"i{number}")[Action.ACKNOWLEDGE].who for number in range(30)] == told[0]
    assert store.count_mentions() == start
    store.close()


def test_an_answer_outlives_a_kill(url: str) -> None:
    child = run(ANSWER + "sys.stdin.readline()", url, "carl")
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write("go\n")
    child.stdin.flush()
    for _ in range(30):
        assert child.stdout.readline() == "carl\n"
    child.kill()
    child.communicate()
    store = open_store(url)
    assert store.answer(Answer("i29", Action.ACKNOWLEDGE, "ann", T0)).who == "carl"
    store.close()
