"""A small generative grammar: phrases with choices and slots, expanded by chance.

`[a|b|c]` chooses one, `{name}` expands an alternative of the rule `name`; both nest. Phrases are
read once and kept as trees, because a storm asks for hundreds of texts a minute.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from random import Random

Rules = Mapping[str, Sequence[str]]
Tree = tuple["str | Slot | Choice", ...]


class Slot(str):
    """A reference to a rule by name."""

    __slots__ = ()


class Choice(tuple[Tree, ...]):
    """Alternatives of equal chance."""

    __slots__ = ()


class Grammar:
    """Expands phrases over a set of rules.

    >>> Grammar({"day": ["Monday"]}).expand("[see|meet] you on {day}", Random(1))
    'see you on Monday'
    """

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def expand(self, phrase: str, random: Random) -> str:
        """Return one text for `phrase`; raises `KeyError` for a rule that is missing."""
        return "".join(self._pieces(parse(phrase), random))

    def pick(self, name: str, random: Random) -> str:
        """Return one text for the rule `name`."""
        return self.expand(random.choice(self._rules[name]), random)

    def _pieces(self, tree: Tree, random: Random) -> Iterator[str]:
        for node in tree:
            if isinstance(node, Slot):
                yield self.pick(str(node), random)
            elif isinstance(node, Choice):
                yield from self._pieces(random.choice(node), random)
            else:
                yield node


@lru_cache(maxsize=8192)
def parse(phrase: str) -> Tree:
    """Return the tree of a phrase; raises `ValueError` when a bracket is not closed."""
    tree, rest = _sequence(phrase, "")
    if rest:
        raise ValueError(f"a bracket is closed but never opened: {phrase!r}")
    return tree


def _sequence(text: str, stops: str) -> tuple[Tree, str]:
    """Read up to one of the characters in `stops`; return the tree and the rest, stop included."""
    nodes: list[str | Slot | Choice] = []
    while text and text[0] not in (stops or "]"):
        if text[0] == "[":
            choice, text = _choice(text[1:])
            nodes.append(choice)
        elif text[0] == "{":
            name, _, text = text[1:].partition("}")
            nodes.append(Slot(name))
        else:
            end = next((i for i, c in enumerate(text) if c in "[{]" + stops), len(text))
            nodes.append(text[:end])
            text = text[end:]
    return tuple(nodes), text


def _choice(text: str) -> tuple[Choice, str]:
    options: list[Tree] = []
    while True:
        tree, text = _sequence(text, "|]")
        options.append(tree)
        if not text:
            raise ValueError("a bracket is never closed")
        closed, text = text[0] == "]", text[1:]
        if closed:
            return Choice(options), text
