"""The board's colours, declared once: the stylesheets are made from here, a test holds `config.toml` to it.

The values, their contrast and their distances for colour-blind readers stand in `docs/design/look.md`.
"""

from dataclasses import dataclass

from core.records import Stage


@dataclass(frozen=True, slots=True)
class Colour:
    """One colour in both themes, as `#RRGGBB`."""

    light: str
    dark: str

    @property
    def css(self) -> str:
        """As a CSS value that follows the theme."""
        return f"light-dark({self.light}, {self.dark})"

    @property
    def tint(self) -> str:
        """As a wash behind text: 12 % in light and 20 % in dark keep the measured contrast."""
        return (
            f"light-dark(color-mix(in srgb, {self.light} 12%, transparent), "
            f"color-mix(in srgb, {self.dark} 20%, transparent))"
        )


@dataclass(frozen=True, slots=True)
class StateColour:
    """A state's two colours: `mark` for glyphs and areas (3 : 1), `word` for text (4.5 : 1)."""

    mark: Colour
    word: Colour


TOKENS = {
    "bg": Colour("#F3F5F4", "#0B1110"),
    "surface": Colour("#FFFFFF", "#121A18"),
    "sunken": Colour("#ECEFED", "#0E1514"),
    "line": Colour("#DCE1DE", "#25302D"),
    "line2": Colour("#C6CEC9", "#35423E"),
    "ink": Colour("#121A18", "#E7ECEA"),
    "muted": Colour("#54605B", "#9CA9A4"),
    "faint": Colour("#626E68", "#83908B"),
    "band": Colour("#DDE3E0", "#26322F"),
    "expected": Colour("#737F79", "#71807A"),
    "bar": Colour("#930E3C", "#C41D40"),
}
"""Everything but the states; `bar` is the banner of a firestorm, less glaring than its mark at night."""

STATES = {
    Stage.CALM: StateColour(Colour("#337977", "#54C3BE"), Colour("#1F625F", "#6CCBC6")),
    Stage.SMOULDERING: StateColour(Colour("#B97F00", "#FAC66B"), Colour("#7A5200", "#FAC66B")),
    Stage.SPREADING: StateColour(Colour("#BC470B", "#ED8335"), Colour("#A03A05", "#F29A58")),
    Stage.FIRESTORM: StateColour(Colour("#930E3C", "#DE2148"), Colour("#930E3C", "#FF7F94")),
    Stage.COOLING: StateColour(Colour("#5C86D6", "#5183E3"), Colour("#2A5BB5", "#8FB1F2")),
    Stage.UNKNOWN: StateColour(Colour("#63509B", "#857A96"), Colour("#56458A", "#B9AECB")),
}

THEME = {
    "backgroundColor": "bg",
    "secondaryBackgroundColor": "surface",
    "borderColor": "line",
    "textColor": "ink",
    "primaryColor": "ink",
    "linkColor": "ink",
}
"""Streamlit's names for what its own widgets take from the tokens."""


def declarations() -> str:
    """Return the CSS that declares every token, and the classes `s-<stage>` that choose a state's colours.

    An element inside `.s-firestorm` reads `var(--mark)`, `var(--word)` and `var(--tint)`.
    """
    root = "".join(f"--{name}:{colour.css};" for name, colour in TOKENS.items())
    return f":root{{{root}{_state_tokens()}}}" + "".join(map(_state_class, STATES))


def _state_tokens() -> str:
    return "".join(
        f"--{stage}:{state.mark.css};--{stage}-word:{state.word.css};--{stage}-tint:{state.mark.tint};"
        for stage, state in STATES.items()
    )


def _state_class(stage: Stage) -> str:
    return f".s-{stage}{{--mark:var(--{stage});--word:var(--{stage}-word);--tint:var(--{stage}-tint)}}"
