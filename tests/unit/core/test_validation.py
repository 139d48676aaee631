from typing import Literal

import pytest
from pydantic import BaseModel, Field, SecretStr

from core.errors import ConfigError
from core.validation import Mistakes, Seconds, hint, mistakes, nearest, to_seconds, validate


class Inner(BaseModel, extra="forbid"):
    size: int = 1


class Options(BaseModel, extra="forbid"):
    url: str
    every: Seconds = 60.0
    mode: Literal["fast", "slow"] = "fast"
    key: SecretStr = SecretStr("")
    inner: Inner = Inner()
    age: str = Field(default="1h", pattern=r"^\d[hd]$", examples=["1h", "7d", "2d"])
    tags: tuple[str, ...] = Field(default=("a",), min_length=1)
    items: tuple[Inner, ...] = Field(default=(), validation_alias="item")


def lines(data: dict[str, object], also: tuple[str, ...] = ()) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        validate(Options, data, "f.toml: [[source]] 2", also=also)
    return str(caught.value).splitlines()


def test_right_data_becomes_the_model() -> None:
    options = validate(Options, {"url": "u", "every": "5m", "item": [{"size": 2}]}, "f.toml")
    assert options == Options(url="u", every=300.0).model_copy(update={"items": (Inner(size=2),)})


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ({}, "key url: is missing"),
        ({"url": "u", "evry": 1}, "key evry: unknown key; did you mean 'every'?"),
        (
            {"url": "u", "zzz": 1},
            "key zzz: unknown key; known are age, every, inner, item, key, mode, tags, url",
        ),
        ({"url": 5}, "key url: should be a valid string (is 5)"),
        (
            {"url": "u", "mode": "fats"},
            "key mode: should be 'fast' or 'slow'; did you mean 'fast'? (is 'fats')",
        ),
        ({"url": "u", "age": "old"}, "key age: should look like 1h, 7d or 2d (is 'old')"),
        (
            {"url": "u", "tags": []},
            "key tags: needs at least 1 in its list; write one, or remove the table (is [])",
        ),
        ({"url": "u", "every": -1}, "key every: should be greater than 0 (is -1)"),
    ],
)
def test_a_mistake_has_its_place_and_a_remedy(data: dict[str, object], line: str) -> None:
    assert lines(data) == [f"f.toml: [[source]] 2, {line}"]


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ({"inner": {"sise": 1}}, "[inner], key sise: unknown key; did you mean 'size'?"),
        ({"inner": [{"size": 1}]}, "key inner: may appear only once: write [inner] with single brackets"),
        ({"item": {"size": 1}}, "key item: may appear several times: write [[item]] with two brackets"),
        ({"item": [{}, {"size": "x"}]}, "[[item]] 2, key size: should be a valid integer, "),
    ],
)
def test_the_place_inside_tables_is_named(data: dict[str, object], line: str) -> None:
    with pytest.raises(ConfigError) as caught:
        validate(Options, {"url": "u", **data}, "f.toml")
    assert str(caught.value).replace("f.toml: [", "f.toml, [").startswith(f"f.toml, {line}")


def test_all_mistakes_are_told_at_once() -> None:
    assert len(lines({"mode": 1, "every": "soon", "what": 2})) == 4


def test_mistakes_can_be_told_one_by_one() -> None:
    with pytest.raises(Mistakes) as caught:
        validate(Options, {"mode": 1, "what": 2}, "f.toml")
    assert len(mistakes(caught.value)) == 3
    assert mistakes(ConfigError("two\nlines")) == ("two\nlines",)


def test_keys_read_elsewhere_are_near_words_too() -> None:
    assert lines({"url": "u", "intervall": 1}, also=("interval",))[0].endswith("did you mean 'interval'?")


@pytest.mark.parametrize(
    "data", [{"key": 12345}, {"mode": "https://me:pw12345@x.example"}, {"mode": "12345" * 20}]
)
def test_secrets_urls_and_long_values_are_not_repeated(data: dict[str, object]) -> None:
    assert "12345" not in "".join(lines({"url": "u", **data}))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("90s", 90.0), ("5m", 300.0), ("1.5 h", 5400.0), ("1D", 86400.0), (7, 7), (0.5, 0.5)],
)
def test_spans(value: object, seconds: object) -> None:
    assert to_seconds(value) == seconds


@pytest.mark.parametrize("value", ["", "5", "m", "5 fortnights", "-5m", "nan", "1e3s"])
def test_a_span_that_cannot_be_read_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="5m"):
        to_seconds(value)


def test_the_nearest_word_ignores_case() -> None:
    assert nearest("RSS", ["rss", "archive"]) == "rss"
    assert nearest("telegraph", ["rss", "archive"]) == ""
    assert hint("x", []) == ""
