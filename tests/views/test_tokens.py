"""The colours are declared once: Streamlit's configuration, the stylesheets and the charts follow."""

import re
import tomllib

import pytest

from core.records import Stage
from dashboard import server, tokens, widgets

USED = re.compile(r"var\(--([a-z0-9-]+)\)")
DECLARED = re.compile(r"--([a-z0-9-]+)\s*:")


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_streamlit_wears_the_tokens(theme: str) -> None:
    configured = tomllib.loads(server.CONFIG.read_text("utf-8"))["theme"][theme]
    wanted = {key: getattr(tokens.TOKENS[name], theme) for key, name in tokens.THEME.items()}
    assert configured == wanted


def test_stylesheets_use_declared_tokens_and_no_colour_of_their_own() -> None:
    sheets = {
        path: path.read_text("utf-8")
        for path in widgets.HERE.glob("**/*")
        if path.suffix in {".css", ".html"}
    }
    declared = set(DECLARED.findall(tokens.declarations() + "".join(sheets.values())))
    for path, text in sheets.items():
        assert set(USED.findall(text)) <= declared, path
        colours = set(re.findall(r"#[0-9A-Fa-f]{3,6}\b", text)) - {"#fff"}
        assert not colours, f"{path}: name these in dashboard/tokens.py"


def test_charts_use_declared_tokens() -> None:
    declared = set(DECLARED.findall(tokens.declarations()))
    text = "".join(path.read_text("utf-8") for path in (widgets.HERE / "charts").glob("*.py"))
    assert set(USED.findall(text)) <= declared


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_state_colours_can_be_read(stage: Stage, theme: str) -> None:
    surface = getattr(tokens.TOKENS["surface"], theme)
    state = tokens.STATES[stage]
    assert _contrast(getattr(state.mark, theme), surface) >= 3.0
    assert _contrast(getattr(state.word, theme), surface) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["ink", "muted", "faint"])
def test_text_can_be_read(theme: str, name: str) -> None:
    text = getattr(tokens.TOKENS[name], theme)
    for ground in ("bg", "surface"):
        assert _contrast(text, getattr(tokens.TOKENS[ground], theme)) >= 4.5
