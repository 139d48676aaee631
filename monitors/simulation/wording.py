# ruff: noqa: S311 - invented texts are no secrets; the same seed has to give the same text
"""Puts words to drafts: the shapes of texts, the brand's name, copies, slips of the pen."""

import re
from collections.abc import Mapping, Sequence
from random import Random

from monitors.simulation.brands import Brand
from monitors.simulation.grammar import Grammar
from monitors.simulation.noise import key
from monitors.simulation.scenario import Burst, Campaign, Event, Storm
from monitors.simulation.themes.names import FIRST, SECOND
from monitors.simulation.themes.shared import SENTENCES
from monitors.simulation.themes.stories import STORIES
from monitors.simulation.themes.trade import Theme
from monitors.simulation.themes.vocabulary import SLOTS

HARD = 0.1
"""Share of negative texts that are sarcastic or mixed; sentiment models err on them."""

Shapes = Sequence[tuple[str, ...]]
"""Each shape is a list of rules, one sentence or two each."""

STORM: Shapes = (
    ("claims", "plight"),
    ("plight", "claims"),
    ("claims", "details"),
    ("claims", "service"),
    ("aside", "claims"),
    ("claims", "plight", "anger"),
    ("claims", "details", "anger"),
    ("claims", "service", "anger"),
    ("claims", "aside", "demand"),
    ("plight", "claims", "details"),
    ("anger", "claims", "plight"),
    ("claims", "details", "warning"),
    ("plight", "claims", "demand"),
    ("claims", "plight", "service"),
    ("aside", "claims", "anger", "warning"),
    ("claims", "details", "plight", "demand"),
)
COMPLAINT: Shapes = (
    ("gripes", "plight"),
    ("plight", "gripes"),
    ("gripes", "service"),
    ("diary", "gripes"),
    ("gripes", "aside"),
    ("gripes", "plight", "anger"),
    ("gripes", "service", "anger"),
    ("gripes", "plight", "warning"),
    ("aside", "gripes", "plight"),
    ("diary", "gripes", "anger"),
    ("gripes", "service", "demand"),
)
PRAISE: Shapes = (
    ("praise", "diary"),
    ("diary", "praise"),
    ("diary", "praise", "thanks"),
    ("praise", "diary", "thanks"),
    ("thanks", "praise", "diary"),
    ("praise", "praise", "diary"),
    ("praise", "thanks"),
    ("jokes", "diary"),
)
NEUTRAL: Shapes = (
    ("questions", "diary"),
    ("diary", "questions"),
    ("questions", "diary", "smalltalk"),
    ("smalltalk", "questions", "diary"),
    ("remarks", "diary"),
    ("diary", "remarks"),
    ("diary", "remarks", "smalltalk"),
    ("remarks", "diary", "questions"),
    ("questions", "smalltalk"),
)
SHAPES: Mapping[str, Shapes] = {"negative": COMPLAINT, "neutral": NEUTRAL, "positive": PRAISE}

_SHORT = 0.04
"""Share of texts that are one sentence; such texts resemble each other by chance."""

_ASKED: Shapes = (("asked", "diary"), ("diary", "asked"), ("asked", "diary", "smalltalk"))
_HARD_STORM: Shapes = (
    ("sarcasm", "claims", "plight"),
    ("plight", "claims", "mixed"),
    ("sarcasm", "claims", "details"),
)
_HARD_COMPLAINT: Shapes = (("sarcasm", "gripes", "plight"), ("plight", "gripes", "mixed"))
_TALK: Mapping[str, Shapes] = {
    "launch": (("launch", "diary"), ("diary", "launch"), ("launch", "smalltalk", "diary")),
    "joke": (("jokes", "diary"), ("diary", "jokes"), ("jokes", "smalltalk", "diary")),
}
_PASSED_ON: Shapes = (
    ("claims", "details", "warning"),
    ("aside", "claims", "demand"),
    ("claims", "service", "anger"),
)
_COMMENTS = ("So true.", "Please share.", "This!", "Unbelievable.", "Read this.", "Same here.", "Wow.")
_TAILS: Mapping[str, tuple[str, ...]] = {
    "negative": (" #fail", " #neveragain", " #angry", " 😡", " 🤬", " #customerservice", "!!", " 🙄"),
    "neutral": (" #question", " 🤔", " #help", "..."),
    "positive": (" 😊", " ❤️", " #happy", " #thankyou", " 👏", "!"),
}


