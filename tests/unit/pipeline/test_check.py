import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from core.codec import dumps
from pipeline.check import CheckReport, check_workspace

BRAND = '[[brand]]\nname = "Acme"\nquery = "acme OR @acme_help"\n'
TOOT = 'instance = "https://example.social"\ntags = ["acme"]\n'
SOURCE = '[[source]]\nkind = "rss"\nurl = "https://news.example/feed"\n'
MAIL = '[[channel]]\nname = "mail"\nurl = "mailto://me:pass@mail.example.com"\n'
DUTY = '[[channel]]\nname = "duty"\nurl_env = "DUTY"\nstage = "firestorm"\n'
DUTY_URL = {"DUTY": "json://duty.example.com/hook"}
PUBLIC = 'public_url = "https://tower.example"\n'


def check(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> CheckReport:
    (folder / "firetower.toml").write_text(text, "utf-8")
    return check_workspace(folder, environ or {})


def found(report: CheckReport, level: str) -> list[tuple[str, str]]:
    return [(finding.place, finding.message) for finding in report.findings if finding.level == level]


def test_a_good_workspace_has_nothing_to_complain_of(tmp_path: Path) -> None:
    report = check(tmp_path, PUBLIC + BRAND + SOURCE + MAIL + DUTY, DUTY_URL)
    assert report.ok
    assert {finding.level for finding in report.findings} == {"ok"}
    assert ("Acme", "looks for acme or @acme_help; 'acme' counts for Acme") in found(report, "ok")
    assert ("rss", "rss, every 300 s") in found(report, "ok")
    assert report.text().endswith("errors: 0, warnings: 0")


def at_night(report: CheckReport) -> list[str]:
    return [finding.message for finding in report.findings if finding.place == "at night"]


def test_a_firestorm_at_night_is_told_in_words(tmp_path: Path) -> None:
    text = PUBLIC + 'timezone = "Europe/Paris"\n' + BRAND + SOURCE + MAIL + DUTY
    assert at_night(check(tmp_path, text, DUTY_URL)) == [
        "a firestorm at 03:00 on Sunday (Europe/Paris) would tell mail, duty at once; "
        "and nobody else when they do not answer, as no channel has a higher level",
        "spreading at that hour would tell mail at once; "
        "and nobody else when they do not answer, as no channel has a higher level",
    ]


BOSS = '[[channel]]\nname = "boss"\nurl = "json://boss.example.com"\nlevel = 2\n'
CHIEF = '[[channel]]\nname = "chief"\nurl = "json://chief.example.com"\nlevel = 3\nquiet = "00:00-06:30"\n'
QUIET = 'quiet = "22:00-07:00"\n'


@pytest.mark.parametrize(
    ("text", "firestorm", "spreading"),
    [
        (
            MAIL + BOSS + CHIEF,
            "mail at once; boss after 10 min without an answer; chief after 20 min without an answer",
            "mail at once; boss after 10 min without an answer; chief at 06:30, in a digest",
        ),
        (
            MAIL + QUIET + BOSS,
            "mail at once; boss after 10 min without an answer",
            "mail at 07:00, in a digest; boss at once",
        ),
        (
            BOSS + CHIEF,
            "boss at once; chief after 10 min without an answer",
            "boss at once; chief at 06:30, in a digest",
        ),
        (
            "[paging]\nescalate_after = 2.5\n" + MAIL + CHIEF.replace("00:00", "05:00"),
            "mail at once; chief after 5 min without an answer",
            "mail at once; chief after 5 min without an answer",
        ),
    ],
)
def test_levels_and_quiet_hours_at_night(tmp_path: Path, text: str, firestorm: str, spreading: str) -> None:
    said = at_night(check(tmp_path, PUBLIC + BRAND + SOURCE + text))
    assert said[0].endswith(f"would tell {firestorm}")
    assert said[1].endswith(f"would tell {spreading}")


def test_what_check_says_is_what_the_chain_does(tmp_path: Path) -> None:
    """The lines of a channel name its level and its quiet hours."""
    ok = found(check(tmp_path, PUBLIC + BRAND + SOURCE + MAIL + QUIET + BOSS), "ok")
    assert ("mail", "email; gets spreading and firestorm; from 22:00 to 07:00 only firestorm") in ok
    assert ("boss", "chat; gets spreading and firestorm when nobody of level 1 answers") in ok
    assert ("[paging]", "spreading pages a person at most 20 times in 7 days; a firestorm always does") in ok


def test_quiet_hours_that_are_none_are_told(tmp_path: Path) -> None:
    report = check(tmp_path, PUBLIC + BRAND + SOURCE + MAIL + 'quiet = "07:00-07:00"\n')
    assert ("mail", "quiet hours 07:00-07:00 end where they begin: none") in found(report, "warning")


def test_a_heartbeat_is_told_without_its_address(tmp_path: Path) -> None:
    url = "https://switch.example/a-secret-token"
    report = check(tmp_path, PUBLIC + BRAND + SOURCE + MAIL + f'[heartbeat]\nurl = "{url}"\n')
    assert ("[heartbeat]", "is asked every 60 s as long as all is well") in found(report, "ok")
    assert "a-secret-token" not in report.text()
    wrong = check(tmp_path, PUBLIC + BRAND + SOURCE + MAIL + '[heartbeat]\nurl = "ftp://switch.example/x"\n')
    assert ("[heartbeat]", "key url: should begin with http:// or https://") in found(wrong, "error")


def test_without_a_heartbeat_it_says_what_nobody_would_notice(tmp_path: Path) -> None:
    ok = found(check(tmp_path, PUBLIC + BRAND + SOURCE + MAIL), "ok")
    assert (
        "[heartbeat]",
        "nobody outside notices when Firetower itself stops; add a [heartbeat] table",
    ) in ok


@pytest.mark.parametrize(
    ("text", "level", "says"),
    [
        (BRAND + SOURCE, "warning", "would show on the board; nobody would be paged"),
        (BRAND + SOURCE + DUTY, "ok", "spreading at that hour would tell nobody"),
        (BRAND + MAIL, "error", "would not be noticed"),
        (SOURCE + MAIL, "error", "would not be noticed"),
        (BRAND + SOURCE + MAIL.replace("mailto", "nonsense"), "warning", "nobody would be paged"),
    ],
)
def test_what_is_missing_at_night(tmp_path: Path, text: str, level: str, says: str) -> None:
    last = check(tmp_path, text, DUTY_URL).findings[-1]
    assert (last.level, last.place) == (level, "at night")
    assert says in last.message


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("timezon = 'UTC'", "configuration", "did you mean 'timezone'?"),
        (SOURCE, "[[brand]]", "no brand is configured"),
        (BRAND, "[[source]]", "no source is configured"),
        (
            BRAND + SOURCE.replace("rss", "rsss"),
            "rsss",
            "[[source]] 1, key kind: unknown kind 'rsss'; did you mean 'rss'?",
        ),
        (
            BRAND + SOURCE + "intervall = 5\n",
            "rss",
            "[[source]] 1, key intervall: unknown key; did you mean 'interval'?",
        ),
        (
            BRAND + SOURCE + "[[source]]\nkind = 'google_news'\nbrand = 'Acne'\n",
            "google_news",
            "did you mean 'Acme'?",
        ),
        (BRAND + SOURCE.replace("https://news.example", "https://"), "rss", "key url: names no host"),
        (BRAND + SOURCE.replace("news.example", "news.example:99999"), "rss", "port (1 to 65535)"),
        (BRAND + SOURCE.replace("news.example", "news.example:0"), "rss", "has port 0"),
        (BRAND + SOURCE.replace("https", "ftp"), "rss", "key url: should begin with http:// or https://"),
        (
            BRAND + SOURCE + "interval = 4\n",
            "rss",
            "[[source]] 1: key interval: should be at least 5 s (is 4 s)",
        ),
        (
            BRAND + "[[source]]\nkind = 'google_news'\nwhen = 'now'\n",
            "google_news",
            "key when: should look like 1h, 7d or 2m",
        ),
        (BRAND + SOURCE + MAIL.replace("mailto", "nonsense"), "mail", "nonsense:// "),
        (BRAND + SOURCE + DUTY, "configuration", "environment variable 'DUTY' is not set"),
    ],
)
def test_errors(tmp_path: Path, text: str, place: str, says: str) -> None:
    report = check(tmp_path, text)
    assert not report.ok
    assert any(where == place and says in message for where, message in found(report, "error"))


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("", "public_url", "is missing, so pages have no links"),
        ('public_url = "http://localhost:8501"\n', "public_url", "opens on this machine only"),
        ('board = {host = "0.0.0.0"}\n', "[board]", "can read the board and answer pages; set public_url"),
        (
            PUBLIC + 'board = {host = "0.0.0.0"}\n',
            "[board]",
            "whoever reaches 0.0.0.0:8501 can read the board",
        ),
        (
            '[[source]]\nname = "reddit"\nkind = "reddit"\nsubreddits = ["acme"]\n',
            "reddit",
            "would not run: no keys: set REDDIT_CLIENT_ID and REDDIT_CLIENT_SECRET",
        ),
        (
            f'[[source]]\nname = "mast"\nkind = "mastodon"\n{TOOT}token_env = "NOPE"\n',
            "mast",
            "would not run: environment variable 'NOPE' is not set",
        ),
    ],
)
def test_warnings(tmp_path: Path, text: str, place: str, says: str) -> None:
    report = check(tmp_path, text + BRAND + SOURCE + MAIL)
    assert report.ok
    assert any(where == place and says in message for where, message in found(report, "warning"))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_this_machine_alone_is_no_reason_to_warn(tmp_path: Path, host: str) -> None:
    report = check(tmp_path, f'{PUBLIC}board = {{host = "{host}"}}\n' + BRAND + SOURCE + MAIL)
    assert not found(report, "warning")


