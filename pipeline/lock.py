"""Only one process may run on a workspace; the lock names its holder and dies with it."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from core.errors import WorkspaceBusy

NAME = "firetower.lock"


@contextmanager
def hold(workspace: Path, command: str) -> Iterator[None]:
    """Hold the workspace while the block runs.

    Raises `WorkspaceBusy`, naming the holder, when another process has it. The
    kernel releases the lock when the holder dies, however it dies.
    """
    path = workspace / NAME
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise WorkspaceBusy(_busy(workspace, path)) from error
        file.truncate(0)
        since = datetime.now(UTC).isoformat(timespec="seconds")
        file.write(json.dumps({"pid": os.getpid(), "command": command, "since": since}))
        file.flush()
        yield


def _busy(workspace: Path, path: Path) -> str:
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))
        who = f"`firetower {holder['command']}`, process {holder['pid']}, since {holder['since']}"
    except (ValueError, KeyError):
        who = "another process"
    return f"{workspace} is in use by {who}. Stop it first, or give another --workspace."
