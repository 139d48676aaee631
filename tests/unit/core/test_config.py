import stat
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import BaseModel, SecretStr, ValidationError

from core.config import BrandConfig, ChannelConfig, Config, load_config, secrets
from core.errors import ConfigError
from core.telemetry import mask

WHOLE = """
public_url = "https://firetower.example.com/"
timezone = "Europe/Paris"

[[brand]]
name = "Acme"
query = "acme OR @acme -coyote"

[[brand]]
name = "Globex Corp"

[[source]]
kind = "rss"
interval = "5m"
url = "https://news.example/feed.xml"

[[source]]
kind = "google-news"
name = "news"

[[channel]]
name = "mail"
url = "mailto://me:pass@mail.example"

[[channel]]
name = "duty"
url_env = "DUTY_URL"
stage = "firestorm"

[[channel]]
name = "team"
url_file = "team.url"
form = "phone"

[board]
port = 9000

[detection]
needless_pages_per_week = 1
"""


def between(starts: str, ends: str, name: str = "match") -> str:
    """Name and times of an event in March 2026."""
    return f"name = '{name}'\nstarts = 2026-{starts}\nends = 2026-{ends}"


AT = between("03-02T18:00:00+01:00", "03-02T20:00:00+01:00")


def event(text: str) -> str:
    """A brand with one planned event."""
    return f"[[brand]]\nname = 'x'\n[[brand.event]]\n{text}\n"