def test_it_says_that_nothing_was_tried(tmp_path: Path) -> None:
    said = check(tmp_path, PUBLIC + BRAND + SOURCE + MAIL).text().splitlines()
    assert said[-2].startswith("no source was asked and nothing was sent")


def test_machines_get_the_sums_and_one_finding_for_each_mistake(tmp_path: Path) -> None:
    told = json.loads(check(tmp_path, "timezon = 'UTC'\n[board]\nport = 0\n").json())
    assert (told["ok"], told["errors"], told["warnings"]) == (False, 2, 0)
    assert [finding["message"].partition(": ")[0] for finding in told["findings"]] == [
        "firetower.toml",
        "firetower.toml, key timezon",
    ]


@pytest.mark.parametrize("interval", ["5", "'20s'"])
def test_short_intervals_that_a_server_bears_are_taken(tmp_path: Path, interval: str) -> None:
    assert check(tmp_path, BRAND + SOURCE + f"interval = {interval}\n").ok


def test_a_query_that_cannot_match_is_told(tmp_path: Path) -> None:
    report = check(tmp_path, "[[brand]]\nname = 'Acme'\nquery = 'acme -acme'\n" + SOURCE)
    assert any("does not match its query" in message for _, message in found(report, "warning"))


def test_queries_that_overlap_show(tmp_path: Path) -> None:
    report = check(tmp_path, BRAND + "[[brand]]\nname = 'Acme Cola'\n" + SOURCE)
    assert ("Acme Cola", "looks for \"Acme Cola\"; 'Acme Cola' counts for Acme, Acme Cola") in found(
        report, "ok"
    )


