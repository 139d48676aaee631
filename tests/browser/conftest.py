"""The real board in a real browser: a server on a seeded workspace, and headless Chromium."""

import importlib.util
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from core.ports import Store
from core.records import Pulse
from storage import open_store

LAPTOP, PHONE = (1366, 900), (390, 844)
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
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        life.start()
        url = f"http://127.0.0.1:{port}"
        _wait_until_it_answers(url, process)
        yield Board(url, folder, store, incident_id, now)
        process.terminate()
    stop.set()
    life.join()
    store.close()


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
    transport = httpx.HTTPTransport(retries=20)  # back-off between them adds up to minutes
    with httpx.Client(transport=transport) as client:
        assert client.get(f"{url}/healthz").json()["status"] == "ok"
    assert process.poll() is None


@pytest.fixture
def open_page(browser: Browser, board: Board) -> Iterator[OpenPage]:
    """Open a path of the board and wait for it; nothing but the board may be asked for anything."""
    contexts = []

    def _open(path: str, shown: str, scheme: str = "light", size: tuple[int, int] = LAPTOP) -> Page:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{board.url}/{path}")
        page.wait_for_selector(shown)
        return page

    asked: list[str] = []
    yield _open
    for context in contexts:
        context.close()
    strangers = [url for url in asked if not url.startswith((board.url, "data:", "blob:"))]
    assert strangers == []
