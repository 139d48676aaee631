import inspect
from dataclasses import replace

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
    assert {"rss", "google_news", "hacker_news", "mastodon", "app_store", "simulator"} <= set(found)
    for kind, plugin in found.items():
        members = dict(inspect.getmembers(plugin))
        assert members["kind"] == kind
        assert members["default_interval"] > 0
        assert issubclass(members["Options"], BaseModel)
        assert members["Options"].model_config["extra"] == "forbid"
        assert list(inspect.signature(plugin).parameters) == ["name", "interval", "options", "context"]
        assert inspect.iscoroutinefunction(members.get("fetch")) != inspect.isasyncgenfunction(
            members.get("stream")
        )


@pytest.mark.parametrize("kind", catalog())
def test_every_kind_says_what_it_reads_what_it_needs_and_what_is_allowed(kind: str) -> None:
    members = dict(inspect.getmembers(catalog()[kind]))
    for name, most in (("about", 100), ("needs", 200)):
        assert members[name] == " ".join(members[name].split())
        assert 0 < len(members[name]) <= most
    assert isinstance(members["may_train"], bool)


async def test_a_secret_comes_from_the_environment_or_is_asked_for(context: Context) -> None:
    given = replace(context, environ={"KEY": " t0k3n\n", "EMPTY": " "})
    assert given.secret("KEY") == "t0k3n"
    assert "t0k3n" not in repr(given)
    for variable in ("EMPTY", "NONE"):
        with pytest.raises(ConfigError, match=f"'{variable}' is not set; export it"):
            given.secret(variable)


async def test_a_source_is_built_with_its_own_interval_or_the_kinds(context: Context) -> None:
    given = SourceConfig(kind="rss", name="blog", interval=42.0, options={"url": "https://n.example/feed"})
    own = build(given, context)
    usual = build(source("rss", url="https://n.example/feed"), context)
    assert isinstance(own, RssMonitor)
    assert isinstance(usual, RssMonitor)
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
        ("hacker_news", {"brand": "Acne"}, r"unknown brand 'Acne'; did you mean 'Acme'\?"),
        ("app_store", {"app": "id42"}, r"key app: should look like 284882215"),
        ("app_store", {"app": "42", "country": "USA"}, r"key country: should look like us or fr"),
        ("mastodon", {"instance": "m.example", "tags": ["a"]}, r"key instance: should begin with http"),
        ("mastodon", {"instance": "https://m.example", "tags": []}, r"key tags"),
        ("mastodon", {"instance": "https://m.example", "tags": ["a/b"]}, r"key tags: 'a/b' is no hashtag"),
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
