"""The board as a child process: it is started again when it dies and goes when we go."""

import asyncio
import ctypes
import os
import signal
import socket
import sys
from pathlib import Path

from core.errors import Permanent

_PR_SET_PDEATHSIG = 1  # linux/prctl.h: a signal to the child when its parent dies


def require_free(host: str, port: int) -> None:
    """Raise `Permanent` when something else already listens there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Permanent(
                f"The board cannot listen on {host}:{port} ({error.strerror}). "
                "Stop what runs there, or give another --port."
            ) from error


async def serve(workspace: Path, host: str, port: int) -> None:
    """Run the board until it ends or the task is cancelled; raises `RuntimeError` when it ended."""
    arguments = ("--workspace", str(workspace), "--host", host, "--port", str(port))
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "dashboard", *arguments, stdout=2, preexec_fn=_die_with_parent
    )
    try:
        code = await child.wait()
    finally:
        await _stop(child)
    raise RuntimeError(f"the board ended with status {code}")


async def _stop(child: asyncio.subprocess.Process) -> None:
    if child.returncode is not None:
        return
    child.terminate()
    try:
        await asyncio.wait_for(child.wait(), 5.0)
    except TimeoutError:
        child.kill()
        await child.wait()


def _die_with_parent() -> None:
    """On Linux the kernel ends the board with us, also after kill -9; elsewhere only an orderly end does."""
    os.setpgrp()  # Ctrl-C reaches us alone; we end the child in order
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
