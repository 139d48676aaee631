"""The stores and logs that the contract suites run on: a new one is one line here."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.ports import Log, Store
from storage import open_log, open_store

URLS: dict[str, Callable[[Path], str]] = {
    "memory": lambda folder: f"memory://{folder}",
    "sqlite": lambda folder: f"sqlite:///{folder}/firetower.db",
}


@pytest.fixture(params=list(URLS.values()), ids=list(URLS))
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    make: Callable[[Path], str] = request.param
    return make(tmp_path)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = open_store(store_url)
    yield opened
    opened.close()


@pytest.fixture
def log(store_url: str) -> Iterator[Log]:
    opened = open_log(store_url)
    yield opened
    opened.close()
