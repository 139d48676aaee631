import asyncio
import subprocess
import sys

import pytest

from pipeline import supervise
from pipeline.supervise import Supervisor


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "FIRST_WAIT", 0.001)


async def test_a_failing_role_starts_again_and_leaves_the_others_alone() -> None:
    starts = 0
    steady = asyncio.Event()
    recovered = asyncio.Event()

    async def shaky() -> None:
        nonlocal starts
        starts += 1
        if starts < 3:
            raise ValueError("no luck")
        recovered.set()
        await asyncio.Event().wait()

    async def calm() -> None:
        steady.set()
        await asyncio.Event().wait()

    supervisor = Supervisor()
    task = asyncio.create_task(supervisor.run({"shaky": shaky, "calm": calm}))
    await asyncio.wait_for(recovered.wait(), 5)
    assert steady.is_set()
    assert starts == 3
    assert supervisor.states == {"shaky": "running", "calm": "running"}
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_the_state_says_in_words_what_ended_a_role(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "FIRST_WAIT", 60.0)

    async def nested() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(fail())

    async def fail() -> None:
        raise OSError("disk gone")

    supervisor = Supervisor()
    task = asyncio.create_task(supervisor.keep("flow", nested))
    while supervisor.states.get("flow", "running") == "running":
        await asyncio.sleep(0)
    assert supervisor.states["flow"] == "restarting: OSError: disk gone"
    task.cancel()


def test_a_process_ends_although_a_thread_never_does() -> None:
    lines = (
        "import threading",
        "from pipeline.ending import end_within",
        "threading.Thread(target=threading.Event().wait).start()",
        "end_within(0.0)",
    )
    ended = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], check=False, timeout=60, capture_output=True
    )
    assert ended.returncode == 0
    assert b"done again after the next start" in ended.stdout + ended.stderr
