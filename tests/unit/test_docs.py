"""Documentation is held true: what exists is documented, and what is documented works."""

import doctest
import importlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

from core.config import (
    BoardConfig,
    BrandConfig,
    ChannelConfig,
    Config,
    DetectionConfig,
    EventConfig,
    GoalsConfig,
    HeartbeatConfig,
    ModelsConfig,
    PagingConfig,
    PrivacyConfig,
    RetentionConfig,
    SourceConfig,
    WeeklyConfig,
    load_config,
)
from monitors.catalog import catalog
from pipeline.__main__ import app
from pipeline.check import check_workspace

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text("utf-8")
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
OF_OTHER_TABLES = {
    *("brands", "sources", "channels", "board", "detection"),
    *("goals", "paging", "heartbeat", "weekly", "retention", "privacy", "models"),
    "events",
}
PACKAGES = ("core", "storage", "monitors", "models", "alerts", "pipeline", "dashboard")
WITH_EXAMPLES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
    if ">>>" in path.read_text("utf-8")
]
NOT_WRITTEN_BY_PEOPLE = {"secret", "options", "place"}


def commands(command: object, path: tuple[str, ...] = ("firetower",)) -> Iterator[tuple[str, TyperCommand]]:
    """Yield every command that does something, with its whole name."""
    if isinstance(command, TyperGroup):
        for name, inner in command.commands.items():
            yield from commands(inner, (*path, name))
    elif isinstance(command, TyperCommand):
        yield " ".join(path), command


COMMANDS = dict(commands(get_command(app)))
SECTIONS: dict[str, type[BaseModel]] = {
    "## Top level": Config,
    "## `[[brand]]`": BrandConfig,
    "## `[[source]]`": SourceConfig,
    "## `[[channel]]`": ChannelConfig,
    "## `[board]`": BoardConfig,
    "## `[detection]`": DetectionConfig,
    "## `[[brand.event]]`": EventConfig,
    "## `[brand.goals]`": GoalsConfig,
    "## `[paging]`": PagingConfig,
    "## `[heartbeat]`": HeartbeatConfig,
    "## `[weekly]`": WeeklyConfig,
    "## `[retention]`": RetentionConfig,
    "## `[models]`": ModelsConfig,
    "## `[privacy]`": PrivacyConfig,
}


def parsed(line: str) -> dict[str, object]:
    """Parse a command line as a shell and `firetower` would; raises for what would be refused."""
    words = shlex.split(line)
    name = max((name for name in COMMANDS if words[: len(name.split())] == name.split()), key=len)
    return COMMANDS[name].make_context(name, words[len(name.split()) :]).params


def examples(text: str) -> list[str]:
    """Return the command lines in `text` (more than a name): indented, quoted or behind `Example:`."""
    joined = text.replace("\\\n", " ")
    found = re.findall(r"(?:^ {4}|`|Example: )(firetower [a-z][^`\n]*)", joined, re.MULTILINE)
    return [line for line in found if line not in COMMANDS]


def section(document: str, heading: str) -> str:
    start = document.index(f"\n{heading}")
    end = document.find("\n## ", start + 1)
    return document[start : end if end > 0 else None]


def table_keys(text: str) -> set[str]:
    return set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme_with_an_example(name: str) -> None:
    rows = [line for line in README.splitlines() if line.startswith(f"| `{name}`")]
    assert rows, f"README's table of commands lacks {name}"
    assert all(parsed(line) for row in rows for line in examples(row))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_an_example_of_itself(name: str) -> None:
    shown = examples(COMMANDS[name].help or "")
    assert shown, f"the help of {name} has no example"
    assert all(line.startswith(name) and parsed(line) for line in shown)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_line_in_a_document_is_understood(path: Path) -> None:
    for line in examples(path.read_text("utf-8")):
        assert parsed(line), line


def test_every_option_says_what_it_does() -> None:
    silent = [
        f"{name} --{parameter.name}"
        for name, command in COMMANDS.items()
        for parameter in command.params
        if isinstance(parameter, TyperOption | TyperArgument) and not parameter.help
    ]
    assert not silent


@pytest.mark.parametrize("heading", SECTIONS)
def test_every_key_is_documented_in_its_section(heading: str) -> None:
    keys = set(SECTIONS[heading].model_fields) - NOT_WRITTEN_BY_PEOPLE - OF_OTHER_TABLES
    text = section(CONFIGURATION, heading).partition("\n`kind =")[0]
    assert table_keys(text) == keys


@pytest.mark.parametrize("kind", catalog())
def test_every_kind_of_source_documents_its_options(kind: str) -> None:
    text = (
        section(CONFIGURATION, "## `[[source]]`")
        .partition(f'\n`kind = "{kind}"`')[2]
        .partition("\n`kind =")[0]
    )
    options: type[BaseModel] = vars(catalog()[kind])["Options"]
    assert table_keys(text) == set(options.model_fields)


def test_the_example_configuration_is_right(tmp_path: Path) -> None:
    block = re.search(
        r"(?:^(?: {4}.*)?\n)+", CONFIGURATION[CONFIGURATION.index("    public_url") :], re.MULTILINE
    )
    assert block is not None
    (tmp_path / "firetower.toml").write_text(re.sub(r"^ {4}", "", block[0], flags=re.MULTILINE), "utf-8")
    environ = {"DUTY_URL": "json://duty.example.com/hook"}
    assert len(load_config(tmp_path, environ).sources) == 2
    assert check_workspace(tmp_path, environ).ok


@pytest.mark.parametrize("module", WITH_EXAMPLES)
def test_the_examples_in_docstrings_are_right(module: str) -> None:
    result = doctest.testmod(importlib.import_module(module))
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_inside_the_project_leads_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\((?!https?://)([^)#]*)(?:#[^)]*)?\)", path.read_text("utf-8"))
    missing = [target for target in targets if target and not (path.parent / target).exists()]
    assert not missing


def _anchors(path: Path) -> set[str]:
    """Return the places of a document that a link can lead to, by GitHub's rule."""
    headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_heading_leads_to_one(path: Path) -> None:
    links = re.findall(r"\]\((?!https?://)([^)#]*)#([^)]+)\)", path.read_text("utf-8"))
    lost = [
        anchor for target, anchor in links if anchor not in _anchors(path.parent / target if target else path)
    ]
    assert not lost


def test_the_changelog_has_room_for_what_comes() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.search(r"^## \[Unreleased\]$", text, re.MULTILINE)


def test_the_readme_stays_short() -> None:
    assert len(README.splitlines()) < 200


def test_requirements_pin_everything_for_any_machine() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        pins = [line for line in (ROOT / name).read_text().splitlines() if not line.startswith("#")]
        assert "torch==2.13.0" in pins
        assert [pin for pin in pins if not re.fullmatch(r"[a-z0-9][a-z0-9.-]*==[0-9][0-9a-z.]*", pin)] == []
        assert [pin for pin in pins if re.match(r"nvidia|cuda|triton", pin)] == []