def load(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> Config:
    (folder / "firetower.toml").write_text(text, "utf-8")
    return load_config(folder, environ or {})


def problems(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        load(folder, text, environ)
    return str(caught.value)


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "team.url").write_text("slack://tokenaaaa/tokenbbbb/tokencccc\n")
    config = load(tmp_path, WHOLE, {"DUTY_URL": "twilio://sid:token@15551230000"})
    assert config.public_url == "https://firetower.example.com"
    assert config.timezone == "Europe/Paris"
    assert config.brands[1] == BrandConfig(name="Globex Corp", query='"Globex Corp"')
    assert [(source.kind, source.name, source.interval) for source in config.sources] == [
        ("rss", "rss", 300.0),
        ("google-news", "news", None),
    ]
    assert config.sources[0].options == {"url": "https://news.example/feed.xml"}
    assert [(c.name, c.form, c.stage, c.url.get_secret_value()[:7]) for c in config.channels] == [
        ("mail", "email", "spreading", "mailto:"),
        ("duty", "phone", "firestorm", "twilio:"),
        ("team", "phone", "spreading", "slack:/"),
    ]
    assert (config.board.host, config.board.port) == ("127.0.0.1", 9000)
    assert config.detection.needless_pages_per_week == 1.0


def test_an_empty_file_means_the_defaults(tmp_path: Path) -> None:
    config = load(tmp_path, "")
    assert config.model_dump(exclude={"secret"}) == Config().model_dump(exclude={"secret"})


def test_planned_events_are_read_and_asked_by_bin(tmp_path: Path) -> None:
    later = f"[[brand.event]]\n{between('03-02T19:02:00Z', '03-02T19:30:00Z', 'launch')}\nfactor = 3\n"
    plan = load(tmp_path, event(f"{AT}\nfactor = 2.5") + later).brands[0].plan
    start = datetime(2026, 3, 2, 17, tzinfo=UTC)
    minute = timedelta(minutes=1)
    assert plan.at(start - minute) == (1.0, "")
    assert plan.at(start + 119 * minute) == (2.5, "match")
    assert plan.at(start + 123 * minute) == (1.0, ""), "it begins within this bin"
    assert list(plan.spans(start - 5 * minute, start + 140 * minute)) == [
        (start, 1.0, ""),
        (start + 120 * minute, 2.5, "match"),
        (start + 125 * minute, 1.0, ""),
        (start + 140 * minute, 3.0, "launch"),
    ]


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    assert load(tmp_path, '\ufefftimezone = "Asia/Tokyo"').timezone == "Asia/Tokyo"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('timezon = "UTC"', "firetower.toml, key timezon: unknown key; did you mean 'timezone'?"),
        (
            'timezone = "Europe/Pari"',
            "key timezone: 'Europe/Pari' is not a time zone; write it as 'Europe/Paris'",
        ),
        ("timezone = 5", "key timezone: should be a valid string (is 5)"),
        ('public_url = "firetower.example"', "key public_url: should be a whole address such as https://"),
        ('public_url = "http://[x"', "key public_url: "),
        ('secret = "s"', "key secret: unknown key"),
        (
            "[board]\nport = 0",
            "firetower.toml: [board], key port: should be greater than or equal to 1 (is 0)",
        ),
        ("[board]\nprot = 1", "firetower.toml: [board], key prot: unknown key; did you mean 'port'?"),
        ("[detection]\nneedless_pages_per_week = 0", "key needless_pages_per_week: should be greater than 0"),
        ("[[brand]]\nquery = 'x'", "firetower.toml: [[brand]] 1, key name: is missing"),
        ('[[brand]]\nname = "a\\nb"', "[[brand]] 1, key name: must not contain line breaks"),
        ("[[brand]]\nname = '!!!'", "[[brand]] 1, key query: there is no word to look for here"),
        (
            "[[brand]]\nname = 'x'\nours = ['Both']\nnot_ours = ['Both']",
            "[[brand]] 1: 'Both' stands in ours and in not_ours; leave it in one of them",
        ),
        (
            event(f"{between('03-02T18:00:00', '03-02T20:00:00Z')}\nfactor = 2"),
            "has no zone",
        ),
        (event(f"{AT}\nfactor = 1"), "[[brand]] 1, key event.1.factor: should be greater than 1 (is 1)"),
        (event(f"{AT}\nfactor = 51"), "factor: should be less than or equal to 50 (is 51)"),
        (
            event(f"{between('03-02T18:00:00Z', '03-02T18:00:00Z')}\nfactor = 2"),
            "ends before",
        ),
        (
            event(f"{between('03-02T18:00:00Z', '04-02T18:00:00Z')}\nfactor = 2"),
            "over 14 days",
        ),
        (event(f"{AT}\nfactor = 2") + f"[[brand.event]]\n{AT}\nfactor = 3\n", "'match' and 'match' overlap"),
        (event(f"{AT}\nfactor = 2\nfactr = 2"), "unknown key; did you mean 'factor'?"),
        ("[[brand]]\nname = 'x'\nours = ['']", "key ours.1: should have at least 1 character"),
        ("[[brand]]\nname = 'x'\nnot_ours = 'x'", '1, key not_ours: should be a list: ["…", "…"] (is \'x\')'),
        (f"[[brand]]\nname = 'x'\nours = {['x'] * 51}", "key ours: "),
        ("[brand]\nname = 'x'", "firetower.toml, key brand: may appear several times: write [[brand]]"),
        ('[privacy]\nphone_regions = ["USA"]', "no country with phone numbers; did you mean 'US'?"),
        ('[privacy]\nphone_regions = ["+1"]', "write two letters, such as 'GB'"),
        ('[privacy]\npseudonymise_authors = "yes"', "should be a valid boolean (is 'yes')"),
        ("[privacy]\nmask_contacts = 1", "should be a valid boolean (is 1)"),
        ("[[board]]", "firetower.toml, key board: may appear only once: write [board]"),
        (
            "[[brand]]\nname = 'x'\n[[brand]]\nname = 'X'",
            "key brand: several are called 'x'; give each a name",
        ),
        (
            "[[source]]\nkind = 'rss'\n[[source]]\nkind = 'rss'",
            "key source: several are called 'rss'; give each",
        ),
        ("source = ['rss']", "[[source]] 1: should be a table (is 'rss')"),
        ("brand = 'Acme'", "key brand: should be a list of [[brand]] tables (is 'Acme')"),
        ("board = 5", "key board: should be a table (is 5)"),
        ("[[source]]\nurl = 'x'", "[[source]] 1, key kind: is missing"),
        (
            "[[source]]\nkind = 'rss'\nname = '../x'",
            "[[source]] 1, key name: '../x' should have only letters",
        ),
        (
            "[[source]]\nkind = 'rss'\ninterval = 'soon'",
            "[[source]] 1, key interval: write seconds as a number",
        ),
        ("[[source]]\nkind = 'rss'\ninterval = inf", "[[source]] 1, key interval: should be a finite number"),
        ("[[channel]]\nname = 'm'", "[[channel]] 1, key url: give exactly one of url, url_env and url_file"),
        (
            "[[channel]]\nname = 'm'\nurl = 'a://b'\nurl_env = 'HOME'",
            "exactly one of url, url_env and url_file",
        ),
        ("[[channel]]\nname = 'm'\nurl = 'hello'", "[[channel]] 1, key url: is no notification URL"),
        (
            "[[channel]]\nname = 'm'\nurl_env = 'NOPE'",
            "[[channel]] 1, key url_env: environment variable 'NOPE' is",
        ),
        ("[[channel]]\nname = 'm'\nurl_file = 'no.url'", "[[channel]] 1, key url_file: cannot read "),
        (
            "[[channel]]\nname = 'm'\nurl = 'a://b'\nstage = 'calm'",
            "key stage: should be 'spreading' or 'firestorm'",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, expected: str) -> None:
    message = problems(tmp_path, text, {"HOME": "a://b"})
    assert expected in message
    assert len(message.splitlines()) == 1 or "query" in expected


def test_a_wrong_query_is_pointed_at(tmp_path: Path) -> None:
    message = problems(tmp_path, "[[brand]]\nname = 'Acme'\nquery = '(acme'")
    assert message == "firetower.toml: [[brand]] 1, key query: this bracket is never closed\n  (acme\n  ^"


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    message = problems(
        tmp_path, "timezon = 'x'\n[[brand]]\n[[channel]]\nname = 'a b'\nurl = 'x'\n[board]\nport = 'x'"
    )
    places = [
        line.partition(": ")[0] if "[[" not in line else line.split(",")[0] for line in message.splitlines()
    ]
    assert len(places) == 5


def test_broken_toml_names_line_and_column(tmp_path: Path) -> None:
    message = problems(tmp_path, "timezone = 'UTC'\npublic_url = https\n")
    assert "at line 2, column 14" in message


def test_a_file_that_is_not_utf_8_says_so(tmp_path: Path) -> None:
    (tmp_path / "firetower.toml").write_bytes(b"# caf\xe9\n")
    with pytest.raises(ConfigError, match="byte 5 is not UTF-8"):
        load_config(tmp_path, {})


def test_a_folder_without_a_file_tells_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="firetower init --workspace"):
        load_config(tmp_path / "none", {})


