import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import WorkspaceBusy
from pipeline.lock import hold

HOLDER = """
import sys, time
from pathlib import Path
from pipeline.lock import hold
with hold(Path(sys.argv[1]), "run"):
    print("held", flush=True)
    time.sleep(60)
"""


def _holder(folder: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_holder_is_told_who_the_first_is(tmp_path: Path) -> None:
    process = _holder(tmp_path)
    try:
        with pytest.raises(WorkspaceBusy, match=rf"`firetower run`, process {process.pid}"):
            hold(tmp_path, "replay").__enter__()
    finally:
        process.kill()
        process.wait()


def test_the_lock_goes_with_its_holder_however_it_ends(tmp_path: Path) -> None:
    process = _holder(tmp_path)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    with hold(tmp_path, "replay"):
        pass
