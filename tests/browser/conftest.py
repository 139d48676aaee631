"""The real board in a real browser: a server on a seeded workspace, and headless Chromium."""

import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from core.ports import Store
from core.records import Pulse
from storage import open_store

LAPTOP, PHONE = (1366, 900), (390, 844)
PATIENCE = 60_000
"""Milliseconds until something has failed to appear: a busy machine needs many seconds for one page."""
SLOWNESS = float(os.environ.get("FIRETOWER_BROWSER_SLOWNESS", "1"))
"""How many times slower Chromium shall run: 6 or 15 bring out tests that depend on the machine's speed."""
DRAWN = "[data-testid=stApp][data-test-script-state=notRunning], form[method=post]"
"""The board when nothing of it is being computed, or a page without Streamlit."""
FITS = """() => {
  const main = document.querySelector('[data-testid=stMain]')
  return [document.scrollingElement, main].every(e => e.scrollWidth <= e.clientWidth)
}"""
WATCH = """() => {
  Object.assign(window, {shift: 0, shifted: performance.now(), refreshes: 0})
  new PerformanceObserver(list => list.getEntries().forEach(entry => {
    Object.assign(window, {shift: shift + entry.value, shifted: performance.now(), refreshes: 0})
  })).observe({type: 'layout-shift'})
  const app = document.querySelector('[data-testid=stApp]')
  new MutationObserver(() => { window.refreshes += app.dataset.testScriptState === 'notRunning' })
    .observe(app, {attributeFilter: ['data-test-script-state']})
}"""
SETTLED = "document.fonts.status === 'loaded' && performance.now() - shifted > 2500 && refreshes > 1"
"""What was just drawn has found its place: a refresh is due every two seconds, and moved nothing."""
BEGIN = """() => {
  Object.assign(window, {shift: 0, refreshes: 0})
  const main = document.querySelector('[data-testid=stMain]')
  return [main.scrollTop, main.scrollHeight]
}"""
END = """() => {
  const main = document.querySelector('[data-testid=stMain]')
  return [shift, main.scrollTop, main.scrollHeight]
}"""
OpenPage = Callable[..., Page]


@dataclass(frozen=True)
class Board:
    """A running board."""

    url: str
    folder: Path
    store: Store
    incident_id: str
    now: datetime


def _seed_module() -> ModuleType:
    """Return tests/views/conftest.py, which writes the workspace; test folders are no packages."""
    path = Path(__file__).parents[1] / "views" / "conftest.py"
    spec = importlib.util.spec_from_file_location("seeded_board", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def _chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("needs Chromium: no chromium on the path")
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium; closed with the module, because its event loop would stop the async tests."""
    path = _chromium()
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
        running = playwright.chromium.launch(executable_path=path, args=arguments)
        yield running
        running.close()


@pytest.fixture(scope="module")
def board(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    """The board of a seeded workspace, beside a main process that gives signs of life."""
    folder = tmp_path_factory.mktemp("board")
    now = datetime.now(UTC).replace(microsecond=0)
    incident_id = _seed_module().seed(folder, now)
    store = open_store(f"sqlite:///{folder}/firetower.db")
    port = _free_port()
    command = [sys.executable, "-m", "dashboard", "--workspace", str(folder), "--port", str(port)]
    stop = threading.Event()
    life = threading.Thread(target=_live, args=(store, stop))
    log = folder / "log"
    with (
        log.open("wb") as stderr,
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=stderr) as process,
    ):
        life.start()
        url = f"http://127.0.0.1:{port}"
        _wait_until_it_answers(url, process)
        yield Board(url, folder, store, incident_id, now)
        process.terminate()
    stop.set()
    life.join()
    store.close()
    said = [json.loads(line) for line in log.read_text("utf-8").splitlines()]  # also when browsers went away
    assert not [line for line in said if "exception" in line]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _live(store: Store, stop: threading.Event) -> None:
    """Write what the main process writes: its pulse, and the heartbeats of the sources that answer."""
    while not stop.wait(1.0):
        at = datetime.now(UTC)
        store.save_pulse(Pulse(at - timedelta(hours=9), at))
        for source in store.sources():
            if not source.blind(at):
                store.save_source(replace(source, heartbeat_at=at))


def _wait_until_it_answers(url: str, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(PATIENCE // 100):
        assert process.poll() is None
        try:
            assert httpx.get(f"{url}/healthz").json()["status"] == "ok"
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the board does not answer")


@pytest.fixture
def open_page(browser: Browser, board: Board) -> Iterator[OpenPage]:
    """Open a path of the board and wait for all of it; nothing but the board may be asked for anything.

    Streamlit's parts still fill themselves after they were drawn: tests wait for what they expect.
    """
    contexts = []

    def _open(path: str, shown: str, scheme: str = "light", size: tuple[int, int] = LAPTOP) -> Page:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWNESS})
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{board.url}/{path}")
        page.wait_for_selector(shown)
        page.wait_for_selector(DRAWN)
        return page

    asked: list[str] = []
    yield _open
    for context in contexts:
        context.close()
    strangers = [url for url in asked if not url.startswith((board.url, "data:", "blob:"))]
    assert strangers == []


@pytest.fixture
def fits() -> Callable[[Page], None]:
    """Fail unless nothing of a page is wider than a phone's window, and then a laptop's."""

    def _fits(page: Page) -> None:
        for width, height in (PHONE, LAPTOP):
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_function(FITS)

    return _fits


@pytest.fixture
def stand_still() -> Callable[..., None]:
    """Fail when anything on pages moves while they refresh; they are watched at the same time."""

    def _stand_still(*pages: Page) -> None:
        for page in pages:
            page.evaluate(WATCH)
        for page in pages:
            page.wait_for_function(SETTLED)
        before = [page.evaluate(BEGIN) for page in pages]
        pages[0].wait_for_timeout(5_000)  # at least two refreshes
        for page in pages:
            page.wait_for_function("shift > 0 || refreshes > 1")
        assert [page.evaluate(END) for page in pages] == [[0, *place] for place in before]

    return _stand_still
