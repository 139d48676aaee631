import stat
from io import StringIO
from pathlib import Path

import pytest

from core.config import load_config
from core.errors import ConfigError
from core.query import Matcher, parse
from pipeline.check import check_workspace
from pipeline.setup import ask, init_workspace

MAIL = "mailto://me:pass@mail.example.com"


def test_one_brand_is_enough(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "acme"
    said = init_workspace(folder, ["Acme"], [], [])
    config = load_config(folder, {})
    assert [(source.kind, source.options["brand"]) for source in config.sources] == [("google_news", "Acme")]
    assert config.channels == ()
    assert check_workspace(folder, {}).ok
    assert "No key is needed" in said
    assert "Nobody is paged yet" in said
    assert f"firetower run --workspace {folder}" in said


def test_a_folder_with_blanks_is_quoted_for_copying(tmp_path: Path) -> None:
    folder = tmp_path / "two words"
    assert f"firetower run --workspace '{folder}'" in init_workspace(folder, ["Acme"], [], [])


def test_everything_that_was_named_is_in_the_file(tmp_path: Path) -> None:
    feeds = ["https://www.news.example/feed?a=b", "https://news.example/other", "https://[2001:db8::1]/feed"]
    said = init_workspace(tmp_path, ["Acme", "Globex"], feeds, [MAIL, MAIL], "https://tower.example")
    config = load_config(tmp_path, {})
    assert [source.name for source in config.sources[2:]] == [
        "news.example-feed",
        "news.example-other",
        "2001",
    ]
    assert [source.options["url"] for source in config.sources[2:]] == feeds
    assert [(channel.name, channel.url.get_secret_value()) for channel in config.channels] == [
        ("mail", MAIL),
        ("mail-2", MAIL),
    ]
    assert config.public_url == "https://tower.example"
    assert "Pages go to mail, mail-2" in said
    assert check_workspace(tmp_path, {}).ok


@pytest.mark.parametrize(
    "name", ['Acme "the best"', 'O\'Acme "x"', "back\\slash", "可口可乐", "a = [1] # b", "H&M"]
)
def test_any_name_is_written_so_that_it_is_read_back(tmp_path: Path, name: str) -> None:
    init_workspace(tmp_path, [name], [], [])
    brand = load_config(tmp_path, {}).brands[0]
    assert brand.name == name
    assert Matcher({name: parse(brand.query)}).match(f"about {name}!") == (name,)


def test_secrets_stand_outside_the_file_and_only_the_owner_reads_them(tmp_path: Path) -> None:
    said = init_workspace(tmp_path, ["Acme"], [], [MAIL])
    assert "pass@" not in (tmp_path / "firetower.toml").read_text() + said
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["firetower.toml", "mail.url", "secret"]


@pytest.mark.parametrize("name", ["firetower.toml", "mail.url"])
def test_what_exists_is_never_overwritten(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(ConfigError, match="exists already"):
        init_workspace(tmp_path, ["Acme"], [], [MAIL])
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(name, "mine")]


def test_an_existing_secret_is_kept(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a secret that signs open links")
    init_workspace(tmp_path, ["Acme"], [], [])
    assert load_config(tmp_path, {}).secret.get_secret_value() == "a secret that signs open links"


@pytest.mark.parametrize(
    ("brands", "feeds", "channels", "public_url", "says"),
    [
        (["Acme", "acme"], [], [], "", "several are called 'acme'"),
        (["!!!"], [], [], "", "no word to look for"),
        ([""], [], [], "", "key name"),
        (["Acme"], ["file:///etc/passwd"], [], "", "key url"),
        (["Acme"], [], ["nonsense://x"], "", "--channel 1 (nonsense): nonsense:// "),
        (["Acme"], [], [MAIL, "slack://short"], "", "--channel 2 (slack): "),
        (["Acme"], [], [], "tower.example", "key public_url: should be a whole address"),
        (["Ac\udcffme"], [], [], "", "not valid Unicode"),
    ],
)
def test_with_a_mistake_nothing_is_written(
    tmp_path: Path, brands: list[str], feeds: list[str], channels: list[str], public_url: str, says: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        init_workspace(tmp_path / "new", brands, feeds, channels, public_url)
    assert says in str(caught.value)
    assert not (tmp_path / "new").exists()


def test_a_file_in_the_folders_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="is a file, not a folder"):
        init_workspace(tmp_path / "file", ["Acme"], [], [])


def test_without_a_terminal_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("Acme"))
    with pytest.raises(ConfigError, match="firetower init --brand"):
        ask("Which brand?")
