import inspect

import pytest
from pydantic import BaseModel

from core.config import BrandConfig, SourceConfig
from core.errors import ConfigError
from monitors.catalog import Context, build, catalog
from monitors.rss import RssMonitor


def source(kind: str, **options: object) -> SourceConfig:
    return SourceConfig(kind=kind, options=options)


def test_every_kind_follows_the_convention() -> None:
    found = catalog()
    assert {"rss", "google_news"} <= set(found)
    for kind, plugin in found.items():
        members = dict(inspect.getmembers(plugin))
        assert members["kind"] == kind
        assert members["default_interval"] > 0
        assert issubclass(members["Options"], BaseModel)
        assert members["Options"].model_config["extra"] == "forbid"
        assert list(inspect.signature(plugin).parameters) == ["name", "interval", "options", "context"]
        assert inspect.iscoroutinefunction(members["fetch"])


async def test_a_source_is_built_with_its_own_interval_or_the_kinds(context: Context) -> None:
    given = SourceConfig(kind="rss", name="blog", interval=42.0, options={"url": "https://n.example/feed"})
    own = build(given, context)
    usual = build(source("rss", url="https://n.example/feed"), context)
    assert isinstance(own, RssMonitor)
    assert (own.name, own.interval) == ("blog", 42.0)
    assert (usual.name, usual.interval) == ("rss", RssMonitor.default_interval)


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("rsss", {}, r"unknown kind 'rsss'; did you mean 'rss'\?"),
        ("rss", {"url": "https://n.example", "urll": "x"}, r"key urll: unknown key; did you mean 'url'\?"),
        ("rss", {}, r"key url: is missing"),
        ("rss", {"url": "ftp://n.example"}, r"key url"),
        ("rss", {"url": "https://n.example", "interwal": 3}, r"did you mean 'interval'\?"),
        ("google_news", {"brand": "Acne"}, r"unknown brand 'Acne'; did you mean 'Acme'\?"),
    ],
)
async def test_a_wrong_source_is_told_with_its_place(
    context: Context, kind: str, options: dict[str, object], message: str
) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        build(SourceConfig(kind=kind, options=options, place="firetower.toml: [[source]] 2"), context)
    assert "[[source]] 2" in str(caught.value)


async def test_the_only_brand_need_not_be_named(context: Context) -> None:
    assert context.brands == (BrandConfig(name="Acme"),)
    assert build(source("google_news"), context).name == "google_news"