def test_a_folder_in_the_files_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "firetower.toml").mkdir()
    with pytest.raises(ConfigError, match="cannot read"):
        load_config(tmp_path, {})


def test_a_source_reads_its_options_as_its_own_model(tmp_path: Path) -> None:
    class Options(BaseModel, extra="forbid"):
        url: str

    source = load(tmp_path, "[[source]]\nkind = 'rss'\nurl = 'u'").sources[0]
    assert source.read_options(Options) == Options(url="u")
    wrong = load(tmp_path, "[[source]]\nkind = 'rss'\nintervall = 5\nurl = 'u'").sources[0]
    with pytest.raises(ConfigError, match=r"\[\[source\]\] 1, key intervall: .* 'interval'"):
        wrong.read_options(Options)


def test_the_secret_is_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    first, second = load(tmp_path, ""), load(tmp_path, "")
    assert first.secret == second.secret
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


def test_the_secret_of_the_environment_counts_and_leaves_no_file(tmp_path: Path) -> None:
    config = load(tmp_path, "", {"FIRETOWER_SECRET": "a-secret-of-some-length"})
    assert config.secret.get_secret_value() == "a-secret-of-some-length"
    assert not (tmp_path / "secret").exists()


@pytest.mark.parametrize("secret", ["", "short"])
def test_a_short_secret_is_refused(tmp_path: Path, secret: str) -> None:
    assert "FIRETOWER_SECRET holds fewer than 16" in problems(tmp_path, "", {"FIRETOWER_SECRET": secret})
    (tmp_path / "secret").write_text(secret)
    assert "holds fewer than 16 characters" in problems(tmp_path, "")


def test_configurations_without_a_file_have_secrets_of_their_own() -> None:
    assert Config().secret != Config().secret


def test_a_configuration_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Config().timezone = "Asia/Tokyo"


def test_secrets_do_not_show_in_a_printed_configuration(tmp_path: Path) -> None:
    config = load(tmp_path, "[[channel]]\nname = 'm'\nurl = 'mailto://me:pass%2Fword@mail.example'")
    assert "pass" not in repr(config)
    assert config.secret.get_secret_value() not in repr(config)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mailto://me:p%2Fw!@mail.example", "login failed for p/w!"),
        ("slack://TokenAAAA/TokenBBBB/TokenCCCC", "no_team TokenAAAA, no_hook TokenCCCC"),
        ("discord://1234567890/Abc-Def_Ghi/", "404 for /webhooks/1234567890/Abc-Def_Ghi"),
        ("tgram://123456789:AAEabcdef/4444", "bot 123456789:AAEabcdef unknown"),
    ],
)
def test_what_services_repeat_of_an_url_is_masked(url: str, said: str) -> None:
    channel = ChannelConfig(name="c", url=SecretStr(url))
    masked = mask(said, secrets(Config(channels=(channel,))))
    assert not any(part in masked for part in ("p/w!", "Token", "1234567890", "Abc-", "AAE"))


def test_hosts_stay_readable() -> None:
    found = secrets(Config(channels=(ChannelConfig(name="c", url=SecretStr("json://localhost:8080/hook")),)))
    assert mask("localhost and mail.example refused", found) == "localhost and mail.example refused"