def test_a_secret_that_others_can_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x" * 32)
    (tmp_path / "secret").chmod(0o644)
    report = check(tmp_path, BRAND + SOURCE)
    assert any(place == "secret" and "chmod 600" in message for place, message in found(report, "warning"))


def test_no_finding_shows_a_password(tmp_path: Path) -> None:
    text = BRAND + SOURCE + MAIL + '[[channel]]\nname = "bad"\nurl = "slack://me:p4ssw0rd@TokenA"\n'
    report = check(tmp_path, text)
    assert "p4ssw0rd" not in report.text()
    assert "pass@" not in dumps(report)


@pytest.mark.parametrize(
    ("given", "lacks", "said"), [("ours", "not_ours", "not us"), ("not_ours", "ours", "us")]
)
def test_examples_of_one_side_are_told_to_teach_nothing(
    tmp_path: Path, given: str, lacks: str, said: str
) -> None:
    report = check(tmp_path, PUBLIC + BRAND + f'{given} = ["The Acme tap drips"]\n' + SOURCE + MAIL)
    assert found(report, "warning")[0] == (
        "Acme",
        f"{lacks} is empty: it is not told from namesakes before a mention is {said!r}",
    )


@pytest.mark.parametrize(
    ("encoder", "level", "message"),
    [
        ("./no-such-folder", "error", "encoder './no-such-folder' is no folder of a model"),
        ("example/model", "ok", "encoder 'example/model' is loaded when `firetower run` starts"),
    ],
)
def test_an_encoder_is_looked_for(tmp_path: Path, encoder: str, level: str, message: str) -> None:
    report = check(tmp_path, PUBLIC + BRAND + SOURCE + MAIL + f'[models]\nencoder = "{encoder}"\n')
    assert ("[models]", message) in found(report, level)
