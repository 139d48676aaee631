"""A marked text as clauses, each with the brands that it speaks of (`models.towards_names`)."""

import re
from dataclasses import dataclass

from models.towards_names import MARK


def _any_case(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_BREAK = _any_case(
    r"[!?;\n…]+|\.+(?=\s|$)|\s[-–—]+\s|"
    r",?\s*\b(?:but|while|whereas|although|though|yet|however|meanwhile)\b,?"
)
_COMMA = _any_case(rf",\s+(?!unlike\b)|\s+and\s+(?=(?:the |my |our |then )*{MARK})|:\s+")
_TOGETHER = _any_case(
    rf"{MARK}(?:['’]s)?(?:\s*[,/&+]\s*|\s+(?:and|or|nor|x|plus)\s+|,\s*(?:and|or|nor)\s+)"
    rf"(?:(?:the|my|our|both|neither)\s+)*(?={MARK})"
)
_OBLIQUE = _any_case(
    r"\b(?:at|in|on|of|for|from|near|with|to|via|into|onto|over|about|after|since|against)\s+"
    r"(?:(?:the|my|our|an?|your|his|her|their|this|that|old|new)\s+)*$"
)
_PLACE = _any_case(
    r"\b(?:in|near|past|outside|inside|under|above|between|beside|with my|on my|from my|wearing)"
    r"\s+(?:(?:the|an?|my|our|this|that|old|new)\s+)*$"
)
_SCENE = _any_case(
    r"\b(?:near|outside|past|beside|above|under|wearing|wore|on my|with my|from my|in (?:a|the|my)|to the)"
    r"\s+(?:(?:the|an?|my|our|this|that|old|new)\s+)*$"
)
_PERSON = _any_case(
    rf"({MARK})(?:['’]s)?\s+(?:dealer|drivers?|riders?|staff|agents?|engineers?|technicians?|team|support|people|"
    r"guys?|lady|man|woman|rep|crew|courier|cashier|nurses?|shop|store|desk)\b"
)
_THEY = _any_case(r"^\W*(?:they|he|she|those|these)\b")
_CAUSE = _any_case(r"\b(?:by|via|because of|due to|thanks to|because|no thanks to)\s+(?:(?:the|an?)\s+)*$")
_OWNED = _any_case(r"\b(?:my|our|his|her|their)\s+(?:old |new )?$")
_MARK = re.compile(MARK)
_LAST = _any_case(r"\b(?:the latter|the second(?: one)?|the other)\b")
_FIRST = _any_case(r"\b(?:the former|the first(?: one)?)\b")
_ALL = _any_case(r"\b(?:both|neither|all three)\b")


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a text and what it is about."""

    text: str
    about: tuple[str, ...]
    """Marks of the brands that its feeling goes to."""
    aside: tuple[str, ...] = ()
    """Marks that it names in passing."""


def clauses(text: str) -> list[Clause]:
    """Cut a text where its brands part ways; a clause without a name belongs to the brand before it."""
    found: list[Clause] = []
    every = tuple(dict.fromkeys(_MARK.findall(text)))
    last, person = every[:1], tuple[str, ...]()
    for part in _parts(text):
        about, aside = _roles(part)
        if not about and not aside:
            about = _meant(part, every) or (person if _THEY.search(part) else ()) or last
        found.append(Clause(part, about, aside))
        if about or aside:
            last, person = about, tuple(_PERSON.findall(part))
    return found


def _parts(text: str) -> list[str]:
    """Cut at strong breaks always, at commas where different brands stand on the two sides."""
    parts: list[str] = []
    for strong in _BREAK.split(text):
        parts += _comma_parts(strong)
    return [part.strip() for part in parts if part.strip()]


def _comma_parts(text: str) -> list[str]:
    joined = [match.span() for match in _TOGETHER.finditer(text)]
    start, parts = 0, []
    for match in _COMMA.finditer(text):
        if any(low <= match.start() < high for low, high in joined):
            continue
        before, after = (
            set(_MARK.findall(text[start : match.start()])),
            set(_MARK.findall(text[match.end() :])),
        )
        if before and after and not after <= before:
            parts.append(text[start : match.start()])
            start = match.end()
    return [*parts, text[start:]]


def _roles(part: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the brands that a clause is about, and those that it names in passing."""
    marks = list(_MARK.finditer(part))
    names = tuple(dict.fromkeys(match[0] for match in marks))
    if len(names) == 1 and _SCENE.search(part[: marks[0].start()]):
        return (), names
    if len(names) < 2 or _in_a_row(part, marks):
        return names, ()
    causes = [match[0] for match in marks if _CAUSE.search(part[: match.start()])]
    core = causes or [match[0] for match in marks if not _loose(part[: match.start()])]
    core = core or [match[0] for match in marks if not _PLACE.search(part[: match.start()])]
    return tuple(core[:1]), tuple(name for name in names if name not in core[:1])


def _loose(before: str) -> bool:
    return bool(_OBLIQUE.search(before) or _OWNED.search(before))


def _in_a_row(part: str, marks: list[re.Match[str]]) -> bool:
    """Tell whether all names of a clause stand side by side: what is said goes for each."""
    rows = {match.start() for match in _TOGETHER.finditer(part)}
    return all(match.start() in rows for match in marks[:-1])


def _meant(part: str, every: tuple[str, ...]) -> tuple[str, ...]:
    if _ALL.search(part):
        return every
    if _LAST.search(part):
        return every[-1:]
    return every[:1] if _FIRST.search(part) else ()