class Writer:
    """Writes what people say of one brand. The same arguments always give the same text."""

    def __init__(self, brand: Brand) -> None:
        self._brand = brand
        names = (brand.name,) * 6 + (f"@{brand.handle}",) * 3 + (f"#{brand.handle}",)
        trade = {name: getattr(brand.trade, name) for name in _SENTENCE_FIELDS}
        self._rules = {**SLOTS, **STORIES, **SENTENCES, **brand.trade.slots, **trade, "brand": names}
        self._usual = Grammar(self._rules)
        self._sober = Grammar({**self._rules, "brand": (brand.name,)})
        self._themes = {name: Grammar({**self._rules, **_theme(t)}) for name, t in brand.trade.storms.items()}

    def post(self, tone: str, event: Event | None, seed: int) -> str:
        """Return a post of one to four sentences in one of the `TONES`, about the event if there is one."""
        random = Random(seed)
        grammar, shapes = self._about(tone, event, random)
        shape = random.choice(shapes)
        if random.random() < _SHORT:
            shape = (max(shape, key=_CORE.__contains__),)
        return self._finish(self._join(grammar, shape, random), tone, random)

    def article(self, event: Event | None, seed: int) -> tuple[str, str]:
        """Return the title of a news article and its first two sentences."""
        random = Random(seed)
        theme = self._brand.trade.storms[event.theme] if isinstance(event, Storm) else self._brand.trade
        phrases = random.choice(theme.headlines), *random.sample(theme.leads, 2)
        title, *leads = (_capital(self._sober.expand(phrase, random)) for phrase in phrases)
        return title, " ".join(leads)

    def copy(self, event: Storm | Campaign, number: int, seed: int) -> str:
        """Return a copy of the event's text `number`: as it is, passed on, or with a word of one's own."""
        random = Random(key("passed on", self._brand.name, event.theme, event.starts_at.isoformat(), number))
        text = self._join(self._themes[event.theme], random.choice(_PASSED_ON), random)
        text = self._named(text, random)
        origin = handle(random.randrange(2**40))
        random = Random(seed)
        comment = random.choice(_COMMENTS)
        return random.choice((f"RT @{origin}: {text}", text, f"{text} {comment}", f"{comment} {text}"))

    def _about(self, tone: str, event: Event | None, random: Random) -> tuple[Grammar, Shapes]:
        """Return the rules and the shapes for what is talked about."""
        if isinstance(event, Storm | Campaign):
            grammar = self._themes[event.theme]
            if tone == "neutral":
                return grammar, _ASKED
            if tone == "negative":
                return grammar, (
                    ("sarcasm", "claims"),
                    ("claims", "mixed"),
                ) if random.random() < HARD else STORM
        if isinstance(event, Burst) and tone != "negative":
            topic = "launch" if event.topic == "launch" else "jokes"
            return self._usual, (
                (topic,),
                (topic, "smalltalk"),
                (topic, "thanks" if tone == "positive" else "remarks"),
            )
        if tone == "negative" and random.random() < HARD:
            return self._usual, _HARD_COMPLAINT
        return self._usual, SHAPES[tone]

    def _join(self, grammar: Grammar, shape: Sequence[str], random: Random) -> str:
        return " ".join(_capital(grammar.pick(rule, random).strip()) for rule in shape)

    def _named(self, text: str, random: Random) -> str:
        """Return the text with the brand in it, whatever the phrases left out."""
        name, tag = self._brand.name, self._brand.handle
        if name.casefold() in text.casefold() or tag.casefold() in text.casefold():
            return text
        return random.choice((f"@{tag} {text}", f"{text} @{tag}", f"{text} #{tag}", f"{name}: {text}"))

    def _finish(self, text: str, tone: str, random: Random) -> str:
        text = self._named(_slip(text, random), random)
        if random.random() < 0.2:
            text = text.rstrip(".") + random.choice(_TAILS[tone])
        return text


_CORE = ("claims", "asked", "gripes", "praise", "questions", "remarks", "launch", "jokes")
_SENTENCE_FIELDS = ("gripes", "praise", "questions", "remarks", "launch", "jokes")


def _theme(theme: Theme) -> dict[str, Sequence[str]]:
    return {
        "claims": theme.claims,
        "details": theme.details,
        "asked": theme.questions,
    }


def handle(number: int) -> str:
    """Return an author's handle, marked as simulated: `sim_mossykite`."""
    rest, first = divmod(number, len(FIRST))
    rest, second = divmod(rest, len(SECOND))
    return f"sim_{FIRST[first]}{SECOND[second]}{rest % 1_000_000 or ''}"


def _capital(text: str) -> str:
    return re.sub(r"(^|[.!?]\s+)([a-z])", lambda found: found[1] + found[2].upper(), text)


def _slip(text: str, random: Random) -> str:
    """Return the text as hurried people type it: sometimes in lower case, misspelt, or loud."""
    if random.random() < 0.18:
        text = re.sub(r"[^@#\s]+", lambda word: word[0].lower(), text)
    words = text.split(" ")
    if random.random() < 0.25:
        place = random.randrange(len(words))
        words[place] = _misspell(words[place], random)
    if random.random() < 0.06:
        place = random.randrange(len(words))
        words[place] = words[place].upper()
    return " ".join(words)


def _misspell(word: str, random: Random) -> str:
    """Swap, drop or double one letter inside a longer word; handles and tags stay."""
    if len(word) < 5 or not word.isalpha():
        return word
    at = random.randrange(1, len(word) - 2)
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return random.choice((swapped, word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:]))
